package decide

import (
	"errors"
	"fmt"
	"slices"

	"boon"
	"boon/offer"
)

// excludes says that an order which carries one offer may not carry another: itself, or what its stacking group does not let stand beside it.
func (c *computation) excludes(won, o *boon.Offer) bool {
	return won.ID == o.ID || c.policy.groups.Apart(won, o)
}

// carry puts what was picked onto the cart, so that later places are computed and guarded on what it leaves.
func (c *computation) carry(k *contender) {
	cart := &c.in.Request.Cart
	if c.last || len(cart.Lines) == 0 || !k.term.monetary() {
		return
	}
	if len(c.stack.Stood) == 0 {
		c.stack = offer.Stack{Cart: *cart, Groups: c.policy.groups, VAT: c.shop.PricesInclude == "vat"}
	}
	applied, _ := c.apply(k.term, k.level) // as when it came to stand
	applied.Lines = slices.Clone(applied.Lines)
	c.stack.Carry(k.term.offer, applied)
	c.uses = append(c.uses, c.use(k.term, k.level))
	whole := c.wholeCart()
	for i, left := range c.stack.Left {
		whole[i].Taken = max(0, whole[i].Amount-left)
	}
}

func (c *computation) use(t *term, level boon.Micros) offer.Use {
	return offer.Use{ID: t.offer.ID, Offer: t.offer, Level: level, Gift: *c.gift(t.offer)}
}

// stacked is what a level takes off beside what was picked.
func (c *computation) stacked(t *term, level boon.Micros) (offer.Applied, *refusal) {
	applied, err := c.stack.One(c.use(t, level))
	var refused *boon.Error
	if errors.As(err, &refused) && refused.Reason == boon.ReasonStacking {
		return applied, &refusal{boon.ReasonStacking, t.offer.Stacking.Group, refused.Detail}
	}
	if err != nil {
		return applied, notApplicable(err)
	}
	return applied, c.together(t, level)
}

// besides leaves in the field the contenders that stand beside what was picked: on what it leaves of the cart, and within the guardrails, which hold what all
// picks take off together.
func (c *computation) besides(field []contender) []contender {
	if len(c.stack.Stood) == 0 {
		return field
	}
	rest := field[:0]
	for _, k := range field {
		r := c.refuseBesides(k)
		if r == nil {
			rest = append(rest, k)
			continue
		}
		c.loseTo(k, r)
	}
	return rest
}

func (c *computation) refuseBesides(k contender) *refusal {
	if !k.term.monetary() {
		return nil
	}
	applied, r := c.stacked(k.term, k.level)
	if r == nil {
		r = c.guarded(k.term, k.level, applied)
	}
	return r
}

// together refuses what an order would not carry together with all that was picked: places are filled in the order in which they were asked, and an order is
// planned in that of the groups.
func (c *computation) together(t *term, level boon.Micros) *refusal {
	plan := offer.Stack{Cart: c.stack.Cart, Groups: c.stack.Groups, VAT: c.stack.VAT, Uses: append(slices.Clip(c.uses), c.use(t, level))}.Plan()
	for _, v := range plan.Verdicts {
		if v.Refusal != nil {
			return &refusal{boon.ReasonStacking, t.offer.Stacking.Group, fmt.Sprintf("beside it an order would not carry %s: %s", v.Offer, v.Refusal)}
		}
	}
	return nil
}
