package pack

import (
	_ "embed"
	"encoding/binary"
	"encoding/json"
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
	run    = 0x03 // the number of a word and a count follow: so many words from it on, each with its empty value
	rows   = 0x04 // a list of objects follows, see Table
	named  = 0x05 // the number of a name follows, which stands in quotes and before a colon
	next   = 0x06 // the same after a comma
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

// AppendString writes what stands between the quotes of a JSON string: plain text as it is, and what needs escapes as the library has it.
func AppendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			escaped, _ := json.Marshal(s) // text is always encoded
			return append(b, escaped[1:len(escaped)-1]...)
		}
	}
	return append(b, s...)
}

// AppendText writes short text in full.
func AppendText(b, short []byte) ([]byte, error) {
	for len(short) > 0 {
		n := 0
		for n < len(short) && short[n]-1 >= next {
			n++
		}
		b, short = append(b, short[:n]...), short[n:]
		if len(short) == 0 {
			break
		}
		var err error
		if b, short, err = appendMarked(b, short[0], short[1:]); err != nil {
			return nil, err
		}
		if len(b) > maxText {
			return nil, errLong
		}
	}
	return b, nil
}

var (
	errLong    = fmt.Errorf("more than %d bytes in full", maxText)
	errNothing = errors.New("a mark stands for nothing")
)

// appendMarked writes what a mark and the bytes behind it stand for, and gives the rest.
func appendMarked(b []byte, mark byte, short []byte) (_, rest []byte, err error) {
	switch {
	case mark == double && len(short) >= 8:
		b, err = appendNumber(b, short[:8])
		return b, short[8:], err
	case mark == word && len(short) >= 1 && int(short[0]) < len(words):
		return append(b, words[short[0]]...), short[1:], nil
	case mark == run && len(short) >= 2 && int(short[0])+int(short[1]) <= len(empties):
		return appendRun(b, int(short[0]), int(short[1])), short[2:], nil
	case mark == rows:
		return appendRows(b, short)
	case (mark == named || mark == next) && len(short) >= 1 && int(short[0]) < len(names):
		if mark == next {
			b = append(b, ',')
		}
		return append(append(append(b, '"'), names[short[0]]...), '"', ':'), short[1:], nil
	}
	return nil, nil, errNothing
}

func appendNumber(b, eight []byte) ([]byte, error) {
	f := math.Float64frombits(binary.LittleEndian.Uint64(eight))
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("%v is no number of JSON", f)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64), nil
}
