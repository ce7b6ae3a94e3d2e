package sqlite

import (
	"context"
	"database/sql"

	"boon"
	"boon/ledger/journal"
)

// CountEntries counts the journal's entries.
func (db *DB) CountEntries(ctx context.Context) (n int64, err error) {
	err = db.read(ctx, func(c *conn) error {
		_, err := c.one("SELECT count(*) FROM entries", nil, &n)
		return err
	})
	return n, wrap("count entries", err)
}

// AuditBefore reads acts newest first, before a Seq (0: from the newest), at most max.
func (db *DB) AuditBefore(ctx context.Context, before int64, max int) (list []boon.AuditEntry, err error) {
	err = db.read(ctx, func(c *conn) error {
		return c.each("SELECT seq, at, actor, action, subject, detail FROM audit WHERE ? = 0 OR seq < ? ORDER BY seq DESC LIMIT ?",
			[]any{before, before, max}, func(rows *sql.Rows) error {
				var e boon.AuditEntry
				var at int64
				err := rows.Scan(&e.Seq, &at, &e.Actor, &e.Action, &e.Subject, &e.Detail)
				e.At = instant(at)
				list = append(list, e)
				return err
			})
	})
	return list, wrap("read audit", err)
}

// EntriesOf reads the journal in its order, a page of what a query asks for.
func (db *DB) EntriesOf(ctx context.Context, q journal.Query) (p journal.Page, err error) {
	err = db.read(ctx, func(c *conn) error {
		if _, err := c.one("SELECT coalesce(max(seq), 0) FROM entries", nil, &p.Last); err != nil {
			return err
		}
		found, err := page(c, "SELECT "+entryFields+" FROM entries WHERE seq > ?1 AND (?3 = '' OR budget = ?3) AND (?4 = '' OR grant_id = ?4) AND (?5 = '' OR order_id = ?5) ORDER BY seq LIMIT ?2",
			q.After, q.Limit, scanPlaced, q.Budget, q.Grant, q.Order)
		p.Entries, p.After = found.Items, found.After
		return err
	})
	return p, wrap("read entries", err)
}
