package offer

import (
	"cmp"
	"fmt"
	"slices"

	"boon"
)

// Use is one use of an offer that a plan is to place on an order.
type Use struct {
	ID    string // tells apart the uses of one offer
	Offer *boon.Offer
	Level boon.Micros
	Gift  boon.Product // of a gift reward
	// Holds asks the offer's condition of what earlier discounts leave of the order, where its group wants that; nil: it has none.
	Holds func(left boon.Order) error
}

// Stood is what an order carries already: a use that stays whatever comes.
type Stood struct {
	Offer *boon.Offer // nil: no longer known, so that it excludes nothing
	Lines []boon.LineDiscount
}

// Stack asks which of some uses an order carries together.
type Stack struct {
	Cart   boon.Order
	Groups Groups
	VAT    bool // prices include it, which what the shop pays is net of
	Uses   []Use
	Stood  []Stood
	// Left is what the uses that stood leave of each line, and Shipping of its charge, in minor units; nil: all.
	Left     []int64
	Shipping int64
}

// Verdict is what becomes of one use: what it takes off, or why it does not apply.
type Verdict struct {
	ID      string
	Offer   string
	Applied Applied
	Refusal error // nil: it applies; stacking or not_applicable, or what its condition says
}

// Plan is what becomes of the uses of a stack, in the order of application. Exact says that a group of mode best was searched whole.
type Plan struct {
	Verdicts []Verdict
	Exact    bool
}

// Plan places uses on an order: by group, in the order of their priorities, each group choosing by its mode from what the groups before it left.
// Equal uses get an equal plan, in whatever order they are given.
func (s Stack) Plan() Plan {
	p := s.planner()
	for rest := p.uses; len(rest) > 0; {
		n := together(rest)
		p.decide(rest[:n])
		rest = rest[n:]
	}
	plan := Plan{Verdicts: make([]Verdict, len(p.uses)), Exact: !p.inexact}
	for i, u := range p.uses {
		plan.Verdicts[i] = u.verdict
	}
	return plan
}

// planner is a plan being made.
type planner struct {
	Stack
	order   order
	rest    rest
	uses    []*use
	carried []*boon.Offer // stood or placed
	inexact bool
}

func (s Stack) planner() *planner {
	p := &planner{Stack: s, order: newOrder(s.Cart)}
	p.rest = rest{slices.Clone(p.order.came.lines), p.order.came.shipping}
	if s.Left != nil {
		p.rest.set(rest{s.Left, s.Shipping})
	}
	for _, stood := range s.Stood {
		if stood.Offer != nil {
			p.carried = append(p.carried, stood.Offer)
		}
	}
	room, lines := make([]use, len(s.Uses)), len(s.Cart.Lines)
	figures := make([]int64, 2*lines*len(s.Uses))
	for i, asked := range s.Uses {
		u := &room[i]
		u.Use, u.group = asked, s.Groups(asked.Offer.Stacking.Group)
		u.verdict = Verdict{ID: asked.ID, Offer: asked.Offer.ID}
		u.weights, u.cut.parts = figures[:lines:lines], figures[lines:2*lines:2*lines]
		figures = figures[2*lines:]
		if asked.Offer.Reward.Type != boon.RewardNudge {
			u.outside = u.whole.Measure(&asked.Offer.Scope, &s.Cart)
		}
		p.uses = append(p.uses, u)
	}
	p.sort()
	p.close()
	return p
}

// sort puts uses into the order of application: groups that take something off goods before those that do not, offers likewise, so that shipping and
// what hangs on a minimum see what is really paid for the goods.
func (p *planner) sort() {
	goods := map[string]bool{}
	for _, u := range p.uses {
		goods[u.group.ID] = goods[u.group.ID] || takesGoods(u.Offer)
	}
	late := func(goods bool) int {
		if goods {
			return 0
		}
		return 1
	}
	slices.SortFunc(p.uses, func(a, b *use) int {
		return cmp.Or(
			cmp.Compare(a.group.Priority, b.group.Priority),
			cmp.Compare(late(goods[a.group.ID]), late(goods[b.group.ID])),
			cmp.Compare(a.group.ID, b.group.ID),
			cmp.Compare(a.Offer.Stacking.Priority, b.Offer.Stacking.Priority),
			cmp.Compare(late(takesGoods(a.Offer)), late(takesGoods(b.Offer))),
			cmp.Compare(a.Offer.ID, b.Offer.ID), cmp.Compare(a.Level, b.Level), cmp.Compare(a.ID, b.ID))
	})
}

// close takes the lines that a group gave to a use that stood out of the scope of the others, where each line has one.
func (p *planner) close() {
	for _, u := range p.uses {
		for _, stood := range p.Stood {
			if stood.Offer == nil || !single(u.group) || u.group.Per != boon.PerLine || stood.Offer.Stacking.Group != u.group.ID {
				continue
			}
			for i, l := range p.Cart.Lines {
				if u.outside == nil && slices.ContainsFunc(stood.Lines, func(d boon.LineDiscount) bool { return d.ID == l.ID && d.SKU == l.SKU }) {
					u.whole.amount -= u.whole.weights[i]
					u.whole.weights[i], u.whole.units[i] = 0, 0
				}
			}
		}
	}
}

// together is how many of the uses, from the first, are decided at once: a group, with the groups after it that want the same best.
func together(uses []*use) int {
	first := uses[0].group
	n := 1
	for n < len(uses) && (uses[n].group.ID == first.ID || bestFor(first) != "" && bestFor(uses[n].group) == bestFor(first)) {
		n++
	}
	return n
}

