package sim

import (
	"slices"
	"time"

	"boon"
)

// step is the model: whether the call can have been answered so in this state, and the state after it.
func (s state) step(in call, out answer) (bool, state) {
	if in.key == "" {
		ok := s.take(in, out)
		return ok, s
	}
	row := kept{in.key, in.body, out.reason, out.id, out.grant, out.amount}
	if old, found := find(s.answers, keptKey, in.key); found {
		if old.body != in.body {
			return out.reason == boon.ReasonIdempotencyMismatch, s
		}
		return old == row, s
	}
	if !s.take(in, out) {
		return false, s
	}
	s.answers = put(s.answers, keptKey, row)
	return true, s
}

// take lets the call have its effect. It says no to an answer that the state does not justify.
func (s *state) take(in call, out answer) bool {
	switch in.op {
	case opIssue:
		if _, found := find(s.grants, grantID, in.grant); found {
			return out.reason == "" && out.grant == in.grant
		}
		before := *s
		_, refused := s.issue(in.offer, in.grant, in.who, in.device, in.at)
		return s.justified(before, refused, out)
	case opRedeem, opReserve, opValidate:
		return s.useCode(in, out)
	case opUseHeld, opRelease:
		return s.useHold(in, out)
	case opReverse:
		return s.reverse(in, out)
	case opSave, opRevoke:
		return s.withdraw(in, out)
	case opSweep:
		return s.sweep(in, out)
	case opApply:
		return s.apply(in, out)
	case opWallet:
		return slices.Equal(s.wallet(in.who), out.wallet)
	}
	b := s.budgets[in.budget]
	return out.balances == [4]int64{b.available, b.committed, b.reserved, -b.owed}
}

// justified: a refusal needs one of the reasons there are, success needs that there are none. A refusal leaves no trace.
func (s *state) justified(before state, refused []boon.Reason, out answer) bool {
	if out.reason != "" {
		*s = before
		return slices.Contains(refused, out.reason)
	}
	return len(refused) == 0
}

// closed is why a grant that is not open cannot be used.
func closed(g grant) boon.Reason {
	switch g.state {
	case boon.StateExpired:
		return boon.ReasonExpired
	case boon.StateRevoked:
		return boon.ReasonRevoked
	}
	return boon.ReasonAlreadyRedeemed
}

func (g grant) over(at time.Time) bool { return g.state.Open() && !at.Before(g.expires) }

// open is the grant of an offer that a profile would use: the oldest that is good.
func (s *state) open(offer, who int, at time.Time) (best grant, found bool) {
	for _, g := range s.grants {
		if g.offer != offer || g.who != who || !g.state.Open() || g.over(at) {
			continue
		}
		if !found || g.issued.Before(best.issued) || g.issued.Equal(best.issued) && g.id < best.id {
			best, found = g, true
		}
	}
	return best, found
}

// carried: the order has used this code.
func (s *state) carried(in call) bool {
	return slices.ContainsFunc(s.uses, func(u use) bool {
		return u.order == in.order && (in.offer >= 0 && u.offer == in.offer || in.offer < 0 && u.grant == in.grant)
	})
}

// beside is why a grant cannot join what an order has used, and what that takes off it.
func (s *state) beside(g grant, order string) (taken int64, refused []boon.Reason) {
	for _, u := range s.uses {
		if u.order != order || u.grant == g.id {
			continue
		}
		taken += u.amount - u.back
		if !offers[u.offer].combines || !offers[g.offer].combines {
			refused = []boon.Reason{boon.ReasonStacking}
		}
	}
	return taken, refused
}

