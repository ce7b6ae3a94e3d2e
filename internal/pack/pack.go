package pack

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// maxText bounds what a stored record may unpack to, bytes.
const maxText = 64 << 20

// first is the dictionary of the older packed forms: names of records as engine 2 writes them, with the most frequent last, where references to them are
// shortest.
//
//go:embed record-1.txt
var first []byte

// A stored record says by its first byte which form it has.
const (
	plain   = '{'  // not packed
	zstdOne = 0x28 // Zstandard's magic number begins so
	s2One   = 0x02 // an S2 block with the dictionary follows
	s2Short = 0x03 // an S2 block of short text follows, without a dictionary: doubles and words alone
	s2Rows  = 0x04 // an S2 block of short text follows
)

var dictionary = sync.OnceValue(func() *s2.Dict { return s2.MakeDictManual(first, 0) })

// scratch are buffers to pack in: what is kept is a copy without the room that an encoder asks for.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// Pack is the stored form of a text, short or in full.
func Pack(text []byte) []byte {
	room := scratch.Get().(*[]byte)
	defer scratch.Put(room)
	*room = slices.Grow((*room)[:0], s2.MaxEncodedLen(len(text)))
	block := s2.Encode((*room)[:cap(*room)], text)
	return append(append(make([]byte, 0, 1+len(block)), s2Rows), block...)
}

// Unpack gives, in full, the text that Pack was given, now or with an older form. A JSON object that was stored plain it gives back itself.
func Unpack(stored []byte) (text []byte, err error) {
	if len(stored) == 0 {
		return nil, errors.New("unpack: no bytes")
	}
	switch stored[0] {
	case plain:
		return stored, nil
	case zstdOne:
		text, err = older().DecodeAll(stored, nil)
	case s2One:
		text, err = unpackBlock(stored[1:], dictionary().Decode)
	case s2Short, s2Rows:
		text, err = unpackShort(stored[1:])
	default:
		err = fmt.Errorf("no form begins with %#x", stored[0])
	}
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return text, nil
}

func unpackShort(block []byte) ([]byte, error) {
	short, err := unpackBlock(block, s2.Decode)
	if err != nil {
		return nil, err
	}
	return AppendText(make([]byte, 0, 4*len(short)), short)
}

func unpackBlock(block []byte, decode func(dst, src []byte) ([]byte, error)) ([]byte, error) {
	n, err := s2.DecodedLen(block)
	if err != nil {
		return nil, err
	}
	if n > maxText {
		return nil, fmt.Errorf("%d bytes unpacked, more than %d", n, maxText)
	}
	return decode(nil, block)
}

// older reads the form of before: Zstandard, whose tables alone are half of a processor's cache.
var older = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderDictRaw(1, first), zstd.WithDecoderMaxMemory(maxText), zstd.WithDecoderConcurrency(0))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
})
