package decide

import (
	"cmp"
	"slices"

	"boon"
	"boon/eligibility"
	"boon/experiment"
	"boon/feature"
	"boon/internal/zone"
	"boon/model"
	"boon/offer"
)

// Compute takes the decision that the inputs lead to. It is pure: equal arguments give equal records.
func Compute(p *Policy, rates model.Rates, in Inputs) Record { return compute(p, rates, &in, false) }

// Explain is Compute with the part of its condition that each ineligible offer failed. The record leaves that out, since it follows from the rest.
func Explain(p *Policy, rates model.Rates, in Inputs) Record { return compute(p, rates, &in, true) }

func compute(p *Policy, rates model.Rates, in *Inputs, explain bool) Record {
	c := begin(p, rates, in)
	defer c.end()
	c.explain = explain
	c.decide()
	return Record{Engine: Engine, Inputs: *in, Candidates: append([]boon.Candidate(nil), c.candidates...), Decision: c.decision}
}

// decide fills every placement.
func (c *computation) decide() {
	places := c.in.Request.Placements
	c.decision.Picks = slices.Grow(c.decision.Picks, len(places)) // more only where one holds several
	for i, placement := range places {
		c.turn, c.last = i, i+1 == len(places)
		c.place(placement)
	}
	c.sayImpersonal()
	c.disclose()
}

// sayImpersonal notes on every pick that personal features were not used.
func (c *computation) sayImpersonal() {
	if c.in.Personal {
		return
	}
	why := "not personalised, since consent to personalization is missing: " + c.in.denied(boon.PurposePersonalization)
	for i := range c.decision.Picks {
		p := &c.decision.Picks[i]
		if p.Detail != "" {
			p.Detail += "; "
		}
		p.Detail += why
	}
}

// computation is the work of one decision.
type computation struct {
	room
	policy    *Policy
	rates     model.Rates
	in        *Inputs
	shop      *boon.Shop
	basket    basket
	row       feature.Row
	held      map[string]*Held // live grants by offer; nil: none
	arms      map[string]boon.Arm
	universal bool    // in the universal holdout
	matched   matches // that the snapshot found; nil: nothing was read
	decision  boon.Decision
	explain   bool          // say why a condition failed
	turn      int           // of the place at hand
	last      bool          // at the last place: what is picked meets no other
	picked    []*boon.Offer // for earlier places
	stack     offer.Stack   // the cart under what was picked
	uses      []offer.Use   // of what was picked, as an order is planned with them
	reach     reach
}

// begin is to be followed by end.
func begin(p *Policy, rates model.Rates, in *Inputs) *computation {
	c := over.Get().(*computation)
	c.policy, c.rates, c.in, c.shop = p, rates, in, &p.Release.Bundle.Shop
	c.costs = c.in.lineCosts(c.shop, c.costs)
	c.basket = c.expectedBasket()
	c.categories = c.in.categories(c.categories)
	c.row = *feature.NewRow(&c.in.Vector, in.Request.At, c.categories)
	c.decision = boon.Decision{ID: in.Request.ID, At: in.Request.At, ProfileID: in.ProfileID, ReleaseID: in.ReleaseID, Personal: in.Personal}
	c.reach.zone = zone.First(in.Timezone, c.shop.Timezone)
	c.live()
	c.assign()
	return c
}

// live finds the grants that can still be used, so that they are shown again instead of issued again.
func (c *computation) live() {
	for i := range c.in.Held {
		h := &c.in.Held[i]
		if !slices.Contains(c.in.Vouched, h.Owner) {
			continue // who only says so opens no wallet
		}
		usable := h.State == boon.StateIssued || h.State == boon.StateSaved
		if usable && (h.ExpiresAt.IsZero() || h.ExpiresAt.After(c.in.Request.At)) {
			if c.held == nil {
				c.held = map[string]*Held{}
			}
			c.held[h.Offer] = h
		}
	}
}

// assign puts the person into holdouts and arms. The unit is the profile.
func (c *computation) assign() {
	unit := c.in.ProfileID
	if h, ok := c.policy.Release.Bundle.Holdout("universal"); ok {
		c.universal = experiment.InHoldout(h, unit)
	}
	for _, e := range c.policy.Release.Bundle.Experiments {
		if arm, ok := experiment.Assign(e, unit); ok {
			if c.arms == nil {
				c.arms = map[string]boon.Arm{}
			}
			c.arms[e.Campaign] = arm
			c.decision.Experiments = append(c.decision.Experiments, boon.Assigned{Key: e.ID, Arm: arm.ID})
		}
	}
}

