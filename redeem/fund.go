package redeem

import (
	"math"
	"strings"
	"time"

	"boon"
	"boon/ledger"
)

// fund sees to it that a budget's running period has its amount: the first touch of a period closes the one before it, and a changed amount is
// added, or taken back as far as it is still available. A counter per period knows what was funded. It returns the instant that tells the period.
func (d *Desk) fund(tx Tx, id string, now time.Time) (boon.Budget, time.Time, error) {
	b, ok := d.budget(id)
	if !ok { // taken out of the configuration: what it promised is still honoured
		return boon.Budget{ID: id, Period: boon.PeriodTotal}, now, nil
	}
	at, err := latest(tx, b, now)
	if err != nil {
		return b, at, err
	}
	period := ledger.PeriodKey(b.Period, at, d.zone())
	key := "fund/" + id + "/" + period
	funded, err := tx.Count(key)
	if err != nil || funded == b.Amount {
		return b, at, err
	}
	if funded == 0 {
		if err := d.closePeriod(tx, b, period, now); err != nil {
			return b, at, err
		}
		if err := begin(tx, b, at); err != nil {
			return b, at, err
		}
	}
	return b, at, d.adjust(tx, b, key, funded, now)
}

// latest tells a budget's running period: a call that read its clock before midnight and commits after another one began the new day belongs to
// the new day, or it would close that day and fund it again.
func latest(tx Tx, b boon.Budget, now time.Time) (time.Time, error) {
	if b.Period == boon.PeriodTotal || b.Period == "" {
		return now, nil
	}
	begun, err := tx.Count("period/" + b.ID)
	if last := time.Unix(begun, 0); now.Before(last) {
		return last, err
	}
	return now, err
}

// begin notes when a budget's period was first touched.
func begin(tx Tx, b boon.Budget, at time.Time) error {
	key := "period/" + b.ID
	begun, err := tx.Count(key)
	if err != nil || at.Unix() <= begun || b.Period == boon.PeriodTotal || b.Period == "" {
		return err
	}
	_, err = tx.Take(boon.Limit{Key: key, Max: math.MaxInt64}, at.Unix()-begun)
	return err
}

// closePeriod takes back what an earlier period left, and makes its overrun good.
func (d *Desk) closePeriod(tx Tx, b boon.Budget, period string, now time.Time) error {
	available, owed, err := standing(tx, b.ID, b.Currency)
	if err != nil || (available == 0 && owed == 0) {
		return err
	}
	m := ledger.Move{Budget: b.ID, Currency: b.Currency, Spend: available, Owed: owed}
	return d.post(tx, fundEntry(ledger.Defund, m, "before "+period, now))
}

func (d *Desk) adjust(tx Tx, b boon.Budget, key string, funded int64, now time.Time) error {
	m := ledger.Move{Budget: b.ID, Currency: b.Currency}
	if funded < b.Amount {
		m.Spend = b.Amount - funded
		if _, err := tx.Take(boon.Limit{Key: key, Max: b.Amount}, m.Spend); err != nil {
			return err
		}
		return d.post(tx, fundEntry(ledger.Fund, m, key+"/"+boon.Micros(funded).String(), now))
	}
	available, _, err := standing(tx, b.ID, b.Currency)
	m.Spend = min(funded-b.Amount, available)
	if err != nil || m.Spend <= 0 {
		return err
	}
	if err := tx.Give(key, m.Spend); err != nil {
		return err
	}
	return d.post(tx, fundEntry(ledger.Defund, m, key+"/"+boon.Micros(funded).String(), now))
}

func fundEntry(by ledger.Transition, m ledger.Move, seed string, now time.Time) boon.Entry {
	row, _ := ledger.Find("", by)
	return boon.Entry{
		ID: boon.NewID(boon.PrefixEntry, now, string(by), m.Budget, seed),
		At: now, Transition: string(by), Postings: row.Flow.Postings(m),
	}
}

// budget finds a budget, or an arm's part of one (budget/arm). The parts of a budget add up to it.
func (d *Desk) budget(id string) (boon.Budget, bool) {
	bundle := d.Terms.Bundle()
	of, arm, part := strings.Cut(id, "/")
	b, ok := bundle.Budget(of)
	if !ok || b.Covers != nil {
		return boon.Budget{}, false
	}
	if b.Currency == "" {
		b.Currency = bundle.Shop.Currency
	}
	if part {
		e, _ := d.sharing(of)
		b.ID, b.Amount = id, portion(e, arm, b.Amount)
	}
	return b, true
}

// sharing is the experiment over whose arms a budget is split.
func (d *Desk) sharing(budget string) (boon.Experiment, bool) {
	bundle := d.Terms.Bundle()
	for _, e := range bundle.Experiments {
		if !e.Split {
			continue
		}
		for _, o := range bundle.Offers {
			if o.Campaign == e.Campaign && funder(o, bundle) == budget {
				return e, true
			}
		}
	}
	return boon.Experiment{}, false
}

// accounts are the ids under which a configured budget keeps its accounts: its own, or those of its arms.
func (d *Desk) accounts(b boon.Budget) (ids []string) {
	e, split := d.sharing(b.ID)
	if !split {
		return []string{b.ID}
	}
	for _, a := range e.Arms {
		if a.ID != "control" {
			ids = append(ids, b.ID+"/"+a.ID)
		}
	}
	return ids
}
