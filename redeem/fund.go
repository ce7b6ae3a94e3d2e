package redeem

import (
	"time"

	"boon"
	"boon/ledger"
)

// fund sees to it that a budget's running period has its amount: the first touch of a period closes the one before it, and a changed amount is
// added, or taken back as far as it is still available. A counter per period knows what was funded.
func (d *Desk) fund(tx Tx, id string, now time.Time) (boon.Budget, error) {
	b, ok := d.Terms.Bundle().Budget(id)
	if !ok { // taken out of the configuration: what it promised is still honoured
		return boon.Budget{ID: id, Period: boon.PeriodTotal}, nil
	}
	if b.Currency == "" {
		b.Currency = d.Terms.Bundle().Shop.Currency
	}
	period := ledger.PeriodKey(b.Period, now, d.zone())
	key := "fund/" + id + "/" + period
	funded, err := tx.Count(key)
	if err != nil || funded == b.Amount {
		return b, err
	}
	if funded == 0 {
		if err := d.closePeriod(tx, b, period, now); err != nil {
			return b, err
		}
	}
	return b, d.adjust(tx, b, key, funded, now)
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
