package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The digest of a dictionary is its promise: records that it packed could not be read with another.
func TestDictionaryIsTheOneThatPacked(t *testing.T) {
	sum := sha256.Sum256(first)
	if got, want := hex.EncodeToString(sum[:]), "c52c467f9707812cf1bdb58e403b5061c4819aa53197e3b56525b9456e0d88c6"; got != want {
		t.Errorf("dictionary 1 was changed: %s", got)
	}
}

// So is that of the words; others may be appended to them.
func TestWordsAreThoseThatWereWritten(t *testing.T) {
	sum := sha256.Sum256([]byte(strings.Join(words[:127], "\n")))
	if got, want := hex.EncodeToString(sum[:]), "8c0633425877ff1542ebe8f81c3694178cd0bb19bc3a9dffb423e11c12c0c658"; got != want {
		t.Errorf("words were changed: %s", got)
	}
	if len(words) > 256 {
		t.Errorf("%d words, but a byte for their number", len(words))
	}
}

// Records of each form can be read for ever.
func TestUnpacksEveryForm(t *testing.T) {
	want, err := os.ReadFile("testdata/record.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"packed-1", "packed-2", "packed-3"} {
		packed, err := os.ReadFile("testdata/" + form)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Unpack(packed)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d (%v)", form, len(got), len(want), err)
		}
	}
	if again := Pack(shortened(want)); len(again) > len(want)/4 {
		t.Errorf("%d bytes pack to %d, want a quarter at most", len(want), len(again))
	}
}

var figure = regexp.MustCompile(`:-?[0-9]+\.[0-9]+`)

// shortened makes short text of a record that was written in full.
func shortened(text []byte) []byte {
	text = figure.ReplaceAllFunc(text, func(m []byte) []byte {
		f, _ := strconv.ParseFloat(string(m[1:]), 64)
		return AppendDouble([]byte{':'}, f)
	})
	pairs := []string{}
	for _, w := range words {
		pairs = append(pairs, w, Short(w))
	}
	return []byte(strings.NewReplacer(pairs...).Replace(string(text)))
}

// A double reads as it would have been written in full, to the bit of its sign.
func TestDoublesReadAsTheShortestDecimal(t *testing.T) {
	check := func(t rapid.TB, f float64) {
		got, err := AppendText(nil, AppendDouble(nil, f))
		if want := strconv.FormatFloat(f, 'g', -1, 64); err != nil || string(got) != want {
			t.Fatalf("%s became %s (%v)", want, got, err)
		}
	}
	for _, f := range []float64{0, math.Copysign(0, -1), 1, -1, 999_999, 1_000_000, 1e21, -1e300, 0.1, math.MaxFloat64, math.SmallestNonzeroFloat64, -3 * math.SmallestNonzeroFloat64, 1 << 53, -1 << 63} {
		check(t, f)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.OneOf(rapid.Float64(), rapid.Map(rapid.Int32(), func(n int32) float64 { return float64(n) })).Draw(t, "f"))
	})
}

func TestRefusesMarksThatStandForNothing(t *testing.T) {
	nan := binary.LittleEndian.AppendUint64([]byte{double}, math.Float64bits(math.NaN()))
	for _, short := range [][]byte{{double}, nan[:8], nan, {word}, {'{', word, 255}} {
		if text, err := Unpack(Pack(short)); err == nil {
			t.Errorf("%x was read as %q", short, text)
		}
	}
}

// Whatever JSON there is, it holds no mark.
func TestAnyJSONComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.MapOf(rapid.String(), rapid.SliceOf(rapid.Custom(func(t *rapid.T) any {
			return rapid.OneOf(rapid.Float64().AsAny(), rapid.String().AsAny(), rapid.Int64().AsAny(), rapid.Bool().AsAny()).Draw(t, "member")
		}))).Draw(t, "value")
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Unpack(Pack(text)); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%s became %s (%v)", text, got, err)
		}
	})
}

func TestRefusesWhatHasNoForm(t *testing.T) {
	for _, stored := range [][]byte{nil, {'x'}, {s2One}, {s2One, 0x80}, {s2Short}, append([]byte{s2Short}, binary.AppendUvarint(nil, maxText+1)...)} {
		if text, err := Unpack(stored); err == nil {
			t.Errorf("%x was read as %q", stored, text)
		}
	}
}

// What is kept has no room to spare: it waits in memory until it is on disk.
func TestKeepsOnlyWhatIsPacked(t *testing.T) {
	packed := Pack(bytes.Repeat([]byte("verdict"), 1000))
	if spare := cap(packed) - len(packed); spare > 16 {
		t.Errorf("%d bytes packed with room for %d more", len(packed), spare)
	}
}

func TestPlainObjectsStay(t *testing.T) {
	if got, err := Unpack([]byte(`{"engine":2}`)); err != nil || string(got) != `{"engine":2}` {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(Pack([]byte(`{"engine":2}`)))
	f.Add(Pack(append(AppendDouble([]byte(Short(`{"placement":`)), 0.1), '}')))
	f.Add([]byte(`{`))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, stored []byte) {
		text, err := Unpack(stored)
		if err != nil || bytes.ContainsAny(text, string([]byte{double, word})) {
			return
		}
		if again, err := Unpack(Pack(text)); err != nil || !bytes.Equal(again, text) {
			t.Errorf("%q: %v", stored, err)
		}
	})
}

func BenchmarkPack(b *testing.B) {
	text, err := os.ReadFile("testdata/record.json")
	if err != nil {
		b.Fatal(err)
	}
	text = shortened(text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var packed []byte
	for b.Loop() {
		packed = Pack(text)
	}
	b.ReportMetric(float64(len(packed)), "bytes")
}

func BenchmarkUnpack(b *testing.B) {
	text, err := os.ReadFile("testdata/record.json")
	if err != nil {
		b.Fatal(err)
	}
	packed := Pack(shortened(text))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Unpack(packed); err != nil {
			b.Fatal(err)
		}
	}
}
