package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"boon"
	"boon/publish"
)

const activeRelease = "release.active"

// Release reads a release's source; nil when there is none.
func (db *DB) Release(ctx context.Context, id string) (source []byte, err error) {
	err = db.read(ctx, func(tx pgx.Tx) (err error) {
		source, err = releaseSource(ctx, tx, id)
		return err
	})
	return source, wrap("read release", err)
}

func releaseSource(ctx context.Context, tx pgx.Tx, id string) (source []byte, err error) {
	err = one(tx.QueryRow(ctx, "SELECT source FROM releases WHERE id = $1", id), &source)
	return source, err
}

// ActiveRelease reads the active release; "" when none was activated.
func (db *DB) ActiveRelease(ctx context.Context) (id string, source []byte, err error) {
	err = db.read(ctx, func(tx pgx.Tx) (err error) {
		id, source, err = desk{tx}.ActiveRelease(ctx)
		return err
	})
	return id, source, wrap("read active release", err)
}

// Releases lists the releases, newest first.
func (db *DB) Releases(ctx context.Context, max int) (list []boon.ReleaseInfo, err error) {
	err = db.read(ctx, func(tx pgx.Tx) (err error) {
		rows, err := tx.Query(ctx, "SELECT id, at, author FROM releases ORDER BY seq DESC LIMIT $1", max)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r boon.ReleaseInfo, err error) {
			var at int64
			err = row.Scan(&r.ID, &at, &r.Author)
			r.At = instant(at)
			return r, err
		})
		return err
	})
	return list, wrap("list releases", err)
}

// Configuration is the system of record's side of publishing.
func (db *DB) Configuration() publish.Book { return configuration{db} }

type configuration struct{ db *DB }

// Update implements publish.Book: fn runs in one transaction, with no other publication beside it in any process.
func (c configuration) Update(ctx context.Context, fn func(publish.Desk) error) error {
	return c.db.writeAlone(ctx, func(tx pgx.Tx) error { return fn(desk{tx}) })
}

// desk is one transaction.
type desk struct{ tx pgx.Tx }

// ActiveRelease implements publish.Desk.
func (d desk) ActiveRelease(ctx context.Context) (string, []byte, error) {
	name, err := setting(ctx, d.tx, activeRelease)
	if err != nil || name == nil {
		return "", nil, err
	}
	source, err := d.Release(ctx, string(name))
	return string(name), source, err
}

// Release implements publish.Desk.
func (d desk) Release(ctx context.Context, id string) ([]byte, error) {
	return releaseSource(ctx, d.tx, id)
}

// PutRelease implements publish.Desk.
func (d desk) PutRelease(ctx context.Context, id string, body []byte, author string, at time.Time) error {
	_, err := d.tx.Exec(ctx, "INSERT INTO releases (id, at, author, source) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING", id, at.UnixNano(), author, body)
	if err != nil {
		return err
	}
	if err := putSetting(ctx, d.tx, activeRelease, []byte(id)); err != nil {
		return err
	}
	return announce(ctx, d.tx)
}

// change is what an audit entry says of an element before and after.
type change struct {
	Release string          `json:"release"`
	Old     json.RawMessage `json:"old,omitempty"`
	New     json.RawMessage `json:"new,omitempty"`
}

// Audit implements publish.Desk.
func (d desk) Audit(ctx context.Context, e publish.AuditEntry) error {
	detail, err := json.Marshal(change{e.Release, e.Old, e.New})
	if err != nil {
		return err
	}
	return audit(ctx, d.tx, e.At, e.Author, e.Action, e.Object, detail)
}

// one scans the only row; dest is left as it is when there is none.
func one(row pgx.Row, dest ...any) error {
	return orNone(row.Scan(dest...))
}

func orNone(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}
