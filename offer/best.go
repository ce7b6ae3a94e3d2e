package offer

import (
	"cmp"
	"fmt"
	"slices"

	"boon"
)

// searched is how many uses of one choice are searched whole; of more, the others join as far as they still can.
const searched = 12

// most is how many uses a set of bits holds.
const most = 64

// search looks for the best allowed combination of some uses, which are in the order of application. A combination is a set of bits.
type search struct {
	*planner
	uses     []*use
	margin   bool
	conflict []uint64 // by use: the earlier ones that exclude it
	bound    []int64  // by use: what it and those after it are worth at most
	rests    []rest   // by depth
	parts    []int64  // of a use in question
	best     outcome
	found    bool
}

// outcome is what a combination comes to, in minor units.
type outcome struct {
	set         uint64
	worth, cost int64
}

// placeBest places the best allowed combination of uses.
func (p *planner) placeBest(uses []*use) {
	uses = p.worthMost(p.applicable(uses))
	if len(uses) == 0 {
		return
	}
	chosen := p.chosen(uses)
	for i, u := range uses {
		if chosen.set&(1<<i) != 0 && p.asks(u) {
			p.place(u)
		}
	}
	p.explain(uses, chosen)
}

// worthMost leaves as many uses as a set has bits, and refuses the others.
func (p *planner) worthMost(uses []*use) []*use {
	if len(uses) <= most {
		return uses
	}
	p.inexact = true
	ranked := p.ranked(uses)
	for _, u := range ranked[most:] {
		u.refuse(fmt.Sprintf("group %q has more than %d offers for this order, and %d are worth more than %s", u.group.ID, most, most, u.Offer.ID))
	}
	return slices.DeleteFunc(uses, func(u *use) bool { return slices.Contains(ranked[most:], u) })
}

// ranked are uses by what each is worth alone, the most first.
func (p *planner) ranked(uses []*use) []*use {
	by := slices.Clone(uses)
	slices.SortStableFunc(by, func(a, b *use) int { return cmp.Compare(p.worth(b, b.cut), p.worth(a, a.cut)) })
	return by
}

// explain says why the others were not chosen.
func (p *planner) explain(uses []*use, chosen outcome) {
	for i, u := range uses {
		switch why := p.excluded(u); {
		case chosen.set&(1<<i) != 0:
		case why != "":
			u.refuse(why)
		case !p.asks(u): // the chosen ones leave too little
		case bestFor(u.group) == boon.BestForMargin:
			u.refuse(fmt.Sprintf("group %q gives what leaves the shop most: without offer %s the order's offers cost %s", u.group.ID, u.Offer.ID, p.money(chosen.cost)))
		default:
			u.refuse(fmt.Sprintf("group %q gives what is worth most: without offer %s the order's offers are worth %s", u.group.ID, u.Offer.ID, p.money(chosen.worth)))
		}
	}
}

// chosen is the best combination: of all, or of those that are worth most alone with the others joined as far as they can.
func (p *planner) chosen(uses []*use) outcome {
	if len(uses) <= searched {
		return p.search(uses).run()
	}
	p.inexact = true
	ranked := p.ranked(uses)[:searched]
	first := slices.DeleteFunc(slices.Clone(uses), func(u *use) bool { return !slices.Contains(ranked, u) })
	best := p.search(first).run()
	whole := p.search(uses)
	found, _ := whole.evaluate(within(uses, first, best.set))
	for i := range uses {
		if found.set&(1<<i) != 0 {
			continue
		}
		if more, ok := whole.evaluate(found.set | 1<<i); ok && (whole.margin || whole.better(more, found)) {
			found = more
		}
	}
	return found
}

// within is a set of some uses as a set of all.
func within(all, some []*use, set uint64) (whole uint64) {
	for i, u := range some {
		if set&(1<<i) != 0 {
			whole |= 1 << slices.Index(all, u)
		}
	}
	return whole
}

func (p *planner) search(uses []*use) *search {
	n, lines := len(uses), len(p.rest.lines)
	s := &search{planner: p, uses: uses, margin: bestFor(uses[0].group) == boon.BestForMargin,
		conflict: make([]uint64, n), bound: make([]int64, n+1), rests: make([]rest, n+1), parts: make([]int64, lines)}
	figures := make([]int64, (n+1)*lines)
	for i := range s.rests {
		s.rests[i].lines = figures[i*lines : (i+1)*lines]
	}
	for i := n - 1; i >= 0; i-- {
		s.bound[i] = s.bound[i+1] + p.worth(uses[i], uses[i].cut)
		for j := range i {
			if p.Groups.Apart(uses[j].Offer, uses[i].Offer) {
				s.conflict[i] |= 1 << j
			}
		}
	}
	return s
}

func (s *search) run() outcome {
	s.rests[0].set(s.rest)
	s.from(0, outcome{})
	return s.best
}

// from goes on with the i-th use: with it, where it may join and still applies, and without it. Since a rest only shrinks, no use takes off more
// than it does alone: what cannot reach the best so far is left out.
func (s *search) from(i int, so outcome) {
	if s.hopeless(i, so) {
		return
	}
	if i == len(s.uses) {
		if (!s.found || s.better(so, s.best)) && (!s.margin || s.maximal(so.set)) {
			s.best, s.found = so, true
		}
		return
	}
	s.rests[i+1].set(s.rests[i])
	if with, ok := s.join(i, so, &s.rests[i+1]); ok {
		s.from(i+1, with)
		s.rests[i+1].set(s.rests[i])
	}
	s.from(i+1, so)
}

func (s *search) hopeless(i int, so outcome) bool {
	if !s.found {
		return false
	}
	if s.margin {
		return so.cost > s.best.cost
	}
	return so.worth+s.bound[i] < s.best.worth
}

// join adds the i-th use to a combination of earlier ones.
func (s *search) join(i int, so outcome, r *rest) (outcome, bool) {
	if so.set&s.conflict[i] != 0 {
		return so, false
	}
	u := s.uses[i]
	c, ok := u.takes(r, &s.order, s.parts)
	if !ok {
		return so, false
	}
	so.set |= 1 << i
	so.worth += s.worth(u, c)
	so.cost += s.cost(u, c)
	r.less(c)
	return so, true
}

// better compares two outcomes; of equal ones the first found stays, which is the one with the earlier uses.
func (s *search) better(a, b outcome) bool {
	if s.margin {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(b.worth, a.worth)) < 0
	}
	return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(a.cost, b.cost)) < 0
}

// maximal says that nothing can be added to a combination: of those the one that costs least is best for the margin, since nothing at all would
// always cost less.
func (s *search) maximal(set uint64) bool {
	for i := range s.uses {
		if set&(1<<i) != 0 {
			continue
		}
		if _, ok := s.evaluate(set | 1<<i); ok {
			return false
		}
	}
	return true
}

// evaluate applies the uses of a set; false when one of them does not apply.
func (s *search) evaluate(set uint64) (so outcome, ok bool) {
	last := &s.rests[len(s.uses)]
	last.set(s.rest)
	for i := range s.uses {
		if set&(1<<i) == 0 {
			continue
		}
		if so, ok = s.join(i, so, last); !ok {
			return so, false
		}
	}
	return so, true
}
