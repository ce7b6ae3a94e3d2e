package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"boon"
	"boon/ingest"
)

// PutContacts implements ingest.Vault; the latest At of an owner's field wins.
func (db *DB) PutContacts(ctx context.Context, contacts []ingest.SealedContact) error {
	if len(contacts) == 0 {
		return nil
	}
	var batch pgx.Batch
	for _, x := range contacts {
		batch.Queue(`INSERT INTO contacts (owner, field, sealed, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (owner, field) DO UPDATE SET sealed = excluded.sealed, at = excluded.at WHERE excluded.at >= contacts.at`,
			ownerKey(x.Owner), x.Field, x.Sealed, x.At.UnixNano())
	}
	return wrap("put contacts", db.write(ctx, func(tx pgx.Tx) error { return tx.SendBatch(ctx, &batch).Close() }))
}

// Contacts reads an owner's contacts, by field.
func (db *DB) Contacts(ctx context.Context, owner boon.Identifier) (list []ingest.SealedContact, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT field, sealed, at FROM contacts WHERE owner = $1 ORDER BY field COLLATE "C"`, ownerKey(owner))
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x ingest.SealedContact, err error) {
			var at int64
			err = row.Scan(&x.Field, &x.Sealed, &at)
			x.Owner, x.At = owner, instant(at)
			return x, err
		})
		return err
	})
	return list, wrap("read contacts", err)
}

// DropContacts forgets an owner's contacts.
func (db *DB) DropContacts(ctx context.Context, owner boon.Identifier) error {
	return wrap("drop contacts", db.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM contacts WHERE owner = $1", ownerKey(owner))
		return err
	}))
}
