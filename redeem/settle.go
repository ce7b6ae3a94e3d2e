package redeem

import (
	"slices"
	"time"

	"boon"
	"boon/ledger"
	"boon/offer"
)

// Settlement is what a paid order did to the books.
type Settlement struct {
	Repeated    bool // the order was settled before; nothing happened
	Foreign     bool // the order has no id, or another currency than the shop; nothing happened
	Redemptions []boon.Redemption
	Late        []boon.Reversal // by what came before the order
	Unknown     []string        // coupons that are no code of ours, or of an order without an id or in another currency
}

// Settle books an order that arrives paid, once per order id. Each of its coupons that is a code of ours redeems its grant. Nothing is refused:
// a code without a grant makes one, inside the caps and the budget where they allow it, else as settle, outside of them.
func (d *Desk) Settle(tx Tx, owners []boon.Identifier, order boon.Order, now time.Time) (Settlement, error) {
	shop := d.Terms.Bundle().Shop.Currency
	if order.Currency == "" {
		order.Currency = shop
	}
	if order.ID == "" || order.Currency != shop { // nothing here is in another currency
		return Settlement{Foreign: true, Unknown: order.Coupons}, nil
	}
	fresh, err := once(tx, "settled/"+order.ID)
	if err != nil || !fresh {
		return Settlement{Repeated: err == nil}, err
	}
	var s Settlement
	var claims []claim
	for _, code := range order.Coupons {
		known, err := d.carried(tx, order.ID, code)
		if err != nil {
			return s, err
		}
		if known {
			continue
		}
		c, found, err := d.paid(tx, code, owners, order, now)
		if err != nil {
			return s, err
		}
		c.cart = order
		switch same := func(x claim) bool { return x.grant.ID == c.grant.ID }; {
		case !found:
			s.Unknown = append(s.Unknown, code)
		case !slices.ContainsFunc(claims, same): // else one code, spelt twice
			claims = append(claims, c)
		}
	}
	d.inTurn(claims, order)
	if len(claims) > 0 && len(s.Unknown) == 0 {
		if err := d.tell(tx, claims, order); err != nil {
			return s, err
		}
	}
	for _, c := range claims {
		if err := d.settleOne(tx, &s, c, order.ID, now); err != nil {
			return s, err
		}
	}
	if len(order.Coupons) > 0 {
		s.Late, err = d.overdue(tx, owners, order.ID, now)
	}
	return s, err
}

// carried reports whether the order has redeemed this code already, by a call.
func (d *Desk) carried(tx Tx, order, code string) (bool, error) {
	done, err := tx.OfOrder(order)
	if err != nil || len(done) == 0 {
		return false, err
	}
	code = offer.Normalise(code)
	o, _, public := d.Terms.Coded(code)
	g, found, err := tx.ByCode(code)
	return slices.ContainsFunc(done, func(r boon.Redemption) bool {
		return (public && r.Offer == o.ID) || (!public && found && r.Grant == g.ID)
	}), err
}

func once(tx Tx, key string) (bool, error) {
	return tx.Take(boon.Limit{Key: key, Max: 1}, 1)
}

// paid finds or makes the grant behind a coupon of a paid order.
func (d *Desk) paid(tx Tx, code string, owners []boon.Identifier, order boon.Order, now time.Time) (c claim, found bool, err error) {
	normal := offer.Normalise(code)
	o, release, public := d.Terms.Coded(normal)
	if !public {
		if c.grant, found, err = tx.ByCode(normal); err != nil {
			return c, false, err
		}
		if !found {
			return d.bearPaid(tx, normal, Request{Code: code, Owners: owners, Cart: order}, now)
		}
		c.offer, err = d.terms(c.grant)
		return c, err == nil, broken(err)
	}
	c.offer = o
	if len(owners) == 0 {
		return c, false, nil
	}
	r := Request{Code: code, Owners: owners, Cart: order}
	err = tx.Try(func(tx Tx) error {
		c.grant, _, err = d.public(tx, o, release, r, now)
		return err
	})
	if broken(err) != nil {
		return c, false, err
	}
	if err != nil {
		c.grant, err = d.outside(o, release, r, now), nil
	}
	return c, true, err
}

// outside is a grant that a paid order has used although no cap or budget allowed it; it is not stored yet.
func (d *Desk) outside(o boon.Offer, release string, r Request, now time.Time) boon.Grant {
	g := boon.Grant{
		ID: boon.NewID(boon.PrefixGrant, now, "settle", o.ID, r.Owners[0].String(), r.Cart.ID), Owner: r.Owners[0], Release: release,
		Offer: o.ID, Campaign: o.Campaign, Type: o.Reward.Type, Level: offer.Levels(&o)[0],
		Currency: d.Terms.Bundle().Shop.Currency, Code: offer.Normalise(r.Code), Uses: 1, IssuedAt: now, ChangedAt: now,
	}
	g.Arm = d.arm(o, g, r.Owners)
	g.Budget = parted(o.Budget, g.Arm)
	return g
}

func (d *Desk) settleOne(tx Tx, s *Settlement, c claim, order string, now time.Time) error {
	beside, err := others(tx, order, c.grant.ID)
	if err != nil {
		return err
	}
	if c = d.after(c, beside); !c.told {
		c = d.computed(c, beside)
	}
	if c.grant.State == "" {
		r, err := d.settleNew(tx, c, order, now)
		if s.Redemptions = append(s.Redemptions, r); err != nil {
			return err
		}
		return d.clashed(tx, c, r, beside, now)
	}
	if c.grant.State == boon.StateReserved {
		held, found, err := tx.Holding(c.grant.ID)
		if err != nil {
			return err
		}
		held.Gone = true
		if found {
			err = tx.PutReservation(held)
		}
		if err != nil {
			return err
		}
	}
	var r boon.Redemption
	err = tx.Try(func(tx Tx) (err error) {
		r, err = d.spend(tx, c, order, true, now)
		return err
	})
	if refusedAs(err, boon.ReasonAlreadyRedeemed) { // by a call, before the order's event came in
		return nil
	}
	if s.Redemptions = append(s.Redemptions, r); err != nil {
		return err
	}
	return d.clashed(tx, c, r, beside, now)
}

// settleNew stores a grant and its only redemption in one entry.
func (d *Desk) settleNew(tx Tx, c claim, order string, now time.Time) (boon.Redemption, error) {
	m, err := d.move(tx, c.grant, now)
	if err != nil {
		return boon.Redemption{}, err
	}
	m.Spend, m.Vendor = c.cost, c.vendor
	g, r := c.grant, d.redemption(c, order, now)
	g.State, g.Uses, g.OrderID, g.Discount = boon.StateRedeemed, 0, order, c.applied.Total
	if r.Places, err = d.countCost(tx, c, now); err != nil {
		return r, err
	}
	if err := d.insert(tx, g, ledger.Settle, m, order, now); err != nil {
		return r, err
	}
	if g.Budget != "" {
		r.Overrun = m.Overrun()
	}
	if err := d.overran(tx, m, r, now); err != nil {
		return r, err
	}
	if _, err = addUse(tx, &r); err != nil {
		return r, err
	}
	return r, d.note(tx, c.use(r), now)
}

// computed is what a claim's offer takes off its order beside the order's redemptions; one that does not apply takes nothing.
func (d *Desk) computed(c claim, beside []boon.Redemption) claim {
	applied, err := d.apply(c)
	if err == nil {
		applied, err = d.fit(applied, beside, nil)
	}
	if err != nil {
		c.applied, c.cost, c.vendor = offer.Applied{}, 0, 0
		return c
	}
	return applied
}
