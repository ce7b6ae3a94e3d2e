package postgres

import (
	"context"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"boon"
	"boon/ledger/journal"
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
	var last journal.Head
	var prev []byte
	if err := one(tx.QueryRow(ctx, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"), &last.Seq, &prev); err != nil {
		return err
	}
	copy(last.Hash[:], prev)
	link := journal.FollowAct(last.Hash, boon.AuditEntry{At: at, Actor: actor, Action: action, Subject: subject, Detail: detail})
	_, err := tx.Exec(ctx, "INSERT INTO audit (seq, at, actor, action, subject, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		last.Seq+1, at.UnixNano(), actor, action, subject, detail, link[:])
	return err
}

// AuditReport follows the audit's chain.
func (db *DB) AuditReport(ctx context.Context, noted journal.Head) (r journal.Report, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error {
		r, err = journal.InspectAudit(chainedActs(ctx, tx), noted)
		return err
	})
	return r, wrap("verify audit", err)
}

// chainedActs reads all acts with their links, in order.
func chainedActs(ctx context.Context, tx pgx.Tx) iter.Seq2[journal.Act, error] {
	return func(yield func(journal.Act, error) bool) {
		rows, err := tx.Query(ctx, "SELECT seq, at, actor, action, subject, detail, hash FROM audit ORDER BY seq")
		if err != nil {
			yield(journal.Act{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var a journal.Act
			var at int64
			var hash []byte
			err := rows.Scan(&a.Seq, &at, &a.Actor, &a.Action, &a.Subject, &a.Detail, &hash)
			a.At = instant(at)
			copy(a.Hash[:], hash)
			if !yield(a, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(journal.Act{}, err)
		}
	}
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
