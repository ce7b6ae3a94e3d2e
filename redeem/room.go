package redeem

import (
	"slices"

	"boon"
	"boon/offer"
)

// room is what can still be taken off an order, in minor units: each line's amount and the charge for shipping, less what redemptions keep.
type room struct {
	lines    []space
	shipping int64
}

type space struct {
	id, sku string
	left    int64
}

// others are the redemptions of an order by other grants than this.
func others(tx Tx, order, grant string) ([]boon.Redemption, error) {
	if order == "" {
		return nil, nil
	}
	all, err := tx.OfOrder(order)
	return slices.DeleteFunc(all, func(r boon.Redemption) bool { return r.Grant == grant }), err
}

// roomOn measures an order beside the redemptions it carries. A discount is on the line with its id; where one of them has none, on its SKU.
func roomOn(order boon.Order, beside []boon.Redemption) *room {
	r := &room{shipping: order.Shipping}
	for _, l := range order.Lines {
		r.lines = append(r.lines, space{l.ID, l.SKU, max(0, l.Amount(order.Currency))})
	}
	var taken []boon.LineDiscount
	for _, done := range beside {
		taken = append(taken, kept(done)...)
	}
	for _, on := range []func(space, boon.LineDiscount) bool{sameLine, sameGoods} {
		for i, l := range taken {
			taken[i].Minor -= r.take(l, on)
		}
	}
	for _, done := range beside {
		if len(done.Lines) == 0 {
			r.shipping -= kept(done)[0].Minor
		}
	}
	return r
}

// kept is what a redemption takes off by part, less what came back.
func kept(r boon.Redemption) []boon.LineDiscount {
	all := slices.Clone(parts(r))
	for i := range r.Reversed {
		all[i].Minor -= r.Reversed[i].Minor
	}
	return all
}

func sameLine(s space, l boon.LineDiscount) bool {
	return s.id == l.ID && (l.ID != "" || s.sku == l.SKU)
}

func sameGoods(s space, l boon.LineDiscount) bool {
	return (s.id == "" || l.ID == "") && s.sku == l.SKU
}

// take takes as much of a discount as there is room for and returns how much that was.
func (r *room) take(l boon.LineDiscount, on func(space, boon.LineDiscount) bool) (taken int64) {
	for i, s := range r.lines {
		if on(s, l) {
			n := min(s.left, l.Minor-taken)
			r.lines[i].left -= n
			taken += n
		}
	}
	return taken
}

// hold cuts each part of a discount to its room.
func (r *room) hold(a offer.Applied) offer.Applied {
	held := offer.Applied{Points: a.Points, FreeShipping: min(a.FreeShipping, max(0, r.shipping))}
	held.Total = held.FreeShipping
	for _, l := range a.Lines {
		if l.Minor = r.take(l, sameLine); l.Minor > 0 {
			held.Lines = append(held.Lines, l)
			held.Total += l.Minor
		}
	}
	return held
}

// promised holds what a reservation promised to what the other redemptions of its order left.
func (d *Desk) promised(c claim, beside []boon.Redemption) (claim, error) {
	if len(beside) == 0 || c.applied.Total == 0 {
		return c, nil
	}
	c.applied = roomOn(c.cart, beside).hold(c.applied)
	c = d.charged(c)
	if c.applied.Total == 0 {
		return c, boon.Refuse(boon.ReasonNotApplicable, "the other codes of this order leave nothing to take off")
	}
	return c, nil
}
