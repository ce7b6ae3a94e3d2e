package redeem

import (
	"math"
	"time"

	"boon"
	"boon/ledger"
)

// Left is what a budget can still promise at now, in minor units: what is available less what it owes. The running period gets its funds first.
func (d *Desk) Left(tx Tx, budget string, now time.Time) (int64, error) {
	b, ok := d.budget(budget)
	if !ok {
		return 0, nil
	}
	return d.most(b, func(b boon.Budget) (int64, error) {
		if _, _, err := d.fund(tx, b.ID, now); err != nil {
			return 0, err
		}
		return d.unbound(tx, b)
	})
}

// most is the largest that an account of a budget has: of one that is split any arm may be asked for.
func (d *Desk) most(b boon.Budget, left func(boon.Budget) (int64, error)) (most int64, err error) {
	for i, id := range d.accounts(b) {
		part, _ := d.budget(id)
		n, err := left(part)
		if err != nil {
			return 0, err
		}
		if i == 0 || n > most {
			most = n
		}
	}
	return most, nil
}

// unbound is what a budget has available, less what it owes and has to have in reserve.
func (d *Desk) unbound(tx Tx, b boon.Budget) (int64, error) {
	available, owed, err := standing(tx, b.ID, b.Currency)
	if err != nil || b.Quantile == 0 {
		return available - owed, err
	}
	variance, err := tx.Count(countVariance + b.ID)
	return available - owed - ledger.SetAside(b.Quantile, variance), err
}

// Peek is what Left would say, without a write: a period that has not begun counts with the funds that it will begin with.
func (d *Desk) Peek(tx Tx, budget string, now time.Time) (int64, error) {
	b, ok := d.budget(budget)
	if !ok {
		return 0, nil
	}
	return d.most(b, func(b boon.Budget) (int64, error) { return d.peek(tx, b, now) })
}

func (d *Desk) peek(tx Tx, b boon.Budget, now time.Time) (int64, error) {
	at, err := latest(tx, b, now)
	if err != nil {
		return 0, err
	}
	funded, err := tx.Count("fund/" + b.ID + "/" + ledger.PeriodKey(b.Period, at, d.zone()))
	if err != nil {
		return 0, err
	}
	if funded == 0 {
		return b.Amount, nil
	}
	left, err := d.unbound(tx, b)
	return left + b.Amount - funded, err
}

// NextDue is when the next open grant, reservation or hold ends or points lapse; zero when nothing does.
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
		next = sooner(next, g.ExpiresAt)
	}
	points, err := tx.DueRedemptions(far, 1)
	for _, r := range points {
		next = sooner(next, r.LapsesAt)
	}
	if err != nil {
		return next, err
	}
	hold, err := nextHold(tx)
	if !hold.IsZero() {
		next = sooner(next, hold)
	}
	return next, err
}

// Open gives every configured budget its funds, so that reading what is left finds them.
func (d *Desk) Open(tx Tx, now time.Time) error {
	for _, b := range d.Terms.Bundle().Budgets {
		if b.Covers != nil {
			continue
		}
		for _, id := range d.accounts(b) {
			if _, _, err := d.fund(tx, id, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func sooner(next, at time.Time) time.Time {
	if next.IsZero() || at.Before(next) {
		return at
	}
	return next
}
