package decide

import (
	"slices"

	"boon"
	"boon/eligibility"
	"boon/internal/rule"
	"boon/offer"
)

// guarded asks the guardrails of every line that the offer would touch, and those about stock of what it gives away.
func (c *computation) guarded(t *term, level boon.Micros, applied offer.Applied) *refusal {
	if !t.monetary() {
		return nil
	}
	reason, by, detail := c.policy.rails.Check(t.offer.Reward.Type, c.withGift(t.offer, c.touched(t.offer, level, applied)))
	if reason == "" {
		return nil
	}
	return &refusal{reason, by, detail}
}

// withGift adds the product that an offer gives away, where the catalogue has it.
func (c *computation) withGift(o *boon.Offer, lines []eligibility.Line) []eligibility.Line {
	p := c.in.product(o.Reward.SKU)
	if o.Reward.Type != boon.RewardGift || p == nil {
		return lines
	}
	l := boon.Line{SKU: p.SKU, Category: p.Category, Quantity: 1}
	cost := c.in.lineCost(c.shop, &l, c.shop.Currency)
	gift := guardedLine(&l, c.shop.Currency, &lateRow{c: c, line: &l}, &cost)
	gift.Given = true
	return append(lines, gift)
}

// touched are the lines that an offer would take something off; all of the cart when its scope is everything; without a cart, the product looked at.
func (c *computation) touched(o *boon.Offer, level boon.Micros, applied offer.Applied) []eligibility.Line {
	cart := &c.in.Request.Cart
	if len(cart.Lines) == 0 {
		return c.lookedAt(o, level)
	}
	whole, next := c.wholeCart(), 0
	for i := range cart.Lines {
		l := &cart.Lines[i]
		whole[i].Discount = 0
		if next < len(applied.Lines) && applied.Lines[next].ID == l.ID && applied.Lines[next].SKU == l.SKU {
			whole[i].Discount = applied.Lines[next].Minor
			next++
		}
	}
	if o.Scope.Kind == "all" {
		return whole
	}
	c.lines = c.lines[:0]
	for i := range whole {
		if whole[i].Discount != 0 {
			c.lines = append(c.lines, whole[i])
		}
	}
	return c.lines
}

// wholeCart is the cart as guardrails see it, made once; touched says what an offer takes off.
func (c *computation) wholeCart() []eligibility.Line {
	if len(c.whole) > 0 {
		return c.whole
	}
	cart := &c.in.Request.Cart
	c.rows = slices.Grow(c.rows, len(cart.Lines)) // so that none moves
	for i := range cart.Lines {
		l := &cart.Lines[i]
		c.rows = append(c.rows, lateRow{c: c, line: l})
		c.whole = append(c.whole, guardedLine(l, cart.Currency, &c.rows[i], &c.costs[i]))
	}
	return c.whole
}

func guardedLine(l *boon.Line, currency boon.Currency, row rule.Row, cost *lineCost) eligibility.Line {
	return eligibility.Line{SKU: l.SKU, Row: row, List: l.List(currency), Amount: l.Amount(currency),
		Cost: cost.cost, CostKnown: cost.known, Margin: cost.margin, Cover: cost.cover}
}

// lookedAt is the product of the request as if just enough of it were bought for the offer to apply, and nothing else.
func (c *computation) lookedAt(o *boon.Offer, level boon.Micros) []eligibility.Line {
	p := c.in.product(c.in.Request.SKU)
	if p == nil || !offer.Matches(&o.Scope, p.SKU, p.Category) {
		return nil
	}
	currency := c.shop.Currency
	l := boon.Line{SKU: p.SKU, Category: p.Category, Quantity: 1, Price: boon.MicrosOf(p.Current(), currency), ListPrice: boon.MicrosOf(p.Price, currency)}
	if price := p.Current(); price > 0 && o.Minimum > price {
		l.Quantity = (o.Minimum + price - 1) / price
	}
	cost := c.in.lineCost(c.shop, &l, currency)
	line := guardedLine(&l, currency, &lateRow{c: c, line: &l}, &cost)
	alone := boon.Order{Currency: currency, Lines: []boon.Line{l}}
	if applied, err := offer.Discount(*o, level, alone, *c.gift(o)); err == nil && len(applied.Lines) > 0 {
		line.Discount = applied.Lines[0].Minor
	}
	return []eligibility.Line{line}
}
