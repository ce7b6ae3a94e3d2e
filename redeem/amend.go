package redeem

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"boon"
)

// Amendment is an event that changes an order after the fact.
type Amendment struct {
	ID     string     // of the event
	Name   string     // of the event: Order Cancelled, Order Updated, Exchange Completed; any other gives lines back
	Order  boon.Order // its lines: those that come back, of an update those that are left
	Reason string
}

// late is an amendment that came before its order, and the redemptions that it met all the same.
type late struct {
	Amendment
	Met []string
}

// Amend books what an event takes off an order's redemptions, once per event. What comes before its order is kept, and done when the order comes.
func (d *Desk) Amend(tx Tx, owners []boon.Identifier, a Amendment, now time.Time) ([]boon.Reversal, error) {
	if a.Order.ID == "" {
		return nil, nil
	}
	fresh, err := once(tx, "refunded/"+a.ID)
	if err != nil || !fresh {
		return nil, err
	}
	redeemed, err := tx.OfOrder(a.Order.ID)
	if err != nil {
		return nil, err
	}
	if err := d.keepLate(tx, a, redeemed); err != nil {
		return nil, err
	}
	if a.Name == boon.OrderCancelled {
		if err := d.abandon(tx, owners, a.Order.ID, now); err != nil {
			return nil, err
		}
	}
	return d.amend(tx, redeemed, a, now)
}

// SettleRefund books what an order gives back, once per id (the event's): its lines in proportion, or, without lines, all that is left.
func (d *Desk) SettleRefund(tx Tx, id string, order boon.Order, reason string, now time.Time) ([]boon.Reversal, error) {
	return d.Amend(tx, nil, Amendment{ID: id, Name: boon.OrderRefunded, Order: order, Reason: reason}, now)
}

// keepLate keeps an amendment for the redemptions that its order has yet to bring.
func (d *Desk) keepLate(tx Tx, a Amendment, met []boon.Redemption) error {
	settled, err := tx.Count("settled/" + a.Order.ID)
	if err != nil || settled > 0 {
		return err
	}
	l := late{Amendment: a}
	for _, r := range met {
		l.Met = append(l.Met, r.ID)
	}
	body, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("keep late event: %w", err)
	}
	return tx.Defer(a.Order.ID, a.ID, body)
}

// overdue does to an order's redemptions what came before them.
func (d *Desk) overdue(tx Tx, owners []boon.Identifier, order string, now time.Time) (done []boon.Reversal, err error) {
	kept, err := tx.Deferred(order)
	if err != nil {
		return nil, err
	}
	for _, body := range kept {
		var l late
		if err := json.Unmarshal(body, &l); err != nil {
			return done, fmt.Errorf("read late event: %w", err)
		}
		all, err := tx.OfOrder(order)
		if err != nil {
			return done, err
		}
		all = slices.DeleteFunc(all, func(r boon.Redemption) bool { return slices.Contains(l.Met, r.ID) })
		back, err := d.amend(tx, all, l.Amendment, now)
		done = append(done, back...)
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// abandon frees what a cancelled order still holds for a checkout.
func (d *Desk) abandon(tx Tx, owners []boon.Identifier, order string, now time.Time) error {
	grants, err := tx.Owned(owners)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.State != boon.StateReserved {
			continue
		}
		held, found, err := tx.Holding(g.ID)
		if err != nil {
			return err
		}
		if !found || held.OrderID != order {
			continue
		}
		if _, err := d.free(tx, g, held, now); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) amend(tx Tx, redeemed []boon.Redemption, a Amendment, now time.Time) (done []boon.Reversal, err error) {
	if a.Name == boon.OrderUpdated {
		a.Order.Lines = renamed(a.Order.Lines, redeemed)
	}
	told, err := d.restated(tx, redeemed, a)
	if err != nil {
		return nil, err
	}
	var processed []boon.Redemption
	for i, r := range redeemed {
		var v boon.Reversal
		switch {
		case a.Name == boon.OrderUpdated:
			v, err = d.recompute(tx, r, a, processed, told[i], now)
		case a.Name == boon.OrderCancelled:
			v, err = d.takeBack(tx, r, nil, a.Reason, now)
		case a.Name == boon.ExchangeCompleted && len(a.Order.Lines) == 0: // nothing came back
			continue
		default:
			v, err = d.giveBack(tx, r, a, now)
		}
		if broken(err) != nil {
			return done, err
		}
		if err == nil && v.ID != "" {
			done = append(done, v)
		}
		if r, _, err = tx.Redemption(r.ID); err != nil {
			return done, err
		}
		processed = append(processed, r)
	}
	return done, nil
}

// giveBack takes back the lines that an event names. Where none of them had anything taken off, they are noted all the same: the next that is like
// them is another line.
func (d *Desk) giveBack(tx Tx, r boon.Redemption, a Amendment, now time.Time) (boon.Reversal, error) {
	lines := lineReturns(a.Order, r)
	v, err := d.takeBack(tx, r, lines, a.Reason, now)
	if refusedAs(err, boon.ReasonNotApplicable) && len(r.Rest) > 0 {
		r.Rest, _ = stays(r.Rest, lines)
		return v, tx.ChangeRedemption(r)
	}
	return v, err
}
