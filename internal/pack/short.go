package pack

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Marks of short text. JSON has these bytes nowhere: in its strings they are escaped.
const (
	double = 0x01 // the eight bytes of a double follow, least significant first
	word   = 0x02 // the number of a word follows
)

// listed are the words that have a number, one a line: names of records as engine 6 writes them. More may follow, up to 256; a number stays.
//
//go:embed words-1.txt
var listed string

var words = strings.Split(strings.TrimSuffix(listed, "\n"), "\n")

// Short is how a piece of JSON is written in short text: its number if it is among the words, itself otherwise.
func Short(piece string) string {
	for i, w := range words {
		if w == piece {
			return string([]byte{word, byte(i)})
		}
	}
	return piece
}

// AppendDouble writes a double that is a number in short text. It reads as strconv's shortest 'g'; small whole numbers are text at once.
func AppendDouble(b []byte, f float64) []byte {
	if n := int64(f); n > -100_000 && n < 1_000_000 && float64(n) == f && (n != 0 || !math.Signbit(f)) {
		return strconv.AppendInt(b, n, 10)
	}
	return binary.LittleEndian.AppendUint64(append(b, double), math.Float64bits(f))
}

// AppendText writes short text in full.
func AppendText(b, short []byte) ([]byte, error) {
	for len(short) > 0 {
		n := 0
		for n < len(short) && short[n] != double && short[n] != word {
			n++
		}
		b, short = append(b, short[:n]...), short[n:]
		if len(short) == 0 {
			break
		}
		var err error
		if b, short, err = appendMarked(b, short); err != nil {
			return nil, err
		}
		if len(b) > maxText {
			return nil, fmt.Errorf("more than %d bytes in full", maxText)
		}
	}
	return b, nil
}

// appendMarked writes what the mark before short stands for, and gives the rest.
func appendMarked(b, short []byte) (_, rest []byte, err error) {
	switch {
	case short[0] == double && len(short) >= 9:
		f := math.Float64frombits(binary.LittleEndian.Uint64(short[1:]))
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, nil, fmt.Errorf("%v is no number of JSON", f)
		}
		return strconv.AppendFloat(b, f, 'g', -1, 64), short[9:], nil
	case short[0] == word && len(short) >= 2 && int(short[1]) < len(words):
		return append(b, words[short[1]]...), short[2:], nil
	}
	return nil, nil, errors.New("a mark stands for nothing")
}
