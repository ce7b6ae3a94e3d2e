package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"boon"
)

// PutAccessKey stores the hash of an API key with its scopes. The key itself is nowhere.
func (db *DB) PutAccessKey(ctx context.Context, hash []byte, scopes []string, name string, at time.Time) error {
	return wrap("put access key", db.write(ctx, func(c *conn) error {
		_, err := c.exec("INSERT INTO access_keys (hash, scopes, name, at) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET scopes = excluded.scopes, name = excluded.name",
			hash, strings.Join(scopes, " "), name, at.UnixNano())
		return err
	}))
}

// AccessKey reads the scopes and name of a key by its hash.
func (db *DB) AccessKey(ctx context.Context, hash []byte) (scopes []string, name string, found bool, err error) {
	var text string
	err = db.read(ctx, func(c *conn) (err error) {
		found, err = c.one("SELECT scopes, name FROM access_keys WHERE hash = ?", []any{hash}, &text, &name)
		return err
	})
	return strings.Fields(text), name, found, wrap("read access key", err)
}

// AccessKeys counts the keys.
func (db *DB) AccessKeys(ctx context.Context) (n int, err error) {
	err = db.read(ctx, func(c *conn) error {
		_, err := c.one("SELECT count(*) FROM access_keys", nil, &n)
		return err
	})
	return n, wrap("count access keys", err)
}

// DropAccessKey takes a key's access away.
func (db *DB) DropAccessKey(ctx context.Context, hash []byte) error {
	return wrap("drop access key", db.write(ctx, func(c *conn) error {
		_, err := c.exec("DELETE FROM access_keys WHERE hash = ?", hash)
		return err
	}))
}

// Setting reads a named value; nil when it was never put.
func (db *DB) Setting(ctx context.Context, name string) (value []byte, err error) {
	err = db.read(ctx, func(c *conn) (err error) {
		value, err = c.setting(name)
		return err
	})
	return value, wrap("read setting", err)
}

// PutSetting stores a named value, durable on return.
func (db *DB) PutSetting(ctx context.Context, name string, value []byte) error {
	return wrap("put setting", db.write(ctx, func(c *conn) error { return c.putSetting(name, value) }))
}

func (c *conn) setting(name string) (value []byte, err error) {
	_, err = c.one("SELECT value FROM settings WHERE name = ?", []any{name}, &value)
	return value, err
}

func (c *conn) putSetting(name string, value []byte) error {
	_, err := c.exec("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}

// ListAccessKeys lists the keys by name, without their hashes.
func (db *DB) ListAccessKeys(ctx context.Context) (keys []boon.AccessKey, err error) {
	err = db.read(ctx, func(c *conn) error {
		return c.each("SELECT name, scopes, at FROM access_keys ORDER BY name, seq", nil, func(rows *sql.Rows) error {
			var k boon.AccessKey
			var scopes string
			var at int64
			err := rows.Scan(&k.Name, &scopes, &at)
			k.Scopes, k.At = strings.Fields(scopes), instant(at)
			keys = append(keys, k)
			return err
		})
	})
	return keys, wrap("list access keys", err)
}

// DropAccessKeyNamed takes the access of a key away; false when none has the name.
func (db *DB) DropAccessKeyNamed(ctx context.Context, name string) (dropped bool, err error) {
	err = db.write(ctx, func(c *conn) error {
		n, err := c.exec("DELETE FROM access_keys WHERE name = ?", name)
		dropped = n > 0
		return err
	})
	return dropped, wrap("drop access key", err)
}
