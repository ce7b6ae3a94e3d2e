package sqlite

import (
	"context"
	"database/sql"

	"boon"
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