// expectedBasket is the cart; without one, what lies in the last cart, else what this shopper usually spends, at the shop's default margin.
func (c *computation) expectedBasket() basket {
	cart := &c.in.Request.Cart
	b := basket{amount: cart.Merchandise()}
	if b.amount > 0 {
		shipped := c.in.Request.Context.Channel != "store"
		b.margin = contribution(c.shop, cart, c.costs, shipped)
		return b
	}
	usual := cmp.Or(c.in.Vector.Doubles[lastCart], c.in.Vector.Doubles[averageOrder])
	b.amount = boon.Micros(usual * float64(boon.Unit)).Minor(c.shop.Currency)
	b.margin = c.shop.Margins["default"].Of(b.amount)
	return b
}

// place fills one placement.
func (c *computation) place(name string) {
	placement, ok := c.policy.Release.Bundle.Placement(name)
	if !ok {
		c.none(name, boon.ReasonNoCandidate, "no placement of this name is configured")
		return
	}
	first := len(c.candidates)
	field := c.contenders(&placement)
	if len(c.candidates) == first && !c.policy.index.Any(name, c.in.Request.Trigger) {
		c.none(name, boon.ReasonNoCandidate, "no offer is configured for this placement and trigger")
		return
	}
	c.fill(placement, field, first)
}

// terms are the offers of a placement that are examined: those whose schedule and condition hold, and those of which that cannot be said. To
// explain, all that are configured for the placement and the trigger.
func (c *computation) terms(placement *boon.Placement) []term {
	if c.explain {
		return c.allTerms(placement)
	}
	hits := c.match(placement)
	c.examined = slices.Grow(c.examined[:0], len(hits))
	for _, hit := range hits {
		t := c.term(int(hit.Offer), placement)
		if hit.Doubtful {
			t.ineligible = boon.ReasonEvaluation
		}
		c.examined = append(c.examined, t)
	}
	return c.examined
}

// match finds the offers of a placement, unless the snapshot has.
func (c *computation) match(placement *boon.Placement) []eligibility.Hit {
	if c.matched != nil {
		return c.matched[c.turn]
	}
	c.hits = c.policy.match(placement.ID, &c.in.Request, &c.row, c.hits[:0])
	return c.hits
}

func (c *computation) allTerms(placement *boon.Placement) []term {
	var terms []term
	for i := range c.policy.offers {
		if reason, _ := c.policy.index.Fits(i, placement.ID, c.in.Request.Trigger); reason != "" {
			continue
		}
		t := c.term(i, placement)
		t.ineligible = c.policy.index.Check(i, &c.row, c.in.Request.At)
		terms = append(terms, t)
	}
	return terms
}

func (c *computation) term(i int, placement *boon.Placement) term {
	o := &c.policy.offers[i]
	return term{offer: o, campaign: &c.policy.campaigns[i], index: i, placement: placement, live: c.held[o.ID]}
}

// contenders lists the candidates of a placement that nothing refuses; the others are kept with their reasons.
func (c *computation) contenders(placement *boon.Placement) []contender {
	terms := c.terms(placement)
	c.examine(terms)
	field := slices.Grow(c.field[:0], c.makeRoom(terms))
	for i := range terms {
		t := &terms[i]
		if t.refused != nil {
			c.refuse(t, 0, t.refused)
			continue
		}
		for _, level := range c.levels(t) {
			if k, stands := c.contend(t, level); stands {
				field = append(field, k)
			}
		}
	}
	c.field = field
	return field
}

// makeRoom is for the most candidates that the terms can make, and nothing; it says how many these are.
func (c *computation) makeRoom(terms []term) (most int) {
	most = 1
	for i := range terms {
		if t := &terms[i]; t.refused == nil || t.refused.reason != boon.ReasonLeftOut {
			most += max(len(t.offer.Reward.Levels), 1)
		}
	}
	c.candidates = slices.Grow(c.candidates, most)
	return most
}

// contender is a candidate that stands.
type contender struct {
	candidate int // index into computation.candidates
	term      *term
	level     boon.Micros
}

// levels is the menu of an offer; a live grant has the level that was promised, an experiment's arm may narrow it.
func (c *computation) levels(t *term) []boon.Micros {
	if t.live != nil {
		return []boon.Micros{t.live.Level}
	}
	menu := offer.Levels(t.offer)
	arm, ok := c.arms[t.offer.Campaign]
	if !ok || len(arm.Values) == 0 {
		return menu
	}
	var narrowed []boon.Micros
	for _, level := range menu {
		for _, v := range arm.Values {
			if v == level {
				narrowed = append(narrowed, level)
			}
		}
	}
	return narrowed
}

