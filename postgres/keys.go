package postgres

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"boon"
)

// DataKeys returns the wrapped key of every identifier and makes those that are missing with fresh; where fresh is nil or gives nil the key stays
// out. A key is durable before it is returned; of two callers, in any process, the first one's key counts for both.
func (db *DB) DataKeys(ctx context.Context, ids []boon.Identifier, fresh func(boon.Identifier) []byte) (map[boon.Identifier][]byte, error) {
	keys := make(map[boon.Identifier][]byte, len(ids))
	err := db.read(ctx, func(tx pgx.Tx) error { return dataKeys(ctx, tx, ids, keys) })
	if err != nil || fresh == nil {
		return keys, wrap("read data keys", err)
	}
	owners, wrapped := missing(ids, keys, fresh)
	if len(owners) == 0 {
		return keys, nil
	}
	err = db.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO data_keys (owner, wrapped) SELECT * FROM unnest($1::bytea[], $2::bytea[]) AS made (owner, wrapped)
			ORDER BY owner ON CONFLICT DO NOTHING`, owners, wrapped) // in order, so that two callers do not wait for each other
		if err != nil {
			return err
		}
		return dataKeys(ctx, tx, ids, keys)
	})
	return keys, wrap("make data keys", err)
}

// missing makes the keys that are not there, each once.
func missing(ids []boon.Identifier, keys map[boon.Identifier][]byte, fresh func(boon.Identifier) []byte) (owners, wrapped [][]byte) {
	made := map[boon.Identifier]bool{}
	for _, id := range ids {
		if keys[id] != nil || made[id] {
			continue
		}
		if key := fresh(id); key != nil {
			made[id] = true
			owners, wrapped = append(owners, ownerKey(id)), append(wrapped, key)
		}
	}
	return owners, wrapped
}

func dataKeys(ctx context.Context, tx pgx.Tx, ids []boon.Identifier, into map[boon.Identifier][]byte) error {
	asked := make([][]byte, len(ids))
	for i, id := range ids {
		asked[i] = ownerKey(id)
	}
	rows, err := tx.Query(ctx, "SELECT owner, wrapped FROM data_keys WHERE owner = ANY($1)", asked)
	if err != nil {
		return err
	}
	var owner, wrapped []byte
	_, err = pgx.ForEachRow(rows, []any{&owner, &wrapped}, func() error {
		id, err := ownerOf(owner)
		into[id] = bytes.Clone(wrapped)
		return err
	})
	return err
}

// DropDataKey destroys a key: what it sealed can never be read again once the database has vacuumed the row and its backups are gone.
func (db *DB) DropDataKey(ctx context.Context, id boon.Identifier) error {
	return wrap("drop data key", db.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM data_keys WHERE owner = $1", ownerKey(id))
		return err
	}))
}

// PutAccessKey stores the hash of an API key with its scopes. The key itself is nowhere.
func (db *DB) PutAccessKey(ctx context.Context, hash []byte, scopes []string, name string, at time.Time) error {
	return wrap("put access key", db.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO access_keys (hash, scopes, name, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (hash) DO UPDATE SET scopes = excluded.scopes, name = excluded.name`, hash, strings.Join(scopes, " "), name, at.UnixNano())
		return err
	}))
}

// AccessKey reads the scopes and name of a key by its hash.
func (db *DB) AccessKey(ctx context.Context, hash []byte) (scopes []string, name string, found bool, err error) {
	var list [][2]string
	err = db.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT scopes, name FROM access_keys WHERE hash = $1", hash)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (k [2]string, err error) { return k, row.Scan(&k[0], &k[1]) })
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, "", false, wrap("read access key", err)
	}
	return strings.Fields(list[0][0]), list[0][1], true, nil
}

// AccessKeys counts the keys.
func (db *DB) AccessKeys(ctx context.Context) (n int, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error { return tx.QueryRow(ctx, "SELECT count(*) FROM access_keys").Scan(&n) })
	return n, wrap("count access keys", err)
}

// DropAccessKey takes a key's access away.
func (db *DB) DropAccessKey(ctx context.Context, hash []byte) error {
	return wrap("drop access key", db.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM access_keys WHERE hash = $1", hash)
		return err
	}))
}

// ListAccessKeys lists the keys by name, without their hashes.
func (db *DB) ListAccessKeys(ctx context.Context) (keys []boon.AccessKey, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT name, scopes, at FROM access_keys ORDER BY name, at")
		if err != nil {
			return err
		}
		keys, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (k boon.AccessKey, err error) {
			var scopes string
			var at int64
			err = row.Scan(&k.Name, &scopes, &at)
			k.Scopes, k.At = strings.Fields(scopes), instant(at)
			return k, err
		})
		return err
	})
	return keys, wrap("list access keys", err)
}

// DropAccessKeyNamed takes the access of a key away; false when none has the name.
func (db *DB) DropAccessKeyNamed(ctx context.Context, name string) (dropped bool, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "DELETE FROM access_keys WHERE name = $1", name)
		dropped = done.RowsAffected() > 0
		return err
	})
	return dropped, wrap("drop access key", err)
}
