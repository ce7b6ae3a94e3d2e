package redeem

import (
	"slices"

	"boon"
	"boon/offer"
)

// basket lists what returns are held against. A claim that its minimum was not asked of what was left, since the order came paid, keeps its lines as
// they came: else any return would take all of it.
func (d *Desk) basket(c claim) []boon.BasketLine {
	lines := d.counted(c)
	if _, left := stays(lines, []LineReturn{}); left < c.offer.Minimum {
		return offer.Basket(c.offer, c.cart)
	}
	return lines
}

// counted lists what counts towards a claim's minimum: what earlier discounts left of its lines, or, where its group says so, the lines as they came.
func (d *Desk) counted(c claim) []boon.BasketLine {
	lines := offer.Basket(c.offer, c.cart)
	if c.left == nil || d.groups()(c.offer.Stacking.Group).Minimum == boon.MinimumBefore {
		return lines
	}
	at := 0
	for i, l := range c.cart.Lines {
		if at == len(lines) || lines[at].ID != l.ID || lines[at].SKU != l.SKU || l.Quantity < lines[at].Quantity {
			continue
		}
		if amount := l.Amount(c.cart.Currency); amount > 0 {
			if c.left[i] < amount {
				lines[at].Minor = boon.MulDiv(c.left[i], lines[at].Quantity, l.Quantity)
			}
			at++
		}
	}
	return lines
}

// rest lists the lines of an order that a redemption notes nowhere else, so that a return of them is not taken for one of a line that it is about.
func rest(r boon.Redemption, order boon.Order) (lines []boon.BasketLine) {
	noted := slots(boon.Redemption{Lines: r.Lines, Basket: r.Basket})
	for _, l := range order.Lines {
		if l.Quantity > 0 && !slices.ContainsFunc(noted, func(s slot) bool { return s.id == l.ID && s.sku == l.SKU }) {
			lines = append(lines, boon.BasketLine{ID: l.ID, SKU: l.SKU, Price: l.Price, Quantity: l.Quantity, Minor: max(0, l.Amount(order.Currency))})
		}
	}
	return lines
}

// turns follows a plan in the order of application.
type turns struct {
	stack offer.Stack
	group string
	left  []int64
}

// next is what was left of each line when an offer was asked. The offers of a group that gives each line to one of them are asked of the same.
func (t *turns) next(o *boon.Offer, a offer.Applied) []int64 {
	g := t.stack.Groups(o.Stacking.Group)
	byLine := g.Per == boon.PerLine && g.Mode != boon.StackAll && g.Mode != boon.StackBest
	if t.left == nil || g.ID != t.group || !byLine {
		t.group, t.left = g.ID, slices.Clone(t.stack.Left)
	}
	t.stack.Carry(o, a)
	return t.left
}
