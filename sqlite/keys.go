package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"boon"
	"boon/redeem/batch"
)

// DataKeys returns the wrapped key of every identifier and makes those that are missing with fresh; where fresh is nil or gives nil the key stays
// out. A key is durable before it is returned; of two callers the first one's key counts for both.
func (db *DB) DataKeys(ctx context.Context, ids []boon.Identifier, fresh func(boon.Identifier) []byte) (map[boon.Identifier][]byte, error) {
	keys := make(map[boon.Identifier][]byte, len(ids))
	err := db.borrow(ctx, func(c *conn) error { return c.dataKeys(ids, keys) }) // no snapshot: each key stands for itself
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

// keysAtOnce is how many keys a statement asks for at most.
const keysAtOnce = 32

// dataKeys asks for many keys by few statements: of a statement for one, most of the time is spent around it.
func (c *conn) dataKeys(ids []boon.Identifier, into map[boon.Identifier][]byte) error {
	for some := range slices.Chunk(ids, keysAtOnce) {
		asked := make([]any, 1<<bits.Len(uint(len(some)-1))) // powers of two, so that few statements are prepared; NULL is nobody's
		for i, id := range some {
			asked[i] = batch.OwnerKey(id)
		}
		err := c.each(keysQueries[len(asked)], asked, func(rows *sql.Rows) error {
			var i int
			var wrapped []byte
			err := rows.Scan(&i, &wrapped)
			into[some[i]] = wrapped
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keysQueries are by the number of keys that they ask for.
var keysQueries = map[int]string{1: keysQuery(1), 2: keysQuery(2), 4: keysQuery(4), 8: keysQuery(8), 16: keysQuery(16), 32: keysQuery(32)}

func keysQuery(n int) string {
	asked := make([]string, n)
	for i := range asked {
		asked[i] = fmt.Sprintf("(%d, ?)", i)
	}
	return "SELECT column1, wrapped FROM (VALUES " + strings.Join(asked, ", ") + ") CROSS JOIN data_keys ON owner = column2"
}

// DropDataKey destroys a key: what it sealed can never be read again. secure_delete overwrites it in the file.
func (db *DB) DropDataKey(ctx context.Context, id boon.Identifier) error {
	return wrap("drop data key", db.write(ctx, func(c *conn) error {
		_, err := c.exec("DELETE FROM data_keys WHERE owner = ?", batch.OwnerKey(id))
		return err
	}))
}
