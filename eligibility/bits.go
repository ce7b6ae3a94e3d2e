package eligibility

import "math/bits"

// bitset holds one bit an offer, by its place in the release.
type bitset []uint64

func newBitset(offers int) bitset { return make(bitset, (offers+63)/64) }

func (b bitset) set(i int32) { b[i>>6] |= 1 << (i & 63) }

func (b bitset) clear(i int32) { b[i>>6] &^= 1 << (i & 63) }

func (b bitset) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// with is a copy of b with some more offers.
func (b bitset) with(more []int32) bitset {
	c := append(bitset(nil), b...)
	for _, i := range more {
		c.set(i)
	}
	return c
}

// scratch is the room in which one question is asked of every dimension. The sets of a dimension are united, the dimensions intersected.
type scratch struct {
	sets  []bitset
	ends  []int // of each dimension, the end of its sets
	rooms []bitset
	taken int
	doubt bool // some dimension could not be asked
}

func (s *scratch) reset() {
	s.sets, s.ends, s.taken, s.doubt = s.sets[:0], s.ends[:0], 0, false
}

// add unites one more set into the dimension at hand.
func (s *scratch) add(b bitset) { s.sets = append(s.sets, b) }

// end closes the dimension at hand.
func (s *scratch) end() { s.ends = append(s.ends, len(s.sets)) }

// copy is a copy of b that lives until the next reset.
func (s *scratch) copy(b bitset) bitset {
	if s.taken == len(s.rooms) {
		s.rooms = append(s.rooms, make(bitset, len(b)))
	}
	c := s.rooms[s.taken]
	s.taken++
	copy(c, b)
	return c
}

// word is 64 offers that every dimension lets pass; the first dimension that lets none pass ends the search.
func (s *scratch) word(w int) uint64 {
	left, from := ^uint64(0), 0
	for _, end := range s.ends {
		var pass uint64
		for _, b := range s.sets[from:end] {
			pass |= b[w]
		}
		if left &= pass; left == 0 {
			return 0
		}
		from = end
	}
	return left
}
