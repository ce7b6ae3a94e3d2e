package decide

import (
	"boon"
	"boon/experiment"
	"boon/model"
	"boon/offer"
)

// fill chooses for each place of a placement: a pinned offer first, then another way to pay where payments fail, then a grant that is already in the
// wallet, then by draw.
func (c *computation) fill(placement boon.Placement, field []contender, first int) {
	if len(field) == 0 {
		c.none(placement.ID, boon.ReasonAllRefused, c.allRefused(placement.ID))
		return
	}
	nothing := c.nothing(placement)
	full, last := true, c.last
	places := max(placement.Capacity, 1)
	for place := range places {
		c.last = last && place+1 == places
		k, propensity, reason := c.choose(placement.ID, field, nothing)
		if k == nil {
			c.candidates[nothing].Verdict, c.candidates[nothing].Reason = boon.VerdictWon, boon.ReasonUnprofitable
			c.unfilled(placement.ID, first, propensity)
			full = false
			break
		}
		won := *k
		c.win(&won, propensity, reason)
		if field = c.without(field, &won); place+1 < places {
			field = c.besides(field)
		}
		if len(field) == 0 {
			break
		}
	}
	if full && placement.Capacity > 1 {
		c.crowdOut(field)
	}
	c.lose(field, nothing)
}

// nothing is the candidate that always stands.
func (c *computation) nothing(placement boon.Placement) int {
	p0 := c.rates.Estimate(model.Arm{}, 0, c.policy.prior).P0
	c.candidates = append(c.candidates, boon.Candidate{Placement: placement.ID, P0: p0, P: p0})
	return len(c.candidates) - 1
}

// choose gives the contender that wins, or nil for nothing.
func (c *computation) choose(placement string, field []contender, nothing int) (*contender, float64, boon.Reason) {
	if k := c.best(field, func(k *contender) bool { return c.override(boon.OverridePin, k.term) != nil }); k != nil {
		return k, 1, boon.ReasonPinned
	}
	if k := c.best(field, func(k *contender) bool { return k.term.offer.Pinned }); k != nil {
		return k, 1, boon.ReasonPinned
	}
	if k := c.best(field, func(k *contender) bool { return c.helps(k.term) }); k != nil {
		return k, 1, boon.ReasonPinned
	}
	if k := c.best(field, func(k *contender) bool { return k.term.live != nil }); k != nil {
		return k, 1, boon.ReasonLiveGrant
	}
	i, propensity := draw(c.standings(placement, field, nothing))
	if i == len(field) {
		return nil, propensity, boon.ReasonUnprofitable
	}
	return &field[i], propensity, boon.ReasonWon
}

// best is the contender of a kind with the highest delta; of equal ones the least by offer and level, so that the order of offers is irrelevant.
func (c *computation) best(field []contender, kind func(*contender) bool) *contender {
	var best *contender
	for i := range field {
		if k := &field[i]; kind(k) && (best == nil || c.before(k, best)) {
			best = k
		}
	}
	return best
}

func (c *computation) before(a, b *contender) bool {
	if x, y := c.candidates[a.candidate].Delta, c.candidates[b.candidate].Delta; x != y {
		return x > y
	}
	if a.term.offer.ID != b.term.offer.ID {
		return a.term.offer.ID < b.term.offer.ID
	}
	return a.level < b.level
}

// standings are the contenders and, last, nothing, with their noise.
func (c *computation) standings(placement string, field []contender, nothing int) []standing {
	all := c.drawn[:0]
	temperature := max(1, c.policy.explore.Float()*float64(max(c.basket.margin, -c.basket.margin)))
	add := func(candidate int) {
		k := &c.candidates[candidate]
		logit := k.Delta / temperature
		k.Score = logit + gumbel(c.in.Seed, placement, k.Offer, k.Level)
		all = append(all, standing{candidate, logit, k.Score})
	}
	for i := range field {
		add(field[i].candidate)
	}
	add(nothing)
	c.drawn = all
	return all
}

// unfilled notes that nothing was the best choice; when a place was filled before, there is nothing to say.
func (c *computation) unfilled(placement string, first int, propensity float64) {
	for _, k := range c.candidates[first:] {
		if k.Verdict == boon.VerdictWon && k.Offer != "" {
			return
		}
	}
	c.none(placement, boon.ReasonUnprofitable, "no offer is expected to earn more than it costs")
	c.decision.Picks[len(c.decision.Picks)-1].Propensity = propensity
}

