package pack

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// maxText bounds what a stored record may unpack to, bytes.
const maxText = 64 << 20

// first is the dictionary of records as engine 2 writes them: their names, with the most frequent last, where references to them are shortest.
//
//go:embed record-1.txt
var first []byte

const firstID = 1

// window is how far back a record refers, bytes: further than most are long.
const window = 32 << 10

var packer = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderDictRaw(firstID, first), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(window))
	if err != nil {
		panic(err) // the options are constants
	}
	return e
})

var unpacker = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderDictRaw(firstID, first), zstd.WithDecoderMaxMemory(maxText), zstd.WithDecoderConcurrency(0))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
})

// Pack is the stored form of a text.
func Pack(text []byte) []byte { return packer().EncodeAll(text, make([]byte, 0, 64+len(text)/6)) }

// Unpack reads what Pack wrote, or a JSON object that was stored plain, which it gives back itself.
func Unpack(stored []byte) ([]byte, error) {
	if len(stored) > 0 && stored[0] == '{' {
		return stored, nil
	}
	text, err := unpacker().DecodeAll(stored, nil)
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return text, nil
}
