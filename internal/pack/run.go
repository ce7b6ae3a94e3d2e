package pack

import "slices"

// empties are what the words of a vector's features are mostly followed by, a letter each. It may grow with the words.
const empties = `0000000000000000"00"00000000000000"0f0000000f00f0000"""""{[000000000000""00""""""""00"000"0000[[["""0f0f000ttfnnn{`

// emptyOf says what the letters stand for.
var emptyOf = [...]string{'0': "0", '"': `""`, 'f': "false", 't': "true", 'n': "null", '[': "[]", '{': "{}"}

func empty(word int) string {
	if word >= len(empties) {
		return ""
	}
	return emptyOf[empties[word]]
}

// Runs makes runs of words that are followed by their empty values. The zero Runs has made none.
type Runs struct {
	count int // where that of the run at hand stands; 0: there is none
	last  byte
}

// Add takes what was written from a place on, the short form of a word and a value, into the run at hand, or a new one, if it is empty.
func (r *Runs) Add(b []byte, from int) []byte {
	if len(b)-from < 3 || b[from] != word || string(b[from+2:]) != empty(int(b[from+1])) {
		r.count = 0
		return b
	}
	number := b[from+1]
	if r.count > 0 && number == r.last+1 {
		b[r.count]++
		r.last = number
		return b[:from]
	}
	r.count, r.last = from+2, number
	return append(b[:from], run, number, 1)
}

func appendRun(b []byte, first, count int) []byte {
	b = slices.Grow(b, 32*count)
	for i := first; i < first+count; i++ {
		b = append(append(b, words[i]...), empty(i)...)
	}
	return b
}
