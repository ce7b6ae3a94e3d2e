package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"boon/internal/wire"

	"pgregory.net/rapid"
)

// field is one value of a record and how it is written and read.
type field struct {
	value any
	write func(*wire.Writer)
	read  func(*wire.Reader) any
}

var genField = rapid.Custom(func(t *rapid.T) field {
	switch rapid.IntRange(0, 7).Draw(t, "kind") {
	case 0:
		v := rapid.Byte().Draw(t, "byte")
		return field{v, func(w *wire.Writer) { w.Byte(v) }, func(r *wire.Reader) any { return r.Byte() }}
	case 1:
		v := rapid.Bool().Draw(t, "bool")
		return field{v, func(w *wire.Writer) { w.Bool(v) }, func(r *wire.Reader) any { return r.Bool() }}
	case 2:
		v := rapid.Uint64().Draw(t, "uint")
		return field{v, func(w *wire.Writer) { w.Uint(v) }, func(r *wire.Reader) any { return r.Uint() }}
	case 3:
		v := rapid.Int64().Draw(t, "int")
		return field{v, func(w *wire.Writer) { w.Int(v) }, func(r *wire.Reader) any { return r.Int() }}
	case 4:
		v := rapid.String().Draw(t, "string")
		return field{v, func(w *wire.Writer) { w.String(v) }, func(r *wire.Reader) any { return r.String() }}
	case 5:
		v := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		return field{string(v), func(w *wire.Writer) { w.Bytes(v) }, func(r *wire.Reader) any { return string(r.Bytes()) }}
	case 6:
		v := rapid.SliceOf(rapid.Byte()).Draw(t, "raw")
		return field{string(v), func(w *wire.Writer) { w.Raw(v) }, func(r *wire.Reader) any { return string(r.Raw(len(v))) }}
	default:
		v := genTime.Draw(t, "time")
		return field{v, func(w *wire.Writer) { w.Time(v) }, func(r *wire.Reader) any { return r.Time() }}
	}
})

var genTime = rapid.Custom(func(t *rapid.T) time.Time {
	if rapid.Bool().Draw(t, "zero") {
		return time.Time{}
	}
	return time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).UTC()
})

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		record := rapid.SliceOf(genField).Draw(t, "record")
		var w wire.Writer
		for _, f := range record {
			f.write(&w)
		}
		r := wire.NewReader(w.Buf)
		for i, f := range record {
			if got := f.read(r); got != f.value {
				t.Fatalf("field %d: %v, want %v", i, got, f.value)
			}
		}
		if r.Err() != nil || r.Len() != 0 {
			t.Fatalf("%d bytes left, error %v", r.Len(), r.Err())
		}
	})
}

// TestCutShort cuts a record at every length: the error is seen, and what was read before the cut is right.
func TestCutShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		record := rapid.SliceOfN(genField, 1, 8).Draw(t, "record")
		var w wire.Writer
		ends := make([]int, len(record))
		for i, f := range record {
			f.write(&w)
			ends[i] = len(w.Buf)
		}
		for cut := range w.Buf {
			r := wire.NewReader(w.Buf[:cut:cut])
			for i, f := range record {
				if got := f.read(r); ends[i] <= cut && got != f.value {
					t.Fatalf("cut at %d, field %d: %v, want %v", cut, i, got, f.value)
				}
			}
			if !errors.Is(r.Err(), wire.ErrMalformed) {
				t.Fatalf("cut at %d of %d: error %v", cut, len(w.Buf), r.Err())
			}
		}
	})
}

func TestStoredForm(t *testing.T) {
	east := time.FixedZone("east", 3600)
	cases := []struct {
		write func(*wire.Writer)
		want  string
	}{
		{func(w *wire.Writer) { w.Byte(7) }, "07"},
		{func(w *wire.Writer) { w.Bool(true); w.Bool(false) }, "0100"},
		{func(w *wire.Writer) { w.Uint(300) }, "ac02"},
		{func(w *wire.Writer) { w.Int(-1); w.Int(1) }, "0102"},
		{func(w *wire.Writer) { w.Int(math.MinInt64) }, "ffffffffffffffffff01"},
		{func(w *wire.Writer) { w.String("ab"); w.Bytes(nil); w.Raw([]byte{9}) }, "0261620009"},
		{func(w *wire.Writer) { w.Time(time.Time{}) }, "00"},
		{func(w *wire.Writer) { w.Time(time.Unix(1, 2).In(east)) }, "010202"},
	}
	for _, c := range cases {
		var w wire.Writer
		c.write(&w)
		if got := fmt.Sprintf("%x", w.Buf); got != c.want {
			t.Errorf("written %s, want %s: what is stored could not be read any more", got, c.want)
		}
	}
}

