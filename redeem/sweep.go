package redeem

import (
	"time"

	"boon"
	"boon/ledger"
)

// Sweep ends at most max reservations, grants, points and holds whose time is over by now, in this order. It returns how many; fewer than max means that
// nothing is left to do.
func (d *Desk) Sweep(tx Tx, now time.Time, max int) (int, error) {
	held, err := tx.DueReservations(now, max)
	if err != nil {
		return 0, err
	}
	for _, r := range held {
		if err := d.timeOut(tx, r, now); err != nil {
			return 0, err
		}
	}
	due, err := tx.DueGrants(now, max-len(held))
	if err != nil {
		return 0, err
	}
	for _, g := range due {
		if _, err := d.end(tx, g, ledger.Expire, now); err != nil {
			return 0, err
		}
	}
	ended := len(held) + len(due)
	lapsed, err := d.lapse(tx, now, max-ended)
	if err != nil {
		return ended, err
	}
	waited, err := d.expireHolds(tx, now, max-ended-lapsed)
	return ended + lapsed + waited, err
}

func (d *Desk) timeOut(tx Tx, r boon.Reservation, now time.Time) error {
	g, found, err := tx.Grant(r.Grant)
	if err != nil {
		return err
	}
	if !found || g.State != boon.StateReserved { // nothing to free: it must not stop the sweep for ever
		r.Gone = true
		return tx.PutReservation(r)
	}
	_, err = d.free(tx, g, r, now)
	return err
}

// Revoke withdraws an open grant; its commitment is available again.
func (d *Desk) Revoke(tx Tx, id string, now time.Time) (boon.Grant, error) {
	g, err := owned(tx, id, nil)
	if err != nil {
		return g, err
	}
	held, found, err := tx.Holding(id)
	if err != nil {
		return g, err
	}
	if found {
		held.Gone = true
		if err := tx.PutReservation(held); err != nil {
			return g, err
		}
	}
	return d.end(tx, g, ledger.Revoke, now)
}

func (d *Desk) end(tx Tx, g boon.Grant, by ledger.Transition, now time.Time) (boon.Grant, error) {
	g, _, err := d.book(tx, g, change{by: by, next: func(g *boon.Grant) error {
		g.Committed = 0
		return endPlaces(tx, g)
	}}, now)
	return g, err
}
