package sqlite

import (
	"context"
	"database/sql"
	"time"

	"boon"
)

// Contact is one sealed way to reach someone.
type Contact struct {
	Owner  boon.Identifier
	Field  string // email, phone, name ...
	Sealed []byte
	At     time.Time
}

// PutContacts stores contacts; the latest At of an owner's field wins.
func (db *DB) PutContacts(ctx context.Context, contacts []Contact) error {
	if len(contacts) == 0 {
		return nil
	}
	return wrap("put contacts", db.write(ctx, func(c *conn) error {
		for _, x := range contacts {
			_, err := c.exec(`INSERT INTO contacts (owner, field, sealed, at) VALUES (?, ?, ?, ?)
				ON CONFLICT (owner, field) DO UPDATE SET sealed = excluded.sealed, at = excluded.at WHERE excluded.at >= contacts.at`,
				ownerKey(x.Owner), x.Field, x.Sealed, x.At.UnixNano())
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// PutContact stores one contact.
func (db *DB) PutContact(ctx context.Context, contact Contact) error {
	return db.PutContacts(ctx, []Contact{contact})
}

// Contacts reads an owner's contacts, by field.
func (db *DB) Contacts(ctx context.Context, owner boon.Identifier) (list []Contact, err error) {
	err = db.read(ctx, func(c *conn) error {
		return c.each("SELECT field, sealed, at FROM contacts WHERE owner = ? ORDER BY field", []any{ownerKey(owner)}, func(rows *sql.Rows) error {
			x := Contact{Owner: owner}
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
		_, err := c.exec("DELETE FROM contacts WHERE owner = ?", ownerKey(owner))
		return err
	}))
}