// claim finds or makes the grant behind a code, and why it cannot be used on the order.
func (s *state) claim(in call, id string) (g grant, refused []boon.Reason) {
	found := false
	if in.offer >= 0 {
		if g, found = s.open(in.offer, in.who, in.at); !found {
			if g, refused = s.issue(in.offer, id, in.who, in.device, in.at); refused != nil {
				return g, refused
			}
		}
	} else if g, found = find(s.grants, grantID, in.grant); !found {
		return g, []boon.Reason{boon.ReasonUnknownCode}
	}
	switch {
	case g.who != in.who:
		return g, []boon.Reason{boon.ReasonWrongProfile}
	case g.over(in.at):
		return g, []boon.Reason{boon.ReasonExpired}
	case !g.state.Open():
		return g, []boon.Reason{closed(g)}
	}
	return g, nil
}

// fits: an answer takes off what the offer says, less where the order carries other discounts.
func fits(g grant, order string, taken int64, out answer) bool {
	full := offers[g.offer].discount(worth(order))
	return out.amount == full || taken > 0 && out.amount > 0 && out.amount < full
}

func (s *state) useCode(in call, out answer) bool {
	before := *s
	if in.op == opRedeem && s.carried(in) {
		return out.reason == boon.ReasonAlreadyRedeemed
	}
	g, refused := s.claim(in, out.grant)
	if refused != nil {
		return s.justified(before, refused, out)
	}
	taken, refused := s.beside(g, in.order)
	if full := offers[g.offer].discount(worth(in.order)); taken+full > worth(in.order) {
		refused = append(refused, boon.ReasonNotApplicable)
	}
	if held := s.holding(g); in.op != opValidate && g.state == boon.StateReserved && held.order != in.order {
		refused = append(refused, boon.ReasonAlreadyRedeemed)
	}
	if out.reason != "" || len(refused) > 0 && !slices.Equal(refused, []boon.Reason{boon.ReasonNotApplicable}) {
		return s.justified(before, refused, out)
	}
	if g.id != out.grant || !fits(g, in.order, taken, out) {
		return false
	}
	switch in.op {
	case opValidate:
		*s = before
	case opRedeem:
		s.spend(g, out.id, in.order, out.amount, in.at)
	default:
		g = s.to(g, "", in.at)
		g.before = g.state
		s.hold(g, -g.held)
		g.state = boon.StateReserved
		s.hold(g, g.held)
		s.putGrant(g)
		s.putHold(holdRow{id: out.id, grant: g.id, order: in.order, amount: out.amount, expires: in.at.Add(hold)})
	}
	return true
}

// holding is the reservation that holds a grant.
func (s *state) holding(g grant) (h holdRow) {
	for _, h := range s.holds {
		if h.grant == g.id && !h.gone {
			return h
		}
	}
	return h
}

func (s *state) useHold(in call, out answer) bool {
	h, found := find(s.holds, holdID, in.hold)
	switch {
	case !found:
		return out.reason == boon.ReasonNotFound
	case h.gone || !in.at.Before(h.expires):
		return out.reason == boon.ReasonReservationGone
	}
	g, _ := find(s.grants, grantID, h.grant)
	if in.op == opRelease {
		s.to(g, "", in.at)
		return out.reason == ""
	}
	taken, refused := s.beside(g, h.order)
	if taken+h.amount > worth(h.order) {
		refused = append(refused, boon.ReasonNotApplicable)
	}
	if slices.ContainsFunc(s.uses, func(u use) bool { return u.grant == g.id && u.order == h.order }) {
		refused = append(refused, boon.ReasonAlreadyRedeemed)
	}
	if out.reason != "" || slices.Contains(refused, boon.ReasonAlreadyRedeemed) || slices.Contains(refused, boon.ReasonStacking) {
		return slices.Contains(refused, out.reason)
	}
	if g.id != out.grant || out.amount > h.amount || out.amount < h.amount && taken == 0 {
		return false
	}
	s.spend(g, out.id, h.order, out.amount, in.at)
	return true
}

