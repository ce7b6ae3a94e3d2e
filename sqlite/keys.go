package sqlite

import (
	"context"

	"boon"
	"boon/redeem/batch"
)

// DataKeys returns the wrapped key of every identifier and makes those that are missing with fresh; where fresh is nil or gives nil the key stays
// out. A key is durable before it is returned; of two callers the first one's key counts for both.
func (db *DB) DataKeys(ctx context.Context, ids []boon.Identifier, fresh func(boon.Identifier) []byte) (map[boon.Identifier][]byte, error) {
	keys := make(map[boon.Identifier][]byte, len(ids))
	err := db.read(ctx, func(c *conn) error { return c.dataKeys(ids, keys) })
	if err != nil {
		return nil, wrap("read data keys", err)
	}
	if fresh == nil || len(keys) == len(ids) || missing(ids, keys) == 0 {
		return keys, nil
	}
	err = db.write(ctx, func(c *conn) error {
		for _, id := range ids {
			if keys[id] != nil {
				continue
			}
			wrapped := fresh(id)
			if wrapped == nil {
				continue
			}
			if _, err := c.exec("INSERT INTO data_keys (owner, wrapped) VALUES (?, ?) ON CONFLICT (owner) DO NOTHING", batch.OwnerKey(id), wrapped); err != nil {
				return err
			}
		}
		return c.dataKeys(ids, keys)
	})
	return keys, wrap("make data keys", err)
}

func missing(ids []boon.Identifier, keys map[boon.Identifier][]byte) (n int) {
	for _, id := range ids {
		if keys[id] == nil {
			n++
		}
	}
	return n
}

func (c *conn) dataKeys(ids []boon.Identifier, into map[boon.Identifier][]byte) error {
	for _, id := range ids {
		var wrapped []byte
		found, err := c.one("SELECT wrapped FROM data_keys WHERE owner = ?", []any{batch.OwnerKey(id)}, &wrapped)
		if err != nil {
			return err
		}
		if found {
			into[id] = wrapped
		}
	}
	return nil
}

// DropDataKey destroys a key: what it sealed can never be read again. secure_delete overwrites it in the file.
func (db *DB) DropDataKey(ctx context.Context, id boon.Identifier) error {
	return wrap("drop data key", db.write(ctx, func(c *conn) error {
		_, err := c.exec("DELETE FROM data_keys WHERE owner = ?", batch.OwnerKey(id))
		return err
	}))
}
