package batch

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"boon"
	"boon/redeem"
)

// cell is a row as this transaction sees it.
type cell[T any] struct {
	value  T
	found  bool
	stored bool // the database has it, in some version
	dirty  bool
	order  int // of its first change
}

type cells[K comparable, T any] map[K]cell[T]

// list is the ids of the rows with a key: the stored ones, when they were read, then the new ones.
type list struct {
	ids  []string
	read bool
}

type lists[K comparable] map[K]list

type lateList struct {
	stored, fresh []Late
	read          bool
}

// pending is what a transaction read and wrote.
type pending struct {
	grants       cells[string, boon.Grant]
	reservations cells[string, boon.Reservation]
	redemptions  cells[string, boon.Redemption]
	answers      cells[string, redeem.Answer]
	alarms       cells[string, boon.Alarm]
	marks        cells[uint32, boon.Position]
	owned        lists[boon.Identifier]
	coded        lists[string]
	ofOrder      lists[string]
	holding      map[string]string // grant -> its open reservation, "" for none
	late         map[string]lateList
	pauses       pauses
	rulings      cells[string, redeem.Ruling]
	openRead     map[string]bool // kinds of which all open rulings are here
	reversals    []boon.Reversal
	forget       time.Time // answers before it
	writes       int
	undo         []func()
}

func newPending() pending {
	return pending{
		grants: cells[string, boon.Grant]{}, reservations: cells[string, boon.Reservation]{}, redemptions: cells[string, boon.Redemption]{},
		answers: cells[string, redeem.Answer]{}, alarms: cells[string, boon.Alarm]{}, marks: cells[uint32, boon.Position]{},
		owned: lists[boon.Identifier]{}, coded: lists[string]{}, ofOrder: lists[string]{}, holding: map[string]string{}, late: map[string]lateList{},
		rulings: cells[string, redeem.Ruling]{}, openRead: map[string]bool{},
	}
}

func (p *pending) rollback(to int) {
	for i := len(p.undo) - 1; i >= to; i-- {
		p.undo[i]()
	}
	clear(p.undo[to:])
	p.undo = p.undo[:to]
}

// set puts a value and remembers how to take that back.
func set[K comparable, V any](p *pending, rows map[K]V, key K, value V) {
	old, had := rows[key]
	rows[key] = value
	p.undo = append(p.undo, func() {
		if had {
			rows[key] = old
		} else {
			delete(rows, key)
		}
	})
}

func push[K comparable](p *pending, rows lists[K], key K, id string) {
	l := rows[key]
	l.ids = append(slices.Clip(l.ids), id)
	set(p, rows, key, l)
}

// put writes a row.
func put[K comparable, T any](p *pending, rows cells[K, T], key K, value T) {
	c := rows[key]
	if !c.dirty {
		p.writes++
		c.order = p.writes
	}
	c.value, c.found, c.dirty = value, true, true
	set(p, rows, key, c)
}

// know takes rows in that were read, and that the other wanted ones do not exist.
func know[T any](rows cells[string, T], wanted []string, found []T, id func(T) string) {
	for _, x := range found {
		if _, known := rows[id(x)]; !known {
			rows[id(x)] = cell[T]{value: x, found: true, stored: true}
		}
	}
	for _, key := range wanted {
		if _, known := rows[key]; !known {
			rows[key] = cell[T]{}
		}
	}
}

// read returns a row, as it is here; load brings it here.
func read[T any](rows cells[string, T], key string, load func() error) (T, bool, error) {
	c, known := rows[key]
	if !known {
		if err := load(); err != nil {
			return c.value, false, err
		}
		c = rows[key]
	}
	return c.value, c.found, nil
}

// collected gathers the stored ids of lists that were wanted and are not read yet.
type collected[K comparable] map[K][]string

func collect[K comparable](rows lists[K], wanted []K) collected[K] {
	if len(wanted) == 0 {
		return nil
	}
	c := make(collected[K], len(wanted))
	for _, key := range wanted {
		if !rows[key].read {
			c[key] = nil
		}
	}
	return c
}

func (c collected[K]) add(key K, id string) {
	if ids, wanted := c[key]; wanted {
		c[key] = append(ids, id)
	}
}

func (c collected[K]) into(rows lists[K]) {
	for key, stored := range c {
		slices.Sort(stored) // a row may have come twice
		rows[key] = list{ids: slices.Concat(slices.Compact(stored), rows[key].ids), read: true}
	}
}

// written lists the rows to be stored, in the order in which they were first written.
func written[K comparable, T any](rows cells[K, T]) []Row[T] {
	var changed []cell[T]
	for c := range maps.Values(rows) {
		if c.dirty {
			changed = append(changed, c)
		}
	}
	slices.SortFunc(changed, func(a, b cell[T]) int { return cmp.Compare(a.order, b.order) })
	out := make([]Row[T], len(changed))
	for i, c := range changed {
		out[i] = Row[T]{c.value, c.stored}
	}
	return out
}
