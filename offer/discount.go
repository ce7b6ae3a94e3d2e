package offer

import (
	"slices"

	"boon"
)

// Applied is what one use of an offer takes off a cart. Amounts are minor units of the cart's currency.
type Applied struct {
	Total        int64               // what the shopper pays less: the lines and FreeShipping together
	Lines        []boon.LineDiscount // parts above zero, in the cart's order
	Points       int64               // points to credit
	FreeShipping int64               // part of Total that comes off shipping
}

// Discount computes one use of the offer at a level on a cart. gift is the product of a gift reward, else the zero Product.
// It refuses with not_applicable when the scope holds nothing or less than the offer's minimum, when the amount is zero, or when the gift is
// sold out;
// an amount above 2^53 minor units is an invalid request. A fixed amount and points are given once a use, not once a set or unit.
func Discount(o boon.Offer, level boon.Micros, cart boon.Order, gift boon.Product) (Applied, error) {
	if o.Reward.Type == boon.RewardNudge {
		return Applied{}, nil
	}
	var parts Portion
	if err := parts.Measure(&o.Scope, &cart); err != nil {
		return Applied{}, err
	}
	return parts.Discount(&o, level, &cart, &gift)
}

// Discount is [Discount] on a cart whose part in the offer's scope was measured before, as one does for the levels of an offer. The lines are the
// portion's own: they hold until the next call.
func (p *Portion) Discount(o *boon.Offer, level boon.Micros, cart *boon.Order, gift *boon.Product) (Applied, error) {
	if p.amount < o.Minimum {
		return Applied{}, boon.Refuse(boon.ReasonNotApplicable, "the cart holds %s in the offer's scope, it needs %s",
			boon.Money{Minor: p.amount, Currency: cart.Currency}, boon.Money{Minor: o.Minimum, Currency: cart.Currency})
	}
	switch o.Reward.Type {
	case boon.RewardPercentage, boon.RewardFixed:
		return p.spread(amountOff(&o.Reward, level, p.amount, cart.Currency), cart)
	case boon.RewardFreeShipping:
		return shipping(o, cart)
	case boon.RewardPoints:
		return points(level)
	case boon.RewardGift:
		return giftOf(gift)
	}
	return Applied{}, boon.Invalid("reward.type", "reward type %q is not known", o.Reward.Type)
}

// amountOff is what a percentage or an amount of money takes off goods that come to so much: never more than they do, nor than its maximum.
func amountOff(r *boon.Reward, level boon.Micros, of int64, c boon.Currency) int64 {
	amount := level.Minor(c)
	if r.Type == boon.RewardPercentage {
		amount = level.PerCentOf(of)
	}
	return min(capped(r, amount), of)
}

// spread puts an amount on the lines in scope by the largest remainder. Since the amount never passes the scope's,
// no part passes its line: ceil(total*w/sum) <= w.
func (p *Portion) spread(amount int64, cart *boon.Order) (Applied, error) {
	if amount <= 0 {
		return Applied{}, boon.Refuse(boon.ReasonNotApplicable, "nothing to take off: the discount on this cart is zero")
	}
	boon.SpreadInto(p.parts, amount, p.weights)
	p.lines = slices.Grow(p.lines[:0], len(cart.Lines))
	for i, minor := range p.parts {
		if minor > 0 {
			line := &cart.Lines[i]
			p.lines = append(p.lines, boon.LineDiscount{ID: line.ID, SKU: line.SKU, Price: line.Price, Quantity: p.units[i], Minor: minor})
		}
	}
	return Applied{Total: amount, Lines: p.lines}, nil
}

func shipping(o *boon.Offer, cart *boon.Order) (Applied, error) {
	amount := capped(&o.Reward, cart.Shipping)
	if amount <= 0 {
		return Applied{}, boon.Refuse(boon.ReasonNotApplicable, "this cart is charged no shipping")
	}
	return Applied{Total: amount, FreeShipping: amount}, nil
}

func points(level boon.Micros) (Applied, error) {
	n := Points(level)
	if n <= 0 {
		return Applied{}, boon.Refuse(boon.ReasonNotApplicable, "the reward is zero points")
	}
	return Applied{Points: n}, nil
}

func giftOf(gift *boon.Product) (Applied, error) {
	if !gift.InStock() {
		return Applied{}, boon.Refuse(boon.ReasonNotApplicable, "the gift %s is sold out", gift.SKU)
	}
	return Applied{}, nil
}

// capped holds an amount to the reward's maximum, when it has one.
func capped(r *boon.Reward, amount int64) int64 {
	if r.MaxDiscount > 0 {
		return min(amount, r.MaxDiscount)
	}
	return amount
}

// Points is the number of points of a level.
func Points(level boon.Micros) int64 { return boon.MulDiv(int64(level), 1, int64(boon.Unit)) }
