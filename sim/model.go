package sim

import (
	"cmp"
	"slices"
	"time"

	"boon"
)

// state is everything that the model knows. A step never changes it in place.
type state struct {
	budgets [2]budget
	places  [3]int
	grants  []grant
	holds   []holdRow
	uses    []use
	answers []kept
	settled []string
	mark    int
}

// budget is one budget: minor units, and up to which day it has had its funds (for a total budget, 1 once it has them).
type budget struct {
	available, committed, reserved, owed int64
	funded                               int
}

type grant struct {
	id              string
	offer           int
	who, device     int
	state, before   boon.GrantState
	uses, held      int64
	used            bool // by some order
	placed          bool // it counts under the caps, until it dies unused
	issued, expires time.Time
	given, back     int64 // discounts, and of them taken back
}

type holdRow struct {
	id, grant, order string
	amount           int64
	expires          time.Time
	gone             bool
}

type use struct {
	id, grant, order string
	offer            int
	amount, back     int64
	first, second    int64 // units of the two lines that came back, of two and one
}

type kept struct {
	key, body string
	reason    boon.Reason
	id, grant string
	amount    int64
}

// put replaces or adds a row in a copy, by its id.
func put[R any](rows []R, id func(R) string, r R) []R {
	i, found := slices.BinarySearchFunc(rows, id(r), func(x R, want string) int { return cmp.Compare(id(x), want) })
	if !found {
		return slices.Insert(slices.Clip(rows), i, r)
	}
	rows = slices.Clone(rows)
	rows[i] = r
	return rows
}

func find[R any](rows []R, id func(R) string, want string) (r R, found bool) {
	i, found := slices.BinarySearchFunc(rows, want, func(x R, want string) int { return cmp.Compare(id(x), want) })
	if found {
		r = rows[i]
	}
	return r, found
}

func grantID(g grant) string  { return g.id }
func holdID(h holdRow) string { return h.id }
func useID(u use) string      { return u.id }
func keptKey(k kept) string   { return k.key }

func (s *state) putGrant(g grant)  { s.grants = put(s.grants, grantID, g) }
func (s *state) putHold(h holdRow) { s.holds = put(s.holds, holdID, h) }
func (s *state) putUse(u use)      { s.uses = put(s.uses, useID, u) }

func (s *state) equal(o *state) bool {
	return s.budgets == o.budgets && s.places == o.places && s.mark == o.mark && slices.Equal(s.grants, o.grants) && slices.Equal(s.holds, o.holds) &&
		slices.Equal(s.uses, o.uses) && slices.Equal(s.answers, o.answers) && slices.Equal(s.settled, o.settled)
}

// period is that of a budget at an instant; only the daily one has many.
func period(budget int, at time.Time) int {
	if budget == 0 {
		return 1
	}
	return 1 + day(at)
}

// fund begins a budget's period at its first touch: what the last one left is gone, what it owed is forgiven.
func (s *state) fund(i int, at time.Time) *budget {
	b := &s.budgets[i]
	if p := period(i, at); p > b.funded {
		b.funded, b.available, b.owed = p, amounts[i], 0
	}
	return b
}

// giveBack returns money to the period that it came from, whose overrun it makes good first; that of an earlier one leaves the budget.
func (s *state) giveBack(g grant, minor int64, at time.Time) {
	if i := offers[g.offer].budget; period(i, g.issued) == max(period(i, at), s.budgets[i].funded) {
		b := &s.budgets[i]
		repaid := min(minor, b.owed)
		b.owed -= repaid
		b.available += minor - repaid
	}
}

// hold moves what is set aside for a grant in or out of the accounts of its state.
func (s *state) hold(g grant, minor int64) {
	if b := &s.budgets[offers[g.offer].budget]; g.state == boon.StateReserved {
		b.reserved += minor
	} else {
		b.committed += minor
	}
}