// bestFor is whom a group of mode best is best for; "" in other modes.
func bestFor(g boon.StackingGroup) string {
	if g.Mode != boon.StackBest {
		return ""
	}
	return cmp.Or(g.BestFor, boon.BestForCustomer)
}

// decide places what a group allows of its uses.
func (p *planner) decide(uses []*use) {
	uses = p.possible(uses)
	if len(uses) == 0 {
		return
	}
	switch g := uses[0].group; {
	case g.Mode == boon.StackBest:
		p.placeBest(uses)
	case single(g) && g.Per == boon.PerLine:
		p.placeByLine(uses)
	case g.Mode == boon.StackHighest, g.Mode == boon.StackLowest:
		p.placeOne(uses)
	default:
		p.placeEach(uses)
	}
}

// possible refuses what the order's other offers exclude.
func (p *planner) possible(uses []*use) []*use {
	var left []*use
	for _, u := range uses {
		if why := p.excluded(u); why != "" {
			u.refuse(why)
		} else {
			left = append(left, u)
		}
	}
	return left
}

func (p *planner) excluded(u *use) string {
	for _, o := range p.carried {
		if why := p.Groups.Excludes(o, u.Offer); why != "" {
			return why
		}
	}
	return ""
}

func (u *use) refuse(why string) { u.verdict.Refusal = boon.Refuse(boon.ReasonStacking, "%s", why) }

// placeEach places every use that its predecessors leave possible.
func (p *planner) placeEach(uses []*use) {
	for _, u := range uses {
		if why := p.excluded(u); why != "" {
			u.refuse(why)
		} else if p.asks(u) {
			p.place(u)
		}
	}
}

// asks computes what a use takes off the rest; one that does not apply is refused.
func (p *planner) asks(u *use) (ok bool) {
	if u.Offer.Reward.Type == boon.RewardNudge {
		return true
	}
	if u.cut, ok = u.takes(&p.rest, &p.order, u.cut.parts); !ok {
		u.verdict.Refusal = u.misses(&p.rest, &p.order)
	}
	return ok
}

// applicable are the uses that apply to the rest, each by itself.
func (p *planner) applicable(uses []*use) (all []*use) {
	for _, u := range uses {
		if p.asks(u) {
			all = append(all, u)
		}
	}
	return all
}

// place puts what a use takes off onto the order.
func (p *planner) place(u *use) {
	p.rest.less(u.cut)
	u.verdict.Applied = u.applied(u.cut, &p.order)
	p.carried = append(p.carried, u.Offer)
}

// placeOne places the use that is worth most to the customer, or least, and points besides.
func (p *planner) placeOne(uses []*use) {
	var ranked []*use
	for _, u := range p.applicable(uses) {
		if takesOff(u.Offer) {
			ranked = append(ranked, u)
		} else {
			p.place(u)
		}
	}
	if len(ranked) == 0 {
		return
	}
	sign, which := 1, "most"
	if ranked[0].group.Mode == boon.StackLowest {
		sign, which = -1, "least"
	}
	slices.SortStableFunc(ranked, func(a, b *use) int { return sign * cmp.Compare(p.worth(b, b.cut), p.worth(a, a.cut)) })
	won := ranked[0]
	for _, u := range ranked[1:] {
		u.refuse(fmt.Sprintf("group %q gives the offer that is worth %s: %s is worth %s on this order, %s %s", won.group.ID, which, won.Offer.ID,
			p.money(p.worth(won, won.cut)), u.Offer.ID, p.money(p.worth(u, u.cut))))
	}
	p.place(won)
}

func (p *planner) money(minor int64) boon.Money {
	return boon.Money{Minor: minor, Currency: p.Cart.Currency}
}

// worth is what a use gives the customer, in minor units: what it takes off, or points and gifts at their price.
func (p *planner) worth(u *use, c cut) int64 {
	switch u.Offer.Reward.Type {
	case boon.RewardPoints:
		return u.Offer.Reward.PointValue.Times(c.points, p.Cart.Currency)
	case boon.RewardGift:
		return u.Gift.Price
	}
	return c.total()
}

// cost is what a use costs the shop, as [Charge] says.
func (p *planner) cost(u *use, c cut) int64 {
	whole := gross(u.Offer, u.Level, Applied{Total: c.total()}, GiftCost(&u.Gift), p.Cart.Currency)
	for i, minor := range c.parts {
		if p.VAT && minor > 0 {
			whole -= taxOf(p.Cart.Lines[i], minor, p.Cart.Currency)
		}
	}
	return net(&u.Offer.Reward, whole)
}

// Carry puts what an offer takes off onto the order, to stay.
func (s *Stack) Carry(o *boon.Offer, a Applied) {
	if s.Left == nil {
		came := newOrder(s.Cart).came
		s.Left, s.Shipping = came.lines, came.shipping
	}
	s.Shipping -= a.FreeShipping
	for _, d := range a.Lines {
		i := slices.IndexFunc(s.Cart.Lines, func(l boon.Line) bool { return l.ID == d.ID && l.SKU == d.SKU })
		if i >= 0 {
			s.Left[i] = max(0, s.Left[i]-d.Minor)
		}
	}
	s.Stood = append(s.Stood, Stood{Offer: o, Lines: a.Lines})
}

// One is what one more use takes off the order beside what stands, or why it does not apply.
func (s Stack) One(u Use) (Applied, error) {
	s.Uses = []Use{u}
	v := s.Plan().Verdicts[0]
	return v.Applied, v.Refusal
}
