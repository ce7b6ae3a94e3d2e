package redeem

import (
	"math"
	"time"
)

// Left is what a budget can still promise at now, in minor units: what is available less what it owes. In a writing transaction the running period
// gets its funds first; in a reading one what the period will be funded with counts.
func (d *Desk) Left(tx Tx, budget string, now time.Time) (int64, error) {
	b, err := d.fund(tx, budget, now)
	if err != nil {
		return 0, err
	}
	available, owed, err := standing(tx, b.ID, b.Currency)
	return available - owed, err
}

// NextDue is when the next open grant or reservation ends; zero when nothing is open.
func (d *Desk) NextDue(tx Tx) (next time.Time, err error) {
	far := time.Unix(math.MaxInt32, 0).UTC()
	held, err := tx.DueReservations(far, 1)
	if err != nil {
		return next, err
	}
	for _, r := range held {
		next = r.ExpiresAt
	}
	due, err := tx.DueGrants(far, 1)
	if err != nil {
		return next, err
	}
	for _, g := range due {
		if next.IsZero() || g.ExpiresAt.Before(next) {
			next = g.ExpiresAt
		}
	}
	return next, nil
}

// Open gives every configured budget its funds, so that reading what is left finds them.
func (d *Desk) Open(tx Tx, now time.Time) error {
	for _, b := range d.Terms.Bundle().Budgets {
		if _, err := d.fund(tx, b.ID, now); err != nil {
			return err
		}
	}
	return nil
}
