package eligibility

import (
	"math"
	"math/bits"
	"slices"
)

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

// scratch is the room in which one question is asked of every dimension. The sets of a dimension are united, the dimensions intersected, one after the
// other: each set is read once from its start to its end, which memory is fastest at.
type scratch struct {
	left  bitset   // offers that every dimension so far lets pass
	sets  []bitset // of the dimension at hand
	rooms []bitset
	taken int
	doubt bool // some dimension could not be asked
}

// reset lets everything pass, of so many words.
func (s *scratch) reset(words int) {
	s.left = slices.Grow(s.left[:0], words)[:words]
	for w := range s.left {
		s.left[w] = math.MaxUint64
	}
	s.sets, s.taken, s.doubt = s.sets[:0], 0, false
}

// add unites one more set into the dimension at hand.
func (s *scratch) add(b bitset) { s.sets = append(s.sets, b) }

// end closes the dimension at hand.
func (s *scratch) end() {
	switch sets := s.sets; len(sets) {
	case 1:
		s.left.keep(sets[0])
	default:
		s.left.keepAny(sets)
	}
	s.sets = s.sets[:0]
}

// keep leaves what is in b too.
func (s bitset) keep(b bitset) {
	b = b[:len(s)]
	for w := range s {
		s[w] &= b[w]
	}
}

// keepAny leaves what is in one of the sets too.
func (s bitset) keepAny(sets []bitset) {
	for w, left := range s {
		if left == 0 {
			continue
		}
		var pass uint64
		for _, b := range sets {
			pass |= b[w]
		}
		s[w] = left & pass
	}
}

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
