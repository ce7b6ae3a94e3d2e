package redeem

import (
	"cmp"
	"slices"
	"time"

	"boon"
	"boon/offer"
)

// recompute holds a redemption to what the order's update says it gives, told, or, where that is nil, what its offer gives on the new lines: less is
// taken back, more is not given. From then on the new lines are what can come back. A zero reversal says that there was nothing to take: all came back
// already, or the update is in another currency, by which nothing can be computed.
func (d *Desk) recompute(tx Tx, r boon.Redemption, a Amendment, beside []boon.Redemption, told *offer.Applied, now time.Time) (boon.Reversal, error) {
	foreign := a.Order.Currency != "" && a.Order.Currency != r.Currency
	if foreign || slices.Equal(back(r), all(r)) {
		return boon.Reversal{}, nil
	}
	g, found, err := tx.Grant(r.Grant)
	if err != nil || !found {
		return boon.Reversal{}, err
	}
	o, err := d.terms(g)
	if err != nil {
		return boon.Reversal{}, err
	}
	c := claim{grant: g, offer: o, cart: a.Order}
	c.cart.Currency = cmp.Or(c.cart.Currency, g.Currency)
	c, entitled := d.entitled(c, r, beside, told)
	if !entitled {
		return d.takeBack(tx, r, nil, a.Reason, now)
	}
	back := d.amended(c, r)
	back.reason, back.seed = a.Reason, "update/"+a.ID
	if back.returned.discount == 0 && back.returned.cost == 0 {
		return boon.Reversal{}, tx.ChangeRedemption(back.redemption)
	}
	return d.reverse(tx, back, now)
}

// entitled is what an order's update says, or a redemption's offer gives on the new lines beside other redemptions, at most what is left of it; false
// for nothing.
func (d *Desk) entitled(c claim, r boon.Redemption, beside []boon.Redemption, told *offer.Applied) (claim, bool) {
	if c.offer.Reward.Type == boon.RewardPoints || c.offer.Reward.Type == boon.RewardGift {
		c = d.after(c, beside)
		_, left := stays(d.counted(c), []LineReturn{})
		return c, left > 0 && left >= c.offer.Minimum
	}
	if c = d.computed(c, beside); told != nil {
		c.applied = *told
	}
	fresh, left := c.applied, kept(r)
	c.applied = offer.Applied{}
	if len(r.Lines) == 0 {
		c.applied.FreeShipping = min(left[0].Minor, fresh.FreeShipping)
		c.applied.Total = c.applied.FreeShipping
	}
	for i, l := range r.Lines {
		at := slices.IndexFunc(fresh.Lines, func(x boon.LineDiscount) bool { return x.ID == l.ID && (l.ID != "" || x.SKU == l.SKU) })
		if at < 0 {
			continue
		}
		is := fresh.Lines[at]
		l.Price, l.Minor, l.Quantity = is.Price, min(left[i].Minor, is.Minor), min(l.Quantity-back(r)[i], is.Quantity)
		if l.Minor > 0 && l.Quantity > 0 {
			c.applied.Lines = append(c.applied.Lines, l)
			c.applied.Total += l.Minor
		}
	}
	return d.charged(c), c.applied.Total > 0
}

// amended is a redemption brought to a claim, which is what is left of it.
func (d *Desk) amended(c claim, r boon.Redemption) reversal {
	was := worth(r, back(r))
	left := taken{discount: r.Discount - was.discount, cost: r.Cost - was.cost, vendor: r.Vendor - was.vendor}
	v := reversal{before: back(r), redemption: r, offer: c.offer, left: left.cost}
	if c.offer.Clawback || r.Points > 0 {
		v.redemption.Basket = d.basket(c)
	}
	if r.Points > 0 || r.Gift != "" {
		v.redemption.Rest = rest(v.redemption, c.cart)
		return v
	}
	cost, vendor := min(left.cost, c.cost), min(left.vendor, c.vendor)
	v.returned = taken{discount: left.discount - c.applied.Total, cost: left.cost - cost, vendor: left.vendor - vendor, lines: lost(r, c.applied.Lines)}
	v.redemption.Lines, v.redemption.Reversed = c.applied.Lines, nil
	v.redemption.Discount, v.redemption.Cost, v.redemption.Vendor = c.applied.Total, cost, vendor
	v.redemption.Rest = rest(v.redemption, c.cart)
	return v
}

// lost lists by line what a redemption had and no longer has.
func lost(r boon.Redemption, now []boon.LineDiscount) (lines []boon.LineDiscount) {
	if len(r.Lines) == 0 {
		return nil
	}
	for i, l := range kept(r) {
		l.Quantity -= back(r)[i]
		for _, x := range now {
			if x.ID == l.ID && x.SKU == l.SKU {
				l.Minor -= x.Minor
				l.Quantity -= x.Quantity
			}
		}
		if l.Minor > 0 {
			lines = append(lines, l)
		}
	}
	return lines
}
