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

// first is the dictionary of both packed forms: names of records as engine 2 writes them, with the most frequent last, where references to them are
// shortest.
//
//go:embed record-1.txt
var first []byte

// A stored record says by its first byte which form it has.
const (
	plain   = '{'  // not packed
	zstdOne = 0x28 // Zstandard's magic number begins so
	s2One   = 0x02 // an S2 block follows
)

var dictionary = sync.OnceValue(func() *s2.Dict { return s2.MakeDictManual(first, 0) })

// scratch are buffers to pack in: what is kept is a copy without the room that an encoder asks for.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// Pack is the stored form of a text.
func Pack(text []byte) []byte {
	room := scratch.Get().(*[]byte)
	defer scratch.Put(room)
	*room = slices.Grow((*room)[:0], 1+s2.MaxEncodedLen(len(text)))
	block := dictionary().Encode((*room)[1:cap(*room)], text)
	return append(append(make([]byte, 0, 1+len(block)), s2One), block...)
}

// Unpack reads what Pack wrote, now or with an older form. A JSON object that was stored plain it gives back itself.
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
		text, err = unpackBlock(stored[1:])
	default:
		err = fmt.Errorf("no form begins with %#x", stored[0])
	}
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return text, nil
}

func unpackBlock(block []byte) ([]byte, error) {
	n, err := s2.DecodedLen(block)
	if err != nil {
		return nil, err
	}
	if n > maxText {
		return nil, fmt.Errorf("%d bytes unpacked, more than %d", n, maxText)
	}
	return dictionary().Decode(nil, block)
}

// older reads the form of before: Zstandard, whose tables alone are half of a processor's cache.
var older = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderDictRaw(1, first), zstd.WithDecoderMaxMemory(maxText), zstd.WithDecoderConcurrency(0))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
})