// to takes a grant to another state; what is set aside for it moves along.
func (s *state) to(g grant, next boon.GrantState, at time.Time) grant {
	s.fund(offers[g.offer].budget, at)
	s.hold(g, -g.held)
	if g.state == boon.StateReserved {
		next = cmp.Or(next, g.before)
		s.drop(g.id)
	}
	g.before, g.state = "", cmp.Or(next, g.state)
	s.hold(g, g.held)
	s.putGrant(g)
	return g
}

// drop ends the reservation that holds a grant.
func (s *state) drop(id string) {
	for _, h := range s.holds {
		if h.grant == id && !h.gone {
			h.gone = true
			s.putHold(h)
			return
		}
	}
}

// end closes a grant unused or not, at its expiry or before it.
func (s *state) end(g grant, next boon.GrantState, at time.Time) {
	s.fund(offers[g.offer].budget, at)
	s.hold(g, -g.held)
	s.giveBack(g, g.held, at)
	if g.held = 0; !g.used {
		s.places[g.offer]--
		g.placed = false
	}
	s.drop(g.id)
	g.before, g.state = "", next
	s.putGrant(g)
}

// spend books one use of a grant that costs what it takes off.
func (s *state) spend(g grant, id, order string, amount int64, at time.Time) {
	b := s.fund(offers[g.offer].budget, at)
	keep := int64(0)
	if g.state.Open() && g.uses > 1 {
		keep = g.held * (g.uses - 1) / g.uses
	}
	s.hold(g, -g.held)
	switch rest := g.held - keep - amount; {
	case rest >= 0:
		s.giveBack(g, rest, at)
	default:
		had := min(-rest, max(0, b.available))
		b.available -= had
		b.owed += -rest - had
	}
	s.drop(g.id)
	last := !g.state.Open() || g.uses <= 1
	if g.state == boon.StateReserved {
		g.state = g.before
	}
	if last {
		g.state = boon.StateRedeemed
	}
	g.before, g.held, g.uses, g.used = "", keep, max(0, g.uses-1), true
	g.given += amount
	s.hold(g, keep)
	s.putGrant(g)
	s.putUse(use{id: id, grant: g.id, order: order, offer: g.offer, amount: amount})
}

// issue makes a grant, or says by which limits it cannot.
func (s *state) issue(offer int, id string, who, device int, at time.Time) (g grant, refused []boon.Reason) {
	t := offers[offer]
	profile, shared, daily, used := 0, 0, 0, false
	for _, x := range s.grants {
		if x.offer != offer {
			continue
		}
		if x.placed && x.who/2 == who/2 {
			shared++
		}
		if x.placed && day(x.issued) == day(at) {
			daily++
		}
		if x.who == who {
			used = used || x.used
			if x.state.Open() || x.used {
				profile++
			}
		}
	}
	if t.profile > 0 && profile >= t.profile {
		refused = append(refused, boon.ReasonCapProfile)
	}
	if t.shared > 0 && shared >= t.shared {
		refused = append(refused, boon.ReasonCapIdentifier)
	}
	if len(refused) > 0 && used && t.code != "" {
		refused = []boon.Reason{boon.ReasonAlreadyRedeemed}
	}
	if t.daily > 0 && daily >= t.daily {
		refused = append(refused, boon.ReasonCapPeriod)
	}
	if t.total > 0 && s.places[offer] >= t.total {
		refused = append(refused, boon.ReasonCapTotal)
	}
	was := s.budgets[t.budget]
	if b := s.fund(t.budget, at); b.available-b.owed < t.worst {
		refused = append(refused, boon.ReasonBudgetExhausted)
	}
	if len(refused) > 0 {
		s.budgets[t.budget] = was
		return g, refused
	}
	g = grant{id: id, offer: offer, who: who, device: device, state: boon.StateIssued, uses: t.uses, held: t.worst, placed: true, issued: at, expires: at.Add(t.life)}
	s.budgets[t.budget].available -= t.worst
	s.hold(g, t.worst)
	s.places[offer]++
	s.putGrant(g)
	return g, nil
}
