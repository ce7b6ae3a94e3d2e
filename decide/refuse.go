package decide

import (
	"fmt"
	"slices"

	"boon"
	"boon/offer"
)

// term is an offer at a placement, under examination.
type term struct {
	offer     *boon.Offer
	campaign  *boon.Campaign
	index     int
	placement *boon.Placement
	live      *Held // the person's usable grant of this offer

	ineligible boon.Reason // what schedule and condition say
	refused    *refusal    // why it falls at every level
}

func (t *term) monetary() bool { return t.offer.Reward.Type != boon.RewardNudge }

// refusal is why a candidate fell.
type refusal struct {
	reason boon.Reason
	by     string // the guardrail, cap, budget, purpose or arm
	detail string
}

// offerChecks are asked of an offer in this order, cheapest first; the first refusal stands.
var offerChecks = []func(*computation, *term) *refusal{
	(*computation).unpaused,
	(*computation).unbanned,
	(*computation).insensitive,
	(*computation).consented,
	(*computation).awake,
	(*computation).oneMessage,
	(*computation).byChannel,
	(*computation).welcome,
	(*computation).excluded,
	(*computation).eligible,
	(*computation).inScope,
	(*computation).inArm,
	(*computation).inArmValues,
	(*computation).sameCurrency,
	(*computation).unstacked,
	(*computation).refusedByCommit,
	(*computation).underCaps,
	(*computation).notTooOften,
}

// levelChecks are asked of each level.
var levelChecks = []func(*computation, *term, boon.Micros, offer.Applied) *refusal{
	(*computation).guarded,
	(*computation).funded,
}

func (c *computation) refuseOffer(t *term) *refusal {
	for _, check := range offerChecks {
		if r := check(c, t); r != nil {
			return r
		}
	}
	return nil
}

func (c *computation) refuseLevel(t *term, level boon.Micros, applied offer.Applied) *refusal {
	for _, check := range levelChecks {
		if r := check(c, t, level, applied); r != nil {
			return r
		}
	}
	return nil
}

// excluded: nobody who is barred, and no discount for payment trouble (domain: guardrail).
func (c *computation) excluded(t *term) *refusal {
	if r := c.barred(t); r != nil {
		return r
	}
	if t.monetary() && c.troubled() && !t.offer.Pinned {
		return &refusal{boon.ReasonSuppressed, paymentTrouble, "payment failed repeatedly: another way to pay helps, a discount does not"}
	}
	return nil
}

// paymentTrouble is what candidates fall or win by where payments fail.
const paymentTrouble = "payment_trouble"

// troubled: payment failed repeatedly in this session.
func (c *computation) troubled() bool { return c.in.Vector.Ints[paymentFailures] >= 2 }

// helps: the offer is another way to pay, for somebody who cannot.
func (c *computation) helps(t *term) bool {
	return c.troubled() && t.offer.Reward.Nudge == boon.NudgePayment
}

// barred: nobody in the middle of a return or flagged for fraud, neither by a decision nor by a code that anybody may bring.
func (c *computation) barred(t *term) *refusal {
	switch {
	case !t.monetary():
	case c.in.Vector.Bools[fraudFlag]:
		return &refusal{boon.ReasonFraudFlag, "", "this profile is flagged for fraud"}
	case c.in.Vector.Bools[returnOpen]:
		return &refusal{boon.ReasonReturnOpen, "", "a return of this profile is open"}
	}
	return nil
}

func (c *computation) eligible(t *term) *refusal {
	if t.ineligible == "" {
		return nil
	}
	if foreign := c.sameCurrency(t); foreign != nil && t.ineligible == boon.ReasonNotEligible { // the condition may hold amounts of another currency
		return foreign
	}
	if c.explain {
		return &refusal{t.ineligible, "", c.policy.index.Explain(t.index, &c.row, c.in.Request.At)}
	}
	return &refusal{reason: t.ineligible}
}

// inScope: of a cart that is known the offer must touch something.
func (c *computation) inScope(t *term) *refusal {
	lines := c.in.Request.Cart.Lines
	for i := range lines {
		if l := &lines[i]; offer.Matches(&t.offer.Scope, l.SKU, l.Category) {
			return nil
		}
	}
	if len(lines) == 0 || !t.monetary() {
		return nil
	}
	return &refusal{boon.ReasonNotApplicable, "", "nothing in the cart is in the offer's scope"}
}

func (c *computation) inArm(t *term) *refusal {
	arm, ok := c.arms[t.offer.Campaign]
	if !ok {
		return nil
	}
	if arm.ID == "control" {
		return &refusal{boon.ReasonControl, arm.ID, "the experiment's control arm gets no offer of this campaign"}
	}
	for _, id := range arm.Offers {
		if id == t.offer.ID {
			return nil
		}
	}
	if len(arm.Offers) > 0 {
		return &refusal{boon.ReasonArm, arm.ID, "the experiment's arm gets other offers of this campaign"}
	}
	return nil
}

