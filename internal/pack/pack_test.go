package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
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

// Records of each form can be read for ever.
func TestUnpacksEveryForm(t *testing.T) {
	want, err := os.ReadFile("testdata/record.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"packed-1", "packed-2"} {
		packed, err := os.ReadFile("testdata/" + form)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Unpack(packed)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d (%v)", form, len(got), len(want), err)
		}
	}
	if again := Pack(want); len(again) > len(want)/5 {
		t.Errorf("%d bytes pack to %d, want a fifth at most", len(want), len(again))
	}
}

func TestRefusesWhatHasNoForm(t *testing.T) {
	for _, stored := range [][]byte{nil, {'x'}, {s2One}, {s2One, 0x80}, append([]byte{s2One}, binary.AppendUvarint(nil, maxText+1)...)} {
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

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		got, err := Unpack(Pack(text))
		if err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%q became %q (%v)", text, got, err)
		}
	})
}

func TestPlainObjectsStay(t *testing.T) {
	if got, err := Unpack([]byte(`{"engine":2}`)); err != nil || string(got) != `{"engine":2}` {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(Pack([]byte(`{"engine":2}`)))
	f.Add([]byte(`{`))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, stored []byte) {
		text, err := Unpack(stored)
		if err != nil {
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
	packed := Pack(text)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Unpack(packed); err != nil {
			b.Fatal(err)
		}
	}
}
