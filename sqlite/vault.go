package sqlite

import (
	"context"
	"database/sql"

	"boon"
	"boon/ingest"
	"boon/redeem/batch"
)

// PutContacts implements ingest.Vault; the latest At of an owner's field wins.
func (db *DB) PutContacts(ctx context.Context, contacts []ingest.SealedContact) error {
	if len(contacts) == 0 {
		return nil
	}
	return wrap("put contacts", db.write(ctx, func(c *conn) error {
		for _, x := range contacts {
			_, err := c.exec(`INSERT INTO contacts (owner, field, sealed, at) VALUES (?, ?, ?, ?)
				ON CONFLICT (owner, field) DO UPDATE SET sealed = excluded.sealed, at = excluded.at WHERE excluded.at >= contacts.at`,
				batch.OwnerKey(x.Owner), x.Field, x.Sealed, x.At.UnixNano())
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// Contacts reads an owner's contacts, by field.
func (db *DB) Contacts(ctx context.Context, owner boon.Identifier) (list []ingest.SealedContact, err error) {
	err = db.read(ctx, func(c *conn) error {
		return c.each("SELECT field, sealed, at FROM contacts WHERE owner = ? ORDER BY field", []any{batch.OwnerKey(owner)}, func(rows *sql.Rows) error {
			x := ingest.SealedContact{Owner: owner}
			var at int64
			err := rows.Scan(&x.Field, &x.Sealed, &at)
			x.At = instant(at)
			list = append(list, x)
			return err
		})
	})
	return list, wrap("read contacts", err)
}

// DropContacts forgets an owner's contacts.
func (db *DB) DropContacts(ctx context.Context, owner boon.Identifier) error {
	return wrap("drop contacts", db.write(ctx, func(c *conn) error {
		_, err := c.exec("DELETE FROM contacts WHERE owner = ?", batch.OwnerKey(owner))
		return err
	}))
}