func TestMalformed(t *testing.T) {
	endless := bytes.Repeat([]byte{0xff}, 11)
	cases := []struct {
		name string
		buf  []byte
		read func(*wire.Reader) any
		zero any
	}{
		{"no byte", nil, func(r *wire.Reader) any { return r.Byte() }, byte(0)},
		{"no bool", nil, func(r *wire.Reader) any { return r.Bool() }, false},
		{"varint cut", []byte{0x80}, func(r *wire.Reader) any { return r.Uint() }, uint64(0)},
		{"varint too long", endless, func(r *wire.Reader) any { return r.Uint() }, uint64(0)},
		{"signed varint too long", endless, func(r *wire.Reader) any { return r.Int() }, int64(0)},
		{"length past the end", []byte{3, 'a', 'b'}, func(r *wire.Reader) any { return r.String() }, ""},
		{"length past memory", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, func(r *wire.Reader) any { return len(r.Bytes()) }, 0},
		{"count past the end", []byte{2, 0, 0, 0}, func(r *wire.Reader) any { return r.Count(2) }, 0},
		{"raw past the end", []byte{1}, func(r *wire.Reader) any { return len(r.Raw(2)) }, 0},
		{"raw of less than nothing", []byte{1}, func(r *wire.Reader) any { return len(r.Raw(-1)) }, 0},
		{"a second of too many nanoseconds", []byte{1, 0, 0x80, 0x94, 0xeb, 0xdc, 0x03}, func(r *wire.Reader) any { return r.Time() }, time.Time{}},
		{"time cut", []byte{1, 2}, func(r *wire.Reader) any { return r.Time() }, time.Time{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := wire.NewReader(c.buf)
			if got := c.read(r); got != c.zero || !errors.Is(r.Err(), wire.ErrMalformed) {
				t.Errorf("read %v with error %v, want %v and malformed", got, r.Err(), c.zero)
			}
			if r.Byte() != 0 || r.Uint() != 0 || r.String() != "" || !r.Time().IsZero() || r.Len() != 0 {
				t.Error("something could be read after the error")
			}
		})
	}
}

// A field that is read cannot be grown into its neighbour.
func TestRawIsCapped(t *testing.T) {
	buf := []byte{1, 2, 3}
	r := wire.NewReader(buf)
	_ = append(r.Raw(1), 9)
	if buf[1] != 2 {
		t.Error("appending to a field changed the next one")
	}
}

// FuzzReader reads the input as a program of reads over itself: nothing panics, and nothing comes out that the input could not hold.
func FuzzReader(f *testing.F) {
	var w wire.Writer
	w.String("abc")
	w.Time(time.Unix(5, 6))
	w.Int(-9)
	f.Add([]byte{4, 6, 3}, w.Buf)
	f.Add([]byte{5, 5, 5}, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, program, buf []byte) {
		r := wire.NewReader(buf)
		for _, op := range program {
			before := r.Len()
			size := readOne(r, op)
			if size > before || r.Len() > before {
				t.Fatalf("read %d bytes of %d, %d left", size, before, r.Len())
			}
			if r.Err() != nil && (size != 0 || r.Len() != 0) {
				t.Fatalf("%d bytes and %d left beside %v", size, r.Len(), r.Err())
			}
		}
	})
}

// readOne reads a field and gives the bytes it holds.
func readOne(r *wire.Reader, op byte) int {
	switch op % 8 {
	case 0:
		r.Byte()
	case 1:
		r.Bool()
	case 2:
		r.Uint()
	case 3:
		r.Int()
	case 4:
		return len(r.String())
	case 5:
		return len(r.Bytes())
	case 6:
		r.Time()
	case 7:
		return r.Count(int(op/8)) * max(int(op/8), 1)
	}
	return 0
}
