package offer

import (
	"slices"

	"boon"
)

// rest is what is left of an order while a plan goes on, in minor units: by line of the cart, and of the charge for shipping.
type rest struct {
	lines    []int64
	shipping int64
}

// cut is what one use takes off a rest; parts are by line of the cart.
type cut struct {
	parts            []int64
	shipping, points int64
}

// order is the cart of a plan with what its lines come to, shipping included: a rest that nothing was taken off yet.
type order struct {
	cart boon.Order
	came rest
}

func newOrder(cart boon.Order) order {
	o := order{cart: cart, came: rest{lines: make([]int64, len(cart.Lines)), shipping: cart.Shipping}}
	for i, l := range cart.Lines {
		o.came.lines[i] = max(0, l.Amount(cart.Currency))
	}
	return o
}

func (c cut) total() int64 {
	total := c.shipping
	for _, n := range c.parts {
		total += n
	}
	return total
}

func (r *rest) set(to rest) {
	copy(r.lines, to.lines)
	r.shipping = to.shipping
}

func (r *rest) less(c cut) {
	for i, n := range c.parts {
		r.lines[i] -= n
	}
	r.shipping -= c.shipping
}

// use is a [Use] in a plan.
type use struct {
	Use
	group   boon.StackingGroup
	whole   Portion // in scope of the order as it came, less the lines that the group gave away already
	outside error   // why nothing is in scope
	weights []int64 // of what is left in scope; written by weigh
	cut     cut
	verdict Verdict
}

// weigh writes what is left of the lines in scope, and returns the sum. Of a line of which a bundle takes a part that part is left too.
func (u *use) weigh(r *rest, o *order) (sum int64) {
	for i, w := range u.whole.weights {
		if w > 0 && r.lines[i] < o.came.lines[i] {
			w = boon.MulDiv(r.lines[i], u.whole.units[i], o.cart.Lines[i].Quantity)
		}
		u.weights[i] = w
		sum += w
	}
	return sum
}

// takes computes what the use takes off a rest, into parts; false when it does not apply, and [use.misses] says why.
func (u *use) takes(r *rest, o *order, parts []int64) (c cut, ok bool) {
	c.parts = parts
	clear(parts)
	if u.outside != nil {
		return c, false
	}
	left := u.weigh(r, o)
	if u.inMinimum(left) < u.Offer.Minimum || u.fails(r, o) != nil {
		return c, false
	}
	switch u.Offer.Reward.Type {
	case boon.RewardPercentage, boon.RewardFixed:
		return c, u.spread(c.parts, r, left, o.cart.Currency)
	case boon.RewardFreeShipping:
		c.shipping = capped(&u.Offer.Reward, r.shipping)
		return c, c.shipping > 0
	case boon.RewardPoints:
		c.points = Points(u.Level)
		return c, c.points > 0
	}
	return c, u.Gift.InStock()
}

// inMinimum is what the offer's minimum is held against.
func (u *use) inMinimum(left int64) int64 {
	if u.group.Minimum == boon.MinimumBefore {
		return u.whole.amount
	}
	return left
}

// spread puts the amount on the lines. Of an amount that is computed on the order as it came, what a line no longer has is lost.
func (u *use) spread(parts []int64, r *rest, left int64, c boon.Currency) (some bool) {
	weights, of := u.weights, left
	if u.group.Price == boon.OnOriginal {
		weights, of = u.whole.weights, u.whole.amount
	}
	boon.SpreadInto(parts, amountOff(&u.Offer.Reward, u.Level, of, c), weights)
	for i := range parts {
		parts[i] = min(parts[i], r.lines[i])
		some = some || parts[i] > 0
	}
	return some
}

// fails asks the offer's condition of what is left, where something is gone and the group holds its offers to that.
func (u *use) fails(r *rest, o *order) error {
	if u.Holds == nil || u.group.Minimum == boon.MinimumBefore || r.untouched(o) {
		return nil
	}
	return u.Holds(r.of(o))
}

func (r *rest) untouched(o *order) bool {
	for i, n := range r.lines {
		if n < o.came.lines[i] {
			return false
		}
	}
	return r.shipping >= o.came.shipping
}

// of is the order at the prices that are left.
func (r *rest) of(o *order) boon.Order {
	now := o.cart
	now.Lines = slices.Clone(o.cart.Lines)
	now.Shipping, now.Total = r.shipping, r.shipping
	for i := range now.Lines {
		l := &now.Lines[i]
		if l.Quantity > 0 && r.lines[i] < o.came.lines[i] {
			l.Price = boon.Micros(boon.MulDiv(int64(boon.Unit), r.lines[i], l.Quantity*scale(now.Currency)))
		}
		now.Total += r.lines[i]
	}
	return now
}

// scale is how many minor units make a major one.
func scale(c boon.Currency) (n int64) {
	n = 1
	for range c.Exponent() {
		n *= 10
	}
	return n
}

// misses is why the use does not apply to a rest.
func (u *use) misses(r *rest, o *order) error {
	if u.outside != nil {
		return u.outside
	}
	left := u.weigh(r, o)
	if held := u.inMinimum(left); held < u.Offer.Minimum {
		return u.below(held, o.cart.Currency)
	}
	if err := u.fails(r, o); err != nil {
		return err
	}
	if takesGoods(u.Offer) && !r.untouched(o) {
		return boon.Refuse(boon.ReasonNotApplicable, "the other codes of this order leave nothing to take off")
	}
	_, err := Discount(*u.Offer, u.Level, o.cart, u.Gift)
	if err == nil {
		err = boon.Refuse(boon.ReasonNotApplicable, "the other codes of this order leave nothing to take off")
	}
	return err
}

func (u *use) below(held int64, c boon.Currency) error {
	money := func(minor int64) boon.Money { return boon.Money{Minor: minor, Currency: c} }
	if gone := u.whole.amount - held; gone > 0 {
		return boon.Refuse(boon.ReasonNotApplicable, "the cart holds %s in the offer's scope, of which %s are taken off already; it needs %s",
			money(u.whole.amount), money(gone), money(u.Offer.Minimum))
	}
	return boon.Refuse(boon.ReasonNotApplicable, "the cart holds %s in the offer's scope, it needs %s", money(held), money(u.Offer.Minimum))
}

func takesGoods(o *boon.Offer) bool {
	return o.Reward.Type == boon.RewardPercentage || o.Reward.Type == boon.RewardFixed
}

// applied is a cut in the form of an answer.
func (u *use) applied(c cut, o *order) Applied {
	a := Applied{Total: c.total(), Points: c.points, FreeShipping: c.shipping}
	for i, minor := range c.parts {
		if minor > 0 {
			l := &o.cart.Lines[i]
			a.Lines = append(a.Lines, boon.LineDiscount{ID: l.ID, SKU: l.SKU, Price: l.Price, Quantity: u.whole.units[i], Minor: minor})
		}
	}
	return a
}
