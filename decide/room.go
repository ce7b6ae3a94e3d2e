package decide

import (
	"sync"

	"boon"
	"boon/eligibility"
	"boon/offer"
)

// room is what a computation works in. No record keeps anything of it, so that a later computation works in it again.
type room struct {
	examined   []term
	candidates []boon.Candidate
	field      []contender
	drawn      []standing
	hits       []eligibility.Hit
	costs      []lineCost
	categories []string // of the cart's lines
	rows       []lateRow
	whole      []eligibility.Line // the cart's; see touched
	lines      []eligibility.Line // of touched
	all, part  portion            // of the cart: in scopes of everything, and in that of the offer at hand
}

// over are computations that have ended.
var over = sync.Pool{New: func() any { return new(computation) }}

// end leaves the room to a later computation, and in it nothing of anybody.
func (c *computation) end() {
	r := c.room
	r.clear()
	*c = computation{room: r}
	over.Put(c)
}

func (r *room) clear() {
	r.examined, r.field, r.drawn, r.hits = emptied(r.examined), emptied(r.field), r.drawn[:0], r.hits[:0]
	r.costs, r.rows, r.whole, r.lines = r.costs[:0], emptied(r.rows), emptied(r.whole), emptied(r.lines)
	clear(r.candidates) // it only grows
	r.candidates, r.categories = r.candidates[:0], emptied(r.categories)
	r.all.of, r.part.of = nil, nil
}

// emptied clears what a slice ever held, not only what it holds now.
func emptied[T any](s []T) []T {
	clear(s[:cap(s)])
	return s[:0]
}

// portion is the part of a cart in a scope, measured once.
type portion struct {
	offer.Portion
	of  *boon.Scope // nil: of none yet
	err error
}

func (p *portion) measure(s *boon.Scope, cart *boon.Order) (*offer.Portion, error) {
	if p.of != s {
		p.of, p.err = s, p.Measure(s, cart)
	}
	return &p.Portion, p.err
}
