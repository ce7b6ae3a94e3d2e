package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"boon"
)

// Setting reads a named value; nil when it was never put.
func (db *DB) Setting(ctx context.Context, name string) (value []byte, err error) {
	err = db.read(ctx, func(tx pgx.Tx) (err error) {
		value, err = setting(ctx, tx, name)
		return err
	})
	return value, wrap("read setting", err)
}

// PutSetting stores a named value, durable on return.
func (db *DB) PutSetting(ctx context.Context, name string, value []byte) error {
	return wrap("put setting", db.write(ctx, func(tx pgx.Tx) error { return putSetting(ctx, tx, name, value) }))
}

// FirstSetting stores a named value unless there is one, and returns the one that is stored: of processes that come at the same moment with
// values of their own all get the first one's.
func (db *DB) FirstSetting(ctx context.Context, name string, value []byte) (stored []byte, err error) {
	err = db.writeAlone(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, value); err != nil {
			return err
		}
		stored, err = setting(ctx, tx, name)
		return err
	})
	return stored, wrap("put first setting", err)
}

func setting(ctx context.Context, tx pgx.Tx, name string) (value []byte, err error) {
	err = one(tx.QueryRow(ctx, "SELECT value FROM settings WHERE name = $1", name), &value)
	return value, err
}

func putSetting(ctx context.Context, tx pgx.Tx, name string, value []byte) error {
	_, err := tx.Exec(ctx, "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}

// Audit appends an act; entries are never changed.
func (db *DB) Audit(ctx context.Context, at time.Time, actor, action, subject string, detail []byte) error {
	return wrap("append audit", db.writeAlone(ctx, func(tx pgx.Tx) error { return audit(ctx, tx, at, actor, action, subject, detail) }))
}

// audit appends within a transaction that is alone.
func audit(ctx context.Context, tx pgx.Tx, at time.Time, actor, action, subject string, detail []byte) error {
	_, err := tx.Exec(ctx, `INSERT INTO audit (seq, at, actor, action, subject, detail)
		VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM audit), $1, $2, $3, $4, $5)`, at.UnixNano(), actor, action, subject, detail)
	return err
}

// AuditLog reads acts in order, after a Seq, at most max.
func (db *DB) AuditLog(ctx context.Context, after int64, max int) ([]boon.AuditEntry, error) {
	return db.acts(ctx, "SELECT seq, at, actor, action, subject, detail FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2", after, max)
}

// AuditBefore reads acts newest first, before a Seq (0: from the newest), at most max.
func (db *DB) AuditBefore(ctx context.Context, before int64, max int) ([]boon.AuditEntry, error) {
	return db.acts(ctx, "SELECT seq, at, actor, action, subject, detail FROM audit WHERE $1 = 0 OR seq < $1 ORDER BY seq DESC LIMIT $2", before, max)
}

func (db *DB) acts(ctx context.Context, query string, args ...any) (list []boon.AuditEntry, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e boon.AuditEntry, err error) {
			var at int64
			err = row.Scan(&e.Seq, &at, &e.Actor, &e.Action, &e.Subject, &e.Detail)
			e.At = instant(at)
			return e, err
		})
		return err
	})
	return list, wrap("read audit", err)
}
