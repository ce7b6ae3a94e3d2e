package redeem

import (
	"cmp"
	"strconv"
	"time"

	"boon"
	"boon/ledger"
	"boon/offer"
)

const defaultHold = 15 * time.Minute

// Reserve holds a grant for a checkout. The same order may reserve again, with another cart; another order is refused while the hold lasts.
func (d *Desk) Reserve(tx Tx, r Request, now time.Time) (boon.Reservation, error) {
	r.OrderID = cmp.Or(r.OrderID, r.Cart.ID)
	r.Cart.ID = cmp.Or(r.Cart.ID, r.OrderID)
	c, err := d.claim(tx, r, now)
	if err != nil {
		return boon.Reservation{}, err
	}
	return d.holdFor(tx, c, r, now)
}

func (d *Desk) holdFor(tx Tx, c claim, r Request, now time.Time) (_ boon.Reservation, err error) {
	if c.grant, err = d.again(tx, c.grant, r.OrderID, now); err != nil {
		return boon.Reservation{}, err
	}
	held, err := d.hold(tx, c, r, now)
	if err != nil {
		return held, err
	}
	_, _, err = d.book(tx, c.grant, change{by: ledger.Reserve, order: r.OrderID, seed: held.ID}, now)
	return held, err
}

// again frees a grant that the same order holds.
func (d *Desk) again(tx Tx, g boon.Grant, order string, now time.Time) (boon.Grant, error) {
	if g.State != boon.StateReserved {
		return g, nil
	}
	held, found, err := tx.Holding(g.ID)
	if err != nil {
		return g, err
	}
	if !found || order == "" || held.OrderID != order {
		return g, ledger.Refusal(g, ledger.Reserve)
	}
	return d.free(tx, g, held, now)
}

func (d *Desk) hold(tx Tx, c claim, q Request, now time.Time) (boon.Reservation, error) {
	id, err := freshID(tx, c.grant.ID, q.OrderID, now)
	hold := d.Hold
	if hold <= 0 {
		hold = defaultHold
	}
	r := boon.Reservation{ID: id, Grant: c.grant.ID, OrderID: q.OrderID, At: now, ExpiresAt: now.Add(hold),
		Currency: c.grant.Currency, Discount: c.applied.Total, Lines: c.applied.Lines, Turn: c.turn,
		Cart: &boon.Order{Currency: q.Cart.Currency, Lines: q.Cart.Lines, Shipping: q.Cart.Shipping}}
	if err != nil {
		return r, err
	}
	return r, tx.PutReservation(r)
}

// freshID counts on while a grant is reserved, released and reserved again within one millisecond.
func freshID(tx Tx, grant, order string, now time.Time) (string, error) {
	for n := 0; ; n++ {
		id := boon.NewID(boon.PrefixReservation, now, grant, order, strconv.Itoa(n))
		if _, found, err := tx.Reservation(id); err != nil || !found {
			return id, err
		}
	}
}

// Release ends a reservation; the grant is what it was before.
func (d *Desk) Release(tx Tx, id string, now time.Time) (boon.Grant, error) {
	held, g, err := openHold(tx, id, now)
	if err != nil {
		return g, err
	}
	return d.free(tx, g, held, now)
}

func (d *Desk) free(tx Tx, g boon.Grant, held boon.Reservation, now time.Time) (boon.Grant, error) {
	held.Gone = true
	if err := tx.PutReservation(held); err != nil {
		return g, err
	}
	g, _, err := d.book(tx, g, change{by: ledger.Release, order: held.OrderID, seed: held.ID}, now)
	return g, err
}

// openHold finds a reservation that still holds its grant.
func openHold(tx Tx, id string, now time.Time) (boon.Reservation, boon.Grant, error) {
	held, found, err := tx.Reservation(id)
	if err != nil {
		return held, boon.Grant{}, err
	}
	if !found {
		return held, boon.Grant{}, boon.Refuse(boon.ReasonNotFound, "there is no reservation %s", id)
	}
	g, found, err := tx.Grant(held.Grant)
	switch {
	case err != nil:
	case held.Gone || !now.Before(held.ExpiresAt):
		err = ended(held, g)
	case !found || g.State != boon.StateReserved:
		err = boon.Refuse(boon.ReasonReservationGone, "reservation %s no longer holds its grant", id)
	}
	return held, g, err
}

// ended names the order that used the grant since: whoever asks again may be asking for that one.
func ended(held boon.Reservation, g boon.Grant) error {
	if g.OrderID == "" {
		return boon.Refuse(boon.ReasonReservationGone, "reservation %s was released or timed out", held.ID)
	}
	return boon.Refuse(boon.ReasonReservationGone, "reservation %s was used, released or timed out; its grant was used by order %s", held.ID, g.OrderID)
}

// redeemHeld redeems a reservation: at the discount that was promised, or, with an order in the request, at that order's.
func (d *Desk) redeemHeld(tx Tx, r Request, now time.Time) (boon.Redemption, error) {
	held, g, err := openHold(tx, r.Reservation, now)
	if err != nil {
		return boon.Redemption{}, err
	}
	c, order, err := d.heldClaim(g, held, r)
	if err != nil {
		return boon.Redemption{}, err
	}
	if err := unpaused(tx, d.aim(c.grant, c.offer, c.cart), true); err != nil {
		return boon.Redemption{}, err
	}
	if c, err = d.beside(tx, c, r, order); err != nil {
		return boon.Redemption{}, err
	}
	held.Gone = true
	if err := tx.PutReservation(held); err != nil {
		return boon.Redemption{}, err
	}
	return d.spend(tx, c, order, false, now)
}

// beside holds a reservation to what other redemptions of its order left, by the request's cart or by the one it was made with.
func (d *Desk) beside(tx Tx, c claim, r Request, order string) (claim, error) {
	beside, err := others(tx, order, c.grant.ID)
	if err != nil {
		return c, err
	}
	if len(r.Cart.Lines) > 0 {
		c.cart.ID = order
		return d.joins(tx, c, beside)
	}
	stood, err := d.stood(tx, beside)
	if err == nil {
		err = d.standsBeside(c, order, stood)
	}
	if err != nil || len(c.cart.Lines) == 0 {
		return c, err
	}
	return d.promised(d.after(c, beside), beside)
}

func (d *Desk) heldClaim(g boon.Grant, held boon.Reservation, r Request) (claim, string, error) {
	if given := r.Cart.Currency; given != "" && given != g.Currency {
		return claim{}, "", boon.Refuse(boon.ReasonNotApplicable, "the reservation is in %s, the order in %s", g.Currency, given)
	}
	o, err := d.terms(g)
	if err != nil {
		return claim{}, "", err
	}
	c := claim{grant: g, offer: o, applied: offer.Applied{Total: held.Discount, Lines: held.Lines}}
	if len(held.Lines) == 0 {
		c.applied.FreeShipping = held.Discount
	}
	c.owners = r.Owners
	if g.Type == boon.RewardPoints {
		c.applied.Points = offer.Points(g.Level)
	}
	if held.Cart != nil {
		c.cart = *held.Cart
	}
	c = d.charged(c)
	if len(r.Cart.Lines) > 0 {
		c.cart = r.Cart
		c, err = d.apply(c)
	}
	return c, cmp.Or(r.Cart.ID, held.OrderID, held.ID), err
}
