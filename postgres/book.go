package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"boon"
	"boon/redeem"
	"boon/redeem/batch"
)

// Update implements redeem.Book.
func (db *DB) Update(ctx context.Context, fn func(redeem.Tx) error) error {
	return db.writer.Update(ctx, redeem.Reads{}, fn)
}

// View implements redeem.Book.
func (db *DB) View(ctx context.Context, fn func(redeem.Tx) error) error {
	return db.read(ctx, func(tx pgx.Tx) error { return batch.View(reader{ctx, tx, db.instance}, fn) })
}

// Owned lists the grants of some identifiers, the oldest first, as committed.
func (db *DB) Owned(ctx context.Context, owners []boon.Identifier) (grants []boon.Grant, err error) {
	err = db.View(ctx, func(tx redeem.Tx) error {
		grants, err = tx.Owned(owners)
		return err
	})
	return grants, err
}

// Expecting implements redeem.Book: what the updates of a batch expect to read is read for all of them in one round trip.
func (db *DB) Expecting(r redeem.Reads) redeem.Book { return expecting{db, r} }

type expecting struct {
	*DB
	reads redeem.Reads
}

// Update implements redeem.Book.
func (e expecting) Update(ctx context.Context, fn func(redeem.Tx) error) error {
	return e.writer.Update(ctx, e.reads, fn)
}
