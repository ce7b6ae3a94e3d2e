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

	"github.com/klauspost/compress/s2"
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
	if len(words) > 256 || len(names) > 255 {
		t.Errorf("%d words and %d names, but a byte for their number", len(words), len(names))
	}
}

// And those of names and of what is empty.
func TestNamesAndEmptiesAreThoseThatWereWritten(t *testing.T) {
	for text, want := range map[string]string{
		strings.Join(names[:106], "\n"): "98c2c274cc6e66cb58041acb051f09def5a52614e69fa0ba5967041c341a2402",
		empties[:114]:                   "7c9c9bcc2bc58d181f94fd412a891508ee8b756642ec0b15942eb4ff7a201e55",
	} {
		if sum := sha256.Sum256([]byte(text)); hex.EncodeToString(sum[:]) != want {
			t.Errorf("was changed: %s", text)
		}
	}
}

// Records of each form can be read for ever.
func TestUnpacksEveryForm(t *testing.T) {
	var want []byte
	for _, form := range []struct{ packed, text string }{{"packed-1", "record.json"}, {"packed-2", "record.json"}, {"packed-3", "record.json"}, {"packed-4", "record-4.json"}} {
		packed, err := os.ReadFile("testdata/" + form.packed)
		if err != nil {
			t.Fatal(err)
		}
		if want, err = os.ReadFile("testdata/" + form.text); err != nil {
			t.Fatal(err)
		}
		got, err := Unpack(packed)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d (%v)", form.packed, len(got), len(want), err)
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
	for _, short := range [][]byte{{double}, nan[:8], nan, {word}, {'{', word, 255}, {run}, {run, 0}, {run, 113, 2}, {named}, {named, 255}, {next},
		{rows}, {rows, 1}, {rows, 1, 1, 0, 0, 0}, {rows, 1, 1, 0, 1, 0, 'a'}, {rows, 1, 2, 0, 2, 0, 'a', 0}, {rows, 1, 1, 0, 3, 0, 'a', 0, 'b', 0},
		{rows, 1, 1, 0x20, 1, 0x20, 'a', 0}, {rows, 1, 1, 0x10, 1, 0x10, 'a', 0}} {
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
	f.Add(Pack([]byte{rows, 2, 3, 0, 3, 0, 'a', 0, 'b', 0, 3, 0, 2, 0, 'c', 0}))
	f.Add(Pack([]byte{run, 0, 5, next, 3, '0', '}'}))
	f.Add([]byte(`{`))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, stored []byte) {
		text, err := Unpack(stored)
		if err != nil || bytes.ContainsAny(text, "\x01\x02\x03\x04\x05\x06") {
			return
		}
		if again, err := Unpack(Pack(text)); err != nil || !bytes.Equal(again, text) {
			t.Errorf("%q: %v", stored, err)
		}
	})
}

// Rows read as the objects that they were made of, whatever they share with those before.
func TestRowsReadAsObjects(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 6).Draw(t, "objects")
		table, want := NewTable([]byte{'x'}, n), []string{}
		for range n {
			object := ""
			for column := range columns {
				if i := rapid.IntRange(0, 3).Draw(t, "value"); i < 3 || column == Placement {
					object += words[firstColumn+column] + drawn(&table, column, i%3)
				}
			}
			table.End()
			want = append(want, object+"}")
		}
		got, err := AppendText(nil, append(table.Bytes(), 'y'))
		if all := "x[" + strings.Join(want, ",") + "]y"; err != nil || string(got) != all {
			t.Fatalf("%s became %s (%v)", all, got, err)
		}
	})
}

// drawn writes one of three values of a column, and gives its text.
func drawn(t *Table, column, i int) string {
	switch {
	case column == Level:
		t.Decimal(column, int64(i), func(b []byte) []byte { return strconv.AppendInt(b, int64(i), 10) })
		return strconv.Itoa(i) + `"`
	case column == Cost:
		t.Int(column, int64(i-1))
		return strconv.Itoa(i - 1)
	case column > Detail:
		t.Double(column, []float64{0, 0.1, -300}[i])
		return []string{"0", "0.1", "-300"}[i]
	}
	t.Text(column, []string{"", "offer", `"é`}[i])
	return []string{`""`, `"offer"`, `"\"é"`}[i]
}

// Runs count what is empty, and read as what was written.
func TestRunsReadAsTheirWords(t *testing.T) {
	var runs Runs
	var short, want []byte
	for _, c := range []struct {
		word  int
		value string
	}{{0, "0"}, {1, "0"}, {2, "7"}, {3, "0"}, {5, "0"}, {6, "0"}} {
		from := len(short)
		short = runs.Add(append(append(short, Short(words[c.word])...), c.value...), from)
		want = append(append(want, words[c.word]...), c.value...)
	}
	if got, err := AppendText(nil, short); err != nil || string(got) != string(want) || len(short) != 3+3+3+3 {
		t.Errorf("%s became %s by %x (%v)", want, got, short, err)
	}
}

func TestNamesHaveNumbers(t *testing.T) {
	for _, c := range []struct{ before, name, after string }{{"{", "id", `{"id":`}, {"7,", "id", `7,"id":`}, {"{", "unheard", `{"unheard":`}} {
		short := AppendName([]byte(c.before), c.name)
		if got, err := AppendText(nil, short); err != nil || string(got) != c.after {
			t.Errorf("%s became %s (%v)", c.after, got, err)
		}
		if numbered := len(short) < len(c.after); numbered != (c.name == "id") {
			t.Errorf("%s is written as %q", c.after, short)
		}
	}
}

// stored is short text as a record is stored today.
func stored(b *testing.B) []byte {
	b.Helper()
	packed, err := os.ReadFile("testdata/packed-4")
	if err != nil {
		b.Fatal(err)
	}
	short, err := unpackBlock(packed[1:], s2.Decode)
	if err != nil {
		b.Fatal(err)
	}
	return short
}

func BenchmarkPack(b *testing.B) {
	text := stored(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var packed []byte
	for b.Loop() {
		packed = Pack(text)
	}
	b.ReportMetric(float64(len(packed)), "bytes")
}

func BenchmarkUnpack(b *testing.B) {
	packed := Pack(stored(b))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Unpack(packed); err != nil {
			b.Fatal(err)
		}
	}
}