// win makes the pick of a place. In a holdout it stays a ghost: the offer that would have been made, and nothing granted.
func (c *computation) win(k *contender, propensity float64, reason boon.Reason) {
	candidate := &c.candidates[k.candidate]
	candidate.Verdict, candidate.Reason = boon.VerdictWon, reason
	if reason == boon.ReasonPinned {
		candidate.By = c.pinnedBy(k.term)
	}
	o := k.term.offer
	pick := boon.Pick{Placement: k.term.placement.ID, Outcome: boon.OutcomeOffer, Reason: reason, Offer: o.ID, Reward: o.Reward.Type,
		Level: k.level, Channel: k.term.placement.Channel, Propensity: propensity}
	held := c.heldOut(k.term)
	switch {
	case held:
		pick.Outcome, pick.Reason = boon.OutcomeHoldout, boon.ReasonHoldout
	case !k.term.monetary():
		pick.Outcome = boon.OutcomeNudge
	default:
		c.grant(&pick, k)
	}
	if pick.Grant != nil && !pick.Live && o.Hold > 0 {
		candidate.Reason = boon.ReasonHeld
		pick = c.hold(pick)
	}
	if !held || c.universal { // these ghosts are what a treated shopper gets; a campaign's leave room for other campaigns
		c.picked = append(c.picked, o)
		c.carry(k)
		c.reaches(k.term)
	}
	c.decision.Picks = append(c.decision.Picks, pick)
}

// pinnedBy is the override that pins an offer, or that payments fail; "" where the release pins it.
func (c *computation) pinnedBy(t *term) string {
	if by := c.override(boon.OverridePin, t); by != nil {
		return by.ID
	}
	if !t.offer.Pinned {
		return paymentTrouble
	}
	return ""
}

func (c *computation) heldOut(t *term) bool {
	return c.universal || experiment.InCampaignHoldout(*t.campaign, c.in.ProfileID)
}

// grant puts into the pick the grant to issue, or the live one.
func (c *computation) grant(pick *boon.Pick, k *contender) {
	o, r := k.term.offer, &c.in.Request
	if live := k.term.live; live != nil {
		pick.Live = true
		pick.Grant = &boon.Grant{ID: live.ID, Offer: live.Offer, Level: live.Level, Owner: live.Owner, State: live.State,
			IssuedAt: live.IssuedAt, ExpiresAt: live.ExpiresAt}
		return
	}
	pick.Grant = &boon.Grant{
		ID:    boon.NewID(boon.PrefixGrant, r.At, r.ID, pick.Placement, o.ID),
		Offer: o.ID, Campaign: o.Campaign, Decision: r.ID, Owner: r.Identifiers[0], Release: c.in.ReleaseID,
		Type: o.Reward.Type, Level: k.level, Currency: c.shop.Currency, Budget: o.Budget, Committed: c.candidates[k.candidate].Cost,
		State: boon.StateIssued, IssuedAt: r.At, ExpiresAt: offer.ExpiresAt(*o, r.At), Arm: c.splitArm(o.Campaign),
		Channel: pick.Channel, Timezone: c.in.Timezone, Shown: c.in.Shown,
	}
}

// without removes from the field what can no longer win: the offer just picked, discounts that it excludes, and what would be one contact too many.
func (c *computation) without(field []contender, won *contender) []contender {
	rest := field[:0]
	var asked *term
	var r *refusal
	for _, k := range field {
		if k.candidate == won.candidate {
			continue
		}
		if k.term != asked { // the levels of an offer stand side by side
			asked, r = k.term, c.behind(won.term, k.term)
		}
		if r == nil {
			rest = append(rest, k)
			continue
		}
		c.loseTo(k, r)
	}
	return rest
}

var (
	outscored = &refusal{reason: boon.ReasonOutscored}
	excluded  = &refusal{reason: boon.ReasonStacking}
)

// behind is why an offer can no longer win once another has.
func (c *computation) behind(won, t *term) *refusal {
	switch {
	case t.offer.ID == won.offer.ID:
		return outscored
	case c.excludes(won.offer, t.offer):
		return excluded
	}
	return c.notTooOften(t)
}

// loseTo marks a contender that stood until something else was picked.
func (c *computation) loseTo(k contender, r *refusal) {
	candidate := &c.candidates[k.candidate]
	candidate.Verdict, candidate.Reason, candidate.By, candidate.Detail = boon.VerdictLost, r.reason, r.by, r.detail
}

// crowdOut marks what is worth making and would have got a place if there were more.
func (c *computation) crowdOut(field []contender) {
	for _, k := range field {
		if candidate := &c.candidates[k.candidate]; candidate.Delta > 0 {
			candidate.Verdict, candidate.Reason = boon.VerdictLost, boon.ReasonCapacity
		}
	}
}

// lose marks those that stood to the end without winning.
func (c *computation) lose(field []contender, nothing int) {
	mark := func(i int) {
		if k := &c.candidates[i]; k.Verdict == "" {
			k.Verdict, k.Reason = boon.VerdictLost, boon.ReasonOutscored
		}
	}
	for _, k := range field {
		mark(k.candidate)
	}
	mark(nothing)
}

// splitArm is the person's arm in an experiment that splits its campaign's budget.
func (c *computation) splitArm(campaign string) string {
	for _, e := range c.policy.Release.Bundle.Experiments {
		if e.Split && e.Campaign == campaign {
			return c.arms[campaign].ID
		}
	}
	return ""
}
