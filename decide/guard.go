package decide

import (
	"boon"
	"boon/eligibility"
	"boon/offer"
)

// guarded asks the guardrails of every line that the offer would touch.
func (c *computation) guarded(t *term, _ boon.Micros, applied offer.Applied) *refusal {
	if !t.monetary() {
		return nil
	}
	reason, by, detail := c.policy.rails.Check(t.offer.Reward.Type, c.touched(t.offer, applied))
	if reason == "" {
		return nil
	}
	return &refusal{reason, by, detail}
}

// touched are the lines that an offer would take something off; all of the cart when its scope is everything; without a cart, the product looked at.
func (c *computation) touched(o *boon.Offer, applied offer.Applied) []eligibility.Line {
	cart := &c.in.Request.Cart
	if len(cart.Lines) == 0 {
		return c.lookedAt()
	}
	whole, lines := c.wholeCart(), c.room[:0]
	next := 0
	for i := range cart.Lines {
		l, discount := &cart.Lines[i], int64(0)
		if next < len(applied.Lines) && applied.Lines[next].ID == l.ID && applied.Lines[next].SKU == l.SKU {
			discount = applied.Lines[next].Minor
			next++
		}
		if discount == 0 && o.Scope.Kind != "all" {
			continue
		}
		lines = append(lines, whole[i])
		lines[len(lines)-1].Discount = discount
	}
	c.room = lines
	return lines
}

// wholeCart is the cart as guardrails see it before anything is taken off, made once.
func (c *computation) wholeCart() []eligibility.Line {
	if c.whole != nil {
		return c.whole
	}
	cart := &c.in.Request.Cart
	c.whole = make([]eligibility.Line, len(cart.Lines))
	rows := make([]lateRow, len(cart.Lines))
	for i := range cart.Lines {
		l := &cart.Lines[i]
		rows[i] = lateRow{c: c, line: l}
		c.whole[i] = eligibility.Line{SKU: l.SKU, Row: &rows[i], List: l.List(cart.Currency), Amount: l.Amount(cart.Currency),
			Cost: c.costs[i].cost, CostKnown: c.costs[i].known}
	}
	return c.whole
}

// lookedAt is the product of the request as a line of its own.
func (c *computation) lookedAt() []eligibility.Line {
	p := c.in.product(c.in.Request.SKU)
	if p == nil {
		return nil
	}
	return []eligibility.Line{{SKU: p.SKU, Row: c.lineRow(boon.Line{SKU: p.SKU}), List: p.Price, Amount: p.Price}}
}
