package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"boon"
	"boon/ledger/journal"
	"boon/redeem"
)

// Close implements api.Ledger. First the books take no more entries of the period; then what stood at its end is added up and put into the audit. Killed in
// between, the same call again completes it.
func (b books) Close(ctx context.Context, day, by, actor string) (c journal.Closing, err error) {
	b.e.publish.Lock()
	defer b.e.publish.Unlock()
	if c.Until, err = b.e.firstOpen(day); err != nil {
		return c, err
	}
	c.Day, c.At, c.By = day, b.e.config.Now(), by
	past, err := b.Closings(ctx)
	if err != nil {
		return c, err
	}
	if n := len(past); n > 0 && past[n-1].Day >= day {
		return c, boon.Refuse(boon.ReasonPeriodClosed, "The books are closed up to %s already.", past[n-1].Day)
	}
	if err := b.e.shut(ctx, c.Until); err != nil {
		return c, err
	}
	if err := b.e.stood(ctx, &c); err != nil {
		return c, err
	}
	detail, err := json.Marshal(c)
	if err != nil {
		return c, fmt.Errorf("encode closing: %w", err)
	}
	return c, b.e.book.Audit(ctx, c.At, actor, journal.Closed, "Period/"+day, detail)
}

// firstOpen is the instant after a day that is over.
func (e *Engine) firstOpen(day string) (time.Time, error) {
	zone, err := time.LoadLocation(e.live.Load().release.Bundle.Shop.Timezone)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the shop's time zone: %w", err)
	}
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return at, boon.Invalid("until", "%q is not a day such as 2026-01-31.", day)
	}
	if day >= journal.Day(e.config.Now(), zone) {
		return at, boon.Invalid("until", "%s is not over; a period is closed when its last day is.", day)
	}
	return at.AddDate(0, 0, 1).UTC(), nil
}

// shut lets no entry be dated before until.
func (e *Engine) shut(ctx context.Context, until time.Time) error {
	return e.book.Update(ctx, func(tx redeem.Tx) error {
		closed, err := tx.Count(redeem.ClosedKey)
		if err != nil || closed >= until.Unix() {
			return err
		}
		_, err = tx.Take(boon.Limit{Key: redeem.ClosedKey, Max: math.MaxInt64}, until.Unix()-closed)
		return err
	})
}

// stood adds up the journal as it is now, and notes how far it went.
func (e *Engine) stood(ctx context.Context, c *journal.Closing) error {
	s := journal.Standing{Until: c.Until}
	for q := (journal.Query{Limit: 5000}); ; {
		page, err := e.book.EntriesOf(ctx, q)
		if err != nil {
			return err
		}
		for _, entry := range page.Entries {
			s.Add(entry.Entry)
			c.Head = journal.Head{Seq: entry.Seq, Hash: entry.Hash}
		}
		if q.After = page.After; q.After == 0 {
			c.Balances = s.Balances()
			return nil
		}
	}
}

// Closings implements api.Ledger.
func (b books) Closings(ctx context.Context) ([]journal.Closing, error) {
	all := []journal.Closing{}
	for after := int64(0); ; {
		acts, err := b.e.book.AuditLog(ctx, after, 1000)
		if err != nil {
			return nil, err
		}
		for _, a := range acts {
			c, is, err := journal.ClosingOf(a)
			if err != nil {
				return nil, err
			}
			if is {
				all = append(all, c)
			}
			after = a.Seq
		}
		if len(acts) < 1000 {
			return all, nil
		}
	}
}