// contend scores one level of an offer, or keeps why it falls.
func (c *computation) contend(t *term, level boon.Micros) (k contender, stands bool) {
	applied, refusal := c.apply(t, level)
	if refusal == nil {
		refusal = c.refuseLevel(t, level, applied)
	}
	if refusal != nil {
		c.refuse(t, level, refusal)
		return k, false
	}
	c.candidates = append(c.candidates, c.valued(t, level, applied))
	return contender{len(c.candidates) - 1, t, level}, true
}

// valued is a level of an offer with what it is expected to earn when it takes so much off.
func (c *computation) valued(t *term, level boon.Micros, applied offer.Applied) boon.Candidate {
	gift := c.gift(t.offer)
	cost := offer.Cost(t.offer, level, applied, offer.GiftCost(gift), c.shop.Currency)
	k := boon.Candidate{Placement: t.placement.ID, Offer: t.offer.ID, Level: level}
	value(&k, t.offer, cost, c.benefit(t.offer, level, applied, gift), c.basket, &c.rates, &c.policy.prior)
	k.Delta -= float64(c.policy.message[t.placement.Channel])
	return k
}

// apply computes the discount on the cart; without a cart, what it will take off the expected basket.
func (c *computation) apply(t *term, level boon.Micros) (offer.Applied, *refusal) {
	if len(c.in.Request.Cart.Lines) == 0 {
		return offer.Applied{Total: c.expected(t.offer, level, c.basket.amount)}, nil
	}
	if !t.monetary() {
		return offer.Applied{}, nil
	}
	if len(c.stack.Stood) > 0 {
		return c.stacked(t, level)
	}
	portion, err := c.portion(t)
	if err != nil {
		return offer.Applied{}, notApplicable(err)
	}
	applied, err := portion.Discount(t.offer, level, &c.in.Request.Cart, c.gift(t.offer))
	if err != nil {
		return applied, notApplicable(err)
	}
	return applied, nil
}

func notApplicable(err error) *refusal {
	return &refusal{reason: boon.ReasonNotApplicable, detail: err.Error()}
}

// portion is the part of the cart in the offer's scope, measured once for all its levels, and once for all offers on everything.
func (c *computation) portion(t *term) (*offer.Portion, error) {
	if t.offer.Scope.Kind == "all" {
		return c.all.measure(everything, &c.in.Request.Cart)
	}
	return c.part.measure(&t.offer.Scope, &c.in.Request.Cart)
}

// everything is the one scope of all offers on everything.
var everything = &boon.Scope{Kind: "all"}

// expected is what a reward will take off so much in its scope, minor units.
func (c *computation) expected(o *boon.Offer, level boon.Micros, amount int64) int64 {
	var total int64
	switch o.Reward.Type {
	case boon.RewardPercentage:
		total = level.PerCentOf(amount)
	case boon.RewardFixed:
		total = min(level.Minor(c.shop.Currency), amount)
	case boon.RewardFreeShipping:
		total = c.shop.Cost.Shipping
	}
	if o.Reward.MaxDiscount > 0 {
		total = min(total, o.Reward.MaxDiscount)
	}
	return total
}

// benefit is what the shopper gains, minor units.
func (c *computation) benefit(o *boon.Offer, level boon.Micros, applied offer.Applied, gift *boon.Product) int64 {
	switch o.Reward.Type {
	case boon.RewardPoints:
		return o.Reward.PointValue.Times(int64(level/boon.Unit), c.shop.Currency)
	case boon.RewardGift:
		return gift.Price
	}
	return applied.Total
}

// gift is the product that an offer gives away; noGift when there is none.
func (c *computation) gift(o *boon.Offer) *boon.Product {
	return cmp.Or(c.in.product(o.Reward.SKU), noGift)
}

// noGift is never changed.
var noGift = new(boon.Product)

// refuse keeps a candidate that fell.
func (c *computation) refuse(t *term, level boon.Micros, r *refusal) {
	if r.reason == boon.ReasonLeftOut && !c.explain {
		return // counted in the decision
	}
	c.candidates = append(c.candidates, boon.Candidate{Placement: t.placement.ID, Offer: t.offer.ID, Level: level,
		Verdict: boon.VerdictRefused, Reason: r.reason, By: r.by, Detail: r.detail})
}

// none leaves a placement empty.
func (c *computation) none(placement string, reason boon.Reason, detail string) {
	c.decision.Picks = append(c.decision.Picks, boon.Pick{Placement: placement, Outcome: boon.OutcomeNone, Reason: reason, Detail: detail, Propensity: 1})
}
