package sqlite

import (
	"context"
	"database/sql"
	"time"

	"boon"
)

const activeRelease = "release.active"

// Release reads a release's source; nil when there is none.
func (db *DB) Release(ctx context.Context, id string) (source []byte, err error) {
	err = db.read(ctx, func(c *conn) error {
		_, err := c.one("SELECT source FROM releases WHERE id = ?", []any{id}, &source)
		return err
	})
	return source, wrap("read release", err)
}

// ActiveRelease reads the active release; "" when none was activated.
func (db *DB) ActiveRelease(ctx context.Context) (id string, source []byte, err error) {
	err = db.read(ctx, func(c *conn) error {
		name, err := c.setting(activeRelease)
		if err != nil || name == nil {
			return err
		}
		id = string(name)
		_, err = c.one("SELECT source FROM releases WHERE id = ?", []any{id}, &source)
		return err
	})
	return id, source, wrap("read active release", err)
}

// Releases lists the releases, newest first.
func (db *DB) Releases(ctx context.Context, max int) (list []boon.ReleaseInfo, err error) {
	err = db.read(ctx, func(c *conn) error {
		return c.each("SELECT id, at, author FROM releases ORDER BY seq DESC LIMIT ?", []any{max}, func(rows *sql.Rows) error {
			var r boon.ReleaseInfo
			var at int64
			err := rows.Scan(&r.ID, &at, &r.Author)
			r.At = instant(at)
			list = append(list, r)
			return err
		})
	})
	return list, wrap("list releases", err)
}

// Audit appends an act; entries are never changed.
func (db *DB) Audit(ctx context.Context, at time.Time, actor, action, subject string, detail []byte) error {
	return wrap("append audit", db.write(ctx, func(c *conn) error {
		return c.audit(boon.AuditEntry{At: at, Actor: actor, Action: action, Subject: subject, Detail: detail})
	}))
}

// AuditLog reads acts in order, after a Seq, at most max.
func (db *DB) AuditLog(ctx context.Context, after int64, max int) (list []boon.AuditEntry, err error) {
	err = db.read(ctx, func(c *conn) error {
		return c.each("SELECT seq, at, actor, action, subject, detail FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", []any{after, max}, func(rows *sql.Rows) error {
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
