package eligibility

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"boon/internal/rule"
)

// builder gathers what every offer asks, dimension by dimension.
type builder struct {
	size    int
	running bitset // offers that are not paused
	where   map[string][]int32
	what    map[string][]int32
	starts  ends
	stops   ends
	asked   map[axis]*asked
}

// axis names a dimension.
type axis struct {
	kind  rule.AtomKind
	field int
}

// asked is what offers ask of one axis; at most once each.
type asked struct {
	texts  map[string][]int32
	flags  [2][]int32
	from   ends
	to     ends
	offers []int32
}

// ends are one end of the intervals of some offers.
type ends struct {
	keys   []uint64
	offers []int32
}

func (e *ends) add(i int32, key uint64) {
	e.keys, e.offers = append(e.keys, key), append(e.offers, i)
}

func newBuilder(size int) *builder {
	return &builder{size: size, running: newBitset(size), where: map[string][]int32{}, what: map[string][]int32{}, asked: map[axis]*asked{}}
}

// add takes in one offer with the atoms of its condition.
func (b *builder) add(i int32, e *entry, atoms []rule.Atom) {
	if !e.offer.Paused && !e.campaign.Paused {
		b.running.set(i)
	}
	for _, p := range e.offer.Placements {
		b.where[p] = append(b.where[p], i)
	}
	for _, t := range e.offer.Triggers {
		b.what[t] = append(b.what[t], i)
	}
	b.schedule(i, e)
	for _, a := range atoms {
		b.ask(i, a)
	}
}

// schedule: a start bounds the time from below, an end from above; the later start and the earlier end hold.
func (b *builder) schedule(i int32, e *entry) {
	if start := later(e.offer.Starts, e.campaign.Starts); !start.IsZero() {
		b.starts.add(i, rule.NowKey(start))
	}
	if end := earlier(e.offer.Ends, e.campaign.Ends); !end.IsZero() {
		b.stops.add(i, ^rule.NowKey(end))
	}
}

func later(x, y time.Time) time.Time {
	if x.After(y) {
		return x
	}
	return y
}

func earlier(x, y time.Time) time.Time {
	if y.IsZero() || !x.IsZero() && x.Before(y) {
		return x
	}
	return y
}

func (b *builder) ask(i int32, a rule.Atom) {
	key := axis{a.Kind, a.Field}
	d := b.asked[key]
	if d == nil {
		d = &asked{texts: map[string][]int32{}}
		b.asked[key] = d
	}
	d.offers = append(d.offers, i)
	for _, text := range a.Texts {
		d.texts[text] = append(d.texts[text], i)
	}
	switch {
	case a.Kind == rule.AtomFlag && a.Flag:
		d.flags[1] = append(d.flags[1], i)
	case a.Kind == rule.AtomFlag:
		d.flags[0] = append(d.flags[0], i)
	case a.Kind == rule.AtomInterval:
		d.interval(i, a)
	}
}

func (d *asked) interval(i int32, a rule.Atom) {
	if a.From > 0 {
		d.from.add(i, a.From)
	}
	if a.To > 0 {
		d.to.add(i, ^a.To)
	}
}

// without are all offers but some.
func (b *builder) without(some []int32) bitset {
	open := newBitset(b.size)
	for i := range b.size {
		open.set(int32(i))
	}
	for _, i := range some {
		open.clear(i)
	}
	return open
}

// finish makes the dimensions: placement and trigger, which each question names, and the others, those that let the fewest pass first.
func (b *builder) finish() (where, what spread, rest []dimension) {
	where, what = b.named(b.where), b.named(b.what)
	rest = b.bounds(rule.FieldNow, b.starts, b.stops)
	for _, key := range slices.SortedFunc(maps.Keys(b.asked), compareAxes) {
		rest = append(rest, b.dimensions(key, b.asked[key])...)
	}
	slices.SortStableFunc(rest, func(x, y dimension) int { return cmp.Compare(x.share(), y.share()) })
	return where, what, rest
}

func compareAxes(x, y axis) int {
	return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.field, y.field))
}

// named is the spread of what offers list by name.
func (b *builder) named(lists map[string][]int32) spread {
	var listed []int32
	for _, list := range lists {
		listed = append(listed, list...)
	}
	return newSpread(b.without(listed), b.size, lists)
}

func (b *builder) dimensions(key axis, d *asked) []dimension {
	switch key.kind {
	case rule.AtomAmong:
		return []dimension{&among{newSpread(b.without(d.offers), b.size, d.texts), key.field}}
	case rule.AtomHolds:
		return []dimension{&holds{newSpread(b.without(d.offers), b.size, d.texts), key.field}}
	case rule.AtomCategory:
		return []dimension{&category{newSpread(b.without(d.offers), b.size, d.texts)}}
	case rule.AtomFlag:
		open := b.without(d.offers)
		return []dimension{&flag{key.field, [2]bitset{open.with(d.flags[0]), open.with(d.flags[1])}, b.size}}
	}
	return b.bounds(key.field, d.from, d.to)
}

func (b *builder) bounds(field int, from, to ends) (list []dimension) {
	if len(from.keys) > 0 {
		list = append(list, newBound(field, false, b.without(from.offers), b.size, from.keys, from.offers))
	}
	if len(to.keys) > 0 {
		list = append(list, newBound(field, true, b.without(to.offers), b.size, to.keys, to.offers))
	}
	return list
}
