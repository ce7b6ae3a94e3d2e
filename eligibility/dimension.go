package eligibility

import (
	"slices"
	"sort"
	"strings"
	"time"

	"boon/internal/rule"
)

// dimension answers, for all offers at once, one part of their conditions. It adds to the scratch the sets of offers that pass, those that
// do not ask included.
type dimension interface {
	ask(s *scratch, row rule.Row, now time.Time)
	// share is the part of all offers that is expected to pass: the smaller, the sooner it is worth asking.
	share() float64
}

// spread tells offers apart by texts.
type spread struct {
	open bitset // offers that do not ask
	at   map[string]bucket
	size int // offers in all
}

// bucket is the offers of one text: as a set where they are many, one by one where they are few, so that memory follows the offers and not
// the offers times the texts.
type bucket struct {
	dense bitset
	few   []int32
}

// newSpread takes the offers of each text.
func newSpread(open bitset, size int, offers map[string][]int32) spread {
	d := spread{open, map[string]bucket{}, size}
	for text, list := range offers {
		if slices.Sort(list); len(list) > len(open) {
			d.at[text] = bucket{dense: newBitset(size).with(list)}
		} else {
			d.at[text] = bucket{few: slices.Compact(list)}
		}
	}
	return d
}

// pick adds the offers of some texts and ends the dimension.
func (d *spread) pick(s *scratch, texts ...string) {
	open := d.open
	for _, text := range texts {
		open = d.pickOne(s, text, open)
	}
	s.add(open)
	s.end()
}

// pickOne adds the offers of one text to s, or, when they are few, to a copy of open, which it gives back.
func (d *spread) pickOne(s *scratch, text string, open bitset) bitset {
	b := d.at[text]
	if b.dense != nil {
		s.add(b.dense)
	}
	if len(b.few) == 0 {
		return open
	}
	if &open[0] == &d.open[0] {
		open = s.copy(open)
	}
	for _, i := range b.few {
		open.set(i)
	}
	return open
}

func (d *spread) share() float64 {
	asked := 0
	for _, b := range d.at {
		asked += b.dense.count() + len(b.few)
	}
	return part(d.open.count(), d.size) + part(asked, d.size*max(len(d.at), 1))
}

func part(n, of int) float64 { return float64(n) / float64(max(of, 1)) }

// among asks a text field, and holds a list field.
type among struct {
	spread
	field int
}

type holds struct {
	spread
	field int
}

func (d *among) ask(s *scratch, row rule.Row, _ time.Time) {
	v := row.Value(d.field)
	if text, ok := v.Text(); ok {
		d.pick(s, text)
		return
	}
	s.doubt = true
}

func (d *holds) ask(s *scratch, row rule.Row, _ time.Time) {
	v := row.Value(d.field)
	if list, ok := v.List(); ok {
		d.pick(s, list...)
		return
	}
	s.doubt = true
}

// category asks what the cart lies in: each of its paths and all above them.
type category struct{ spread }

func (d *category) ask(s *scratch, row rule.Row, _ time.Time) {
	open := d.open
	for _, path := range row.Categories() {
		for end := len(path); end >= 0; end = strings.LastIndexByte(path[:end], '/') {
			open = d.pickOne(s, path[:end], open)
		}
	}
	s.add(open)
	s.end()
}

// flag asks a bool field.
type flag struct {
	field int
	by    [2]bitset // offers that pass when it is not set, and when it is
	size  int
}

func (d *flag) ask(s *scratch, row rule.Row, _ time.Time) {
	v := row.Value(d.field)
	set, ok := v.Flag()
	if !ok {
		s.doubt = true
		return
	}
	if set {
		s.add(d.by[1])
	} else {
		s.add(d.by[0])
	}
	s.end()
}

func (d *flag) share() float64 { return part(d.by[0].count()+d.by[1].count(), 2*d.size) }

// bound asks an ordered field, or the time, for one end of an interval. Its offers ascend by that end, so those that pass are the first so many;
// marks hold the sets of the first so many for some numbers, and what lies between two is added one by one.
type bound struct {
	field int
	upper bool
	ends  []uint64 // ascending; of an upper bound the complement of its end
	offer []int32
	marks []mark
	size  int
}

type mark struct {
	first int
	set   bitset
}

// maxMarks bounds the memory of a bound: this many sets.
const maxMarks = 64

func newBound(field int, upper bool, open bitset, size int, ends []uint64, offers []int32) *bound {
	d := &bound{field: field, upper: upper, ends: ends, offer: offers, size: size}
	sort.Sort((*byEnd)(d))
	set, last := open, 0
	d.marks = append(d.marks, mark{0, set})
	for n := 1; n <= len(ends); n++ {
		whole := n == len(ends) || ends[n] != ends[n-1] // a mark amid equal ends would never be asked for
		if whole && (n-last)*maxMarks >= len(ends) || n == len(ends) {
			set = set.with(offers[last:n])
			d.marks = append(d.marks, mark{n, set})
			last = n
		}
	}
	return d
}

// byEnd sorts a bound's offers.
type byEnd bound

func (d *byEnd) Len() int           { return len(d.ends) }
func (d *byEnd) Less(i, j int) bool { return d.ends[i] < d.ends[j] }
func (d *byEnd) Swap(i, j int) {
	d.ends[i], d.ends[j] = d.ends[j], d.ends[i]
	d.offer[i], d.offer[j] = d.offer[j], d.offer[i]
}

func (d *bound) ask(s *scratch, row rule.Row, now time.Time) {
	if d.field == rule.FieldNow {
		d.pick(s, rule.NowKey(now), true)
		return
	}
	v := row.Value(d.field)
	if v.Type() == 0 {
		s.doubt = true
		return
	}
	key, ok := v.Key()
	d.pick(s, key, ok)
}

// pick adds the offers that a value passes; a value without a key passes none.
func (d *bound) pick(s *scratch, key uint64, ok bool) {
	n := 0
	if ok {
		n = d.passing(key)
	}
	at := sort.Search(len(d.marks), func(k int) bool { return d.marks[k].first > n }) - 1
	set := d.marks[at].set
	if d.marks[at].first < n {
		set = s.copy(set)
		for _, i := range d.offer[d.marks[at].first:n] {
			set.set(i)
		}
	}
	s.add(set)
	s.end()
}

// passing is how many offers a key passes: lower bounds at or under it, upper bounds above it.
func (d *bound) passing(key uint64) int {
	if !d.upper {
		return sort.Search(len(d.ends), func(k int) bool { return d.ends[k] > key })
	}
	return sort.Search(len(d.ends), func(k int) bool { return d.ends[k] >= ^key })
}

func (d *bound) share() float64 { return 1 - part(len(d.ends), 2*d.size) }