// inArmValues: an arm that has values of its own gets an offer at these only, and not at all what has none of them, such as a gift.
func (c *computation) inArmValues(t *term) *refusal {
	arm := c.arms[t.offer.Campaign]
	given := func(level boon.Micros) bool { return slices.Contains(arm.Values, level) }
	if t.live != nil || len(arm.Values) == 0 || slices.ContainsFunc(offer.Levels(t.offer), given) {
		return nil
	}
	return &refusal{boon.ReasonArmValues, arm.ID, fmt.Sprintf("the experiment's arm gets the values %v only, and this offer has none of them", arm.Values)}
}

func (c *computation) sameCurrency(t *term) *refusal {
	if cart := c.in.Request.Cart.Currency; t.monetary() && cart != c.shop.Currency {
		return &refusal{boon.ReasonCurrency, string(cart), fmt.Sprintf("the cart is in %s, the offer in %s", cart, c.shop.Currency)}
	}
	return nil
}

// unstacked: one discount an order, unless the offers may be combined; and an offer once in a decision.
func (c *computation) unstacked(t *term) *refusal {
	for _, won := range c.picked {
		if c.excludes(won, t.offer) {
			return &refusal{boon.ReasonStacking, t.offer.Stacking.Group, "another place of this decision already carries offer " + won.ID}
		}
	}
	if !t.monetary() || t.offer.Stacking.Policy == "combine" {
		return nil
	}
	for _, l := range c.in.Request.Cart.Lines {
		if len(l.Discounts) > 0 || l.Coupon > 0 {
			return &refusal{boon.ReasonStacking, t.offer.Stacking.Group, fmt.Sprintf("line %s already carries a promotion", l.SKU)}
		}
	}
	return nil
}

func (c *computation) refusedByCommit(t *term) *refusal {
	for _, r := range c.in.Refused {
		if r.Offer == t.offer.ID {
			return &refusal{r.Reason, "commit", r.Detail}
		}
	}
	return nil
}

// underCaps asks the caps. A live grant already has its place.
func (c *computation) underCaps(t *term) *refusal {
	if t.live != nil {
		return nil
	}
	caps := t.offer.Caps
	if used, ok := c.in.Standing.used(t.offer.ID); ok && used >= caps.Total {
		return &refusal{boon.ReasonCapTotal, "total", fmt.Sprintf("all %d are taken", caps.Total)}
	}
	var profile, identifier int64
	for _, h := range c.in.Held {
		if h.Offer != t.offer.ID || (!h.State.Open() && !h.Used) {
			continue
		}
		profile++
		if h.Owner == c.in.Request.Identifiers[0] {
			identifier++
		}
	}
	switch {
	case caps.PerProfile > 0 && profile >= caps.PerProfile:
		return &refusal{boon.ReasonCapProfile, "perProfile", fmt.Sprintf("this profile has had %d of %d", profile, caps.PerProfile)}
	case caps.PerIdentifier > 0 && identifier >= caps.PerIdentifier:
		return &refusal{boon.ReasonCapIdentifier, "perIdentifier", fmt.Sprintf("this identifier has had %d of %d", identifier, caps.PerIdentifier)}
	}
	return nil
}

// funded: what the grant may cost must be there. It is advisory here and exact at the commit.
func (c *computation) funded(t *term, level boon.Micros, applied offer.Applied) *refusal {
	if t.live != nil || !t.monetary() {
		return nil
	}
	left, ok := c.in.Standing.available(t.offer.Budget)
	if !ok {
		return nil
	}
	if need := c.commitment(t, level, applied); left < need {
		return &refusal{boon.ReasonBudgetExhausted, t.offer.Budget, fmt.Sprintf("the budget has %s left, the offer needs %s",
			boon.Money{Minor: max(left, 0), Currency: c.shop.Currency}, boon.Money{Minor: need, Currency: c.shop.Currency})}
	}
	return nil
}

// commitment is what the budget would hold for a grant: the worst case, or where there is no bound the discount on this cart.
func (c *computation) commitment(t *term, level boon.Micros, applied offer.Applied) int64 {
	gift := offer.GiftCost(c.gift(t.offer))
	if !c.policy.expected[t.index] {
		if worst, bounded := offer.WorstCase(t.offer, level, gift, c.shop.Cost.Shipping, c.shop.Currency); bounded {
			return worst
		}
	}
	return offer.Cost(t.offer, level, applied, gift, c.shop.Currency)
}