func (s *state) reverse(in call, out answer) bool {
	u, found := find(s.uses, useID, in.use)
	if !found {
		return out.reason == boon.ReasonNotFound
	}
	if u.first == 2 && (u.second == 1 || !in.whole) {
		return out.reason == boon.ReasonNotApplicable
	}
	if in.whole {
		u.first, u.second = 2, 1
	} else {
		u.first++
	}
	all := u.first == 2 && u.second == 1
	if out.reason != "" || out.amount < 0 || u.back+out.amount > u.amount || all && u.back+out.amount != u.amount {
		return false
	}
	u.back += out.amount
	s.putUse(u)
	g, _ := find(s.grants, grantID, u.grant)
	if g.state == boon.StateReversed {
		return true
	}
	b := s.fund(offers[g.offer].budget, in.at)
	repaid := min(out.amount, b.owed)
	b.owed -= repaid
	s.giveBack(g, out.amount-repaid, in.at)
	if g.back += out.amount; all && g.state == boon.StateRedeemed && g.back == g.given {
		g.state = boon.StateReversed
	}
	s.putGrant(g)
	return true
}

func (s *state) withdraw(in call, out answer) bool {
	g, found := find(s.grants, grantID, in.grant)
	switch {
	case !found:
		return out.reason == boon.ReasonNotFound
	case in.op == opSave && g.state == boon.StateSaved:
		return out.reason == ""
	case in.op == opSave && g.over(in.at):
		return out.reason == boon.ReasonExpired
	case !g.state.Open():
		return out.reason == closed(g)
	case in.op == opSave && g.state == boon.StateReserved:
		return out.reason == boon.ReasonNotApplicable
	case out.reason != "":
		return false
	case in.op == opSave:
		s.to(g, boon.StateSaved, in.at)
	default:
		s.end(g, boon.StateRevoked, in.at)
	}
	return true
}

func (s *state) sweep(in call, out answer) bool {
	n := 0
	for _, h := range s.holds {
		if !h.gone && !h.expires.After(in.at) {
			g, _ := find(s.grants, grantID, h.grant)
			s.to(g, "", in.at)
			n++
		}
	}
	for _, g := range s.grants {
		if (g.state == boon.StateIssued || g.state == boon.StateSaved) && !g.expires.After(in.at) {
			s.end(g, boon.StateExpired, in.at)
			n++
		}
	}
	return out.n == n || out.n < 0
}

// apply settles the orders from the mark on.
func (s *state) apply(in call, out answer) bool {
	if s.mark != in.from || len(out.settled) != len(in.orders) {
		return false
	}
	s.mark += len(in.orders)
	for i, o := range in.orders {
		o.at = in.at
		if !s.settle(o, out.settled[i]) {
			return false
		}
	}
	return true
}

// settle books a paid order once. Nothing is refused: what no limit allows is booked outside of them.
func (s *state) settle(in call, out settled) bool {
	if i, found := slices.BinarySearch(s.settled, in.order); found {
		return out.repeated && out.id == ""
	} else if out.repeated {
		return false
	} else {
		s.settled = slices.Insert(slices.Clip(s.settled), i, in.order)
	}
	g, found := find(s.grants, grantID, in.grant)
	if s.carried(in) || in.offer < 0 && !found {
		return out.id == ""
	}
	if in.offer >= 0 {
		if g, found = s.open(in.offer, in.who, in.at); !found {
			var refused []boon.Reason
			if g, refused = s.issue(in.offer, out.grant, in.who, in.device, in.at); refused != nil {
				g = grant{id: out.grant, offer: in.offer, who: in.who, device: in.device, issued: in.at}
			}
		}
	}
	taken, _ := s.beside(g, in.order)
	if full := offers[g.offer].discount(worth(in.order)); out.id == "" || out.grant != g.id || out.amount > full || out.amount < full && taken == 0 {
		return false
	}
	s.spend(g, out.id, in.order, out.amount, in.at)
	return true
}

func (s *state) wallet(who int) (all []holding) {
	mine := slices.DeleteFunc(slices.Clone(s.grants), func(g grant) bool { return g.who != who })
	slices.SortStableFunc(mine, func(a, b grant) int { return a.issued.Compare(b.issued) })
	for _, g := range mine {
		all = append(all, holding{g.id, g.state, g.uses, g.held})
	}
	return all
}
