package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"boon"
	"boon/ledger"
	"boon/ledger/journal"
)

// Verify recomputes the books from the journal, in one snapshot. caps are the total caps by offer; an offer that is absent has none.
func (db *DB) Verify(ctx context.Context, caps map[string]int64) ([]ledger.Finding, error) {
	r, err := db.Report(ctx, caps, journal.Heads{})
	return r.Findings, err
}

// Report recomputes the books as [DB.Verify] does, follows both chains, compares them with heads that were noted earlier, and says what it looked at.
func (db *DB) Report(ctx context.Context, caps map[string]int64, noted journal.Heads) (r journal.Report, err error) {
	err = db.read(ctx, func(c *conn) error {
		b := ledger.Books{Grants: all(ctx, c.allGrants), Redemptions: all(ctx, c.allRedemptions), Places: map[string]int64{}, Caps: caps, Recorded: map[string]int64{}}
		if b.Balances, err = c.balances(); err != nil {
			return err
		}
		if err := c.counters("places/", func(offer string, n int64) { b.Places[offer] = n }); err != nil {
			return err
		}
		for _, head := range ledger.Recorded {
			if err := c.counters(head, func(key string, n int64) { b.Recorded[head+key] = n }); err != nil {
				return err
			}
		}
		r, err = journal.Inspect(b, all(ctx, c.placed), all(ctx, c.acts), noted)
		return err
	})
	return r, wrap("verify ledger", err)
}

// AuditReport follows the audit's chain alone.
func (db *DB) AuditReport(ctx context.Context, noted journal.Head) (r journal.Report, err error) {
	err = db.read(ctx, func(c *conn) error {
		r, err = journal.InspectAudit(all(ctx, c.acts), noted)
		return err
	})
	return r, wrap("verify audit", err)
}

func (c *conn) allRedemptions(after int64, max int) (boon.Page[boon.Redemption], error) {
	return page(c, "SELECT seq, body FROM redemptions WHERE seq > ? ORDER BY seq LIMIT ?", after, max, func(rows *sql.Rows) (seq int64, r boon.Redemption, err error) {
		var body sql.RawBytes
		if err = rows.Scan(&seq, &body); err == nil {
			err = json.Unmarshal(body, &r)
		}
		return seq, r, err
	})
}

const pageSize = 1000

// all reads page after page. A caller that stops early stops the reading.
func all[T any](ctx context.Context, read func(after int64, max int) (boon.Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for after := int64(0); ; {
			p, err := read(after, pageSize)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			if after = p.After; after == 0 {
				return
			}
		}
	}
}

// Journal reads all entries, in order. It is for exports and tests of moderate size; [DB.Entries] reads page by page.
func (db *DB) Journal(ctx context.Context) (list []boon.Entry, err error) {
	err = db.read(ctx, func(c *conn) error {
		for e, err := range all(ctx, c.entries) {
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return nil
	})
	return list, wrap("read journal", err)
}
