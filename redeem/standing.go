package redeem

import (
	"math"
	"time"

	"boon/ledger"
)

// Left is what a budget can still promise at now, in minor units: what is available less what it owes. The running period gets its funds first.
func (d *Desk) Left(tx Tx, budget string, now time.Time) (int64, error) {
	b, _, err := d.fund(tx, budget, now)
	if err != nil {
		return 0, err
	}
	available, owed, err := standing(tx, b.ID, b.Currency)
	return available - owed, err
}

// Peek is what Left would say, without a write: a period that has not begun counts with the funds that it will begin with.
func (d *Desk) Peek(tx Tx, budget string, now time.Time) (int64, error) {
	b, ok := d.Terms.Bundle().Budget(budget)
	if !ok {
		return 0, nil
	}
	if b.Currency == "" {
		b.Currency = d.Terms.Bundle().Shop.Currency
	}
	at, err := latest(tx, b, now)
	if err != nil {
		return 0, err
	}
	funded, err := tx.Count("fund/" + budget + "/" + ledger.PeriodKey(b.Period, at, d.zone()))
	if err != nil {
		return 0, err
	}
	if funded == 0 {
		return b.Amount, nil
	}
	available, owed, err := standing(tx, b.ID, b.Currency)
	return available - owed + b.Amount - funded, err
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
		if _, _, err := d.fund(tx, b.ID, now); err != nil {
			return err
		}
	}
	return nil
}
