package redeem

import (
	"slices"
	"time"

	"boon"
	"boon/ledger"
	"boon/offer"
)

// reversal is what a return does to a redemption, before it is booked.
type reversal struct {
	redemption boon.Redemption // as it will be
	offer      boon.Offer
	returned   taken // with the lines that came back
	clawed     taken // besides, since they did
	before     []int64
	left       int64 // of the redemption's cost, before
	whole      bool  // nothing of the redemption is left
	reason     string
	seed       string
}

// reverse books a reversal, stores it and, where the offer says so, gives the use anew.
func (d *Desk) reverse(tx Tx, back reversal, now time.Time) (boon.Reversal, error) {
	r := back.redemption
	if r.Points > 0 { // what was spent or lapsed is no liability any more
		back.returned = undrawn(r, back.returned)
	}
	v := boon.Reversal{
		ID: boon.NewID(boon.PrefixReversal, now, r.ID, back.seed), Redemption: r.ID, At: now, Reason: back.reason, Currency: r.Currency,
		Amount: back.returned.discount + back.clawed.discount, Clawback: back.clawed.discount, Lines: slices.Concat(back.returned.lines, back.clawed.lines),
	}
	g, err := d.bookReversal(tx, &r, back, v, now)
	if err != nil {
		return v, err
	}
	if back.whole && !r.Ended && back.offer.OnReturn == "reinstate" {
		if r.Ended, err = d.reinstate(tx, g, back.offer, r, now); err != nil {
			return v, err
		}
	}
	if err := tx.ChangeRedemption(r); err != nil {
		return v, err
	}
	if err := tx.AddReversal(v); err != nil {
		return v, err
	}
	return v, d.noteReturn(tx, r, back.before, now)
}

// bookReversal posts what is clawed back, then what comes back. The grant is reversed when its last use is and nothing of its discounts is left.
func (d *Desk) bookReversal(tx Tx, r *boon.Redemption, back reversal, v boon.Reversal, now time.Time) (boon.Grant, error) {
	g, _, err := tx.Grant(r.Grant)
	if err != nil {
		return g, err
	}
	if back.clawed.discount > 0 || back.clawed.cost > 0 {
		if g, err = d.bookTaken(tx, g, r, ledger.Claw, back.clawed, back.left, v.ID+"/claw", now); err != nil {
			return g, err
		}
		back.left -= back.clawed.cost
	}
	by := ledger.Return
	if back.whole && g.State == boon.StateRedeemed && g.Reversed+back.returned.discount == g.Discount {
		by = ledger.Reverse
	}
	return d.bookTaken(tx, g, r, by, back.returned, back.left, v.ID, now)
}

func (d *Desk) bookTaken(tx Tx, g boon.Grant, r *boon.Redemption, by ledger.Transition, t taken, left int64, seed string, now time.Time) (boon.Grant, error) {
	g, _, err := d.book(tx, g, change{by: by, spend: t.cost, vendor: t.vendor, order: r.OrderID, seed: seed, next: func(g *boon.Grant) error {
		g.Reversed += t.discount
		return returnPlaces(tx, r, t.cost, left)
	}}, now)
	return g, err
}

// reinstate lets a use that came back whole be used again, as long as the grant's time is not over and the budget and the ceilings can promise it
// once more; else it stays reversed.
func (d *Desk) reinstate(tx Tx, g boon.Grant, o boon.Offer, r boon.Redemption, now time.Time) (bool, error) {
	if !g.ExpiresAt.IsZero() && !now.Before(g.ExpiresAt) {
		return false, nil
	}
	amount, err := d.anew(g, o, r)
	if broken(err) != nil {
		return false, err
	}
	if err == nil {
		err = tx.Try(func(tx Tx) error { return d.recommit(tx, g, o, amount, r, now) })
	}
	return err == nil, broken(err)
}

// anew is what one use commits when it is given again: its part of the commitment, or, of what is expected, what it cost the first time.
func (d *Desk) anew(g boon.Grant, o boon.Offer, r boon.Redemption) (int64, error) {
	g.Committed = r.Cost
	all, err := d.commitment(g, o)
	if err != nil || !d.worstCase(g.Budget) {
		return all, err
	}
	return boon.MulDiv(all, 1, offer.Uses(&o)), nil
}

func (d *Desk) recommit(tx Tx, g boon.Grant, o boon.Offer, amount int64, r boon.Redemption, now time.Time) error {
	if _, err := d.afford(tx, g, o, amount, now); err != nil {
		return err
	}
	var taken []boon.Place
	if asked := d.exposed(o, g, amount, now); len(asked) > 0 {
		if err := vacant(tx, asked); err != nil {
			return err
		}
		for _, q := range asked {
			if err := take(tx, q); err != nil {
				return err
			}
			taken = append(taken, boon.Place{Key: q.Key, N: q.n})
		}
	}
	_, _, err := d.book(tx, g, change{by: ledger.Reinstate, spend: amount, order: r.OrderID, seed: r.ID, next: func(g *boon.Grant) error {
		g.Uses++
		g.Committed += amount
		g.Places = together(g.Places, taken)
		return nil
	}}, now)
	return err
}

// together adds places up by key.
func together(a, b []boon.Place) []boon.Place {
	sum := slices.Clone(a)
	for _, p := range b {
		if i := slices.IndexFunc(sum, func(x boon.Place) bool { return x.Key == p.Key }); i >= 0 {
			sum[i].N += p.N
		} else {
			sum = append(sum, p)
		}
	}
	return sum
}
