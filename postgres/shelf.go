package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"boon"
)

// PutShelf stores what a feed changes of the catalogue, and says the place of the last of it. known is the place up to which the caller has read: where
// another process has stored something since, nothing is stored, and the caller reads that first.
func (db *DB) PutShelf(ctx context.Context, known int64, writes []boon.Write) (last int64, stored bool, err error) {
	keys, values := latest(writes)
	err = db.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lock, "shelf"); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, lastShelved).Scan(&last); err != nil || last > known {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO shelf (key, value, seq) SELECT k, v, $3 + n FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS t (k, v, n)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value, seq = excluded.seq`, keys, values, known)
		if err != nil {
			return err
		}
		last, stored = known+int64(len(keys)), true
		return announce(ctx, tx)
	})
	return last, stored && err == nil, wrap("put shelf", err)
}

const lastShelved = "SELECT coalesce(max(seq), 0) FROM shelf"

// latest are the keys that are written, each once, with what is written last.
func latest(writes []boon.Write) (keys, values [][]byte) {
	at := map[string]int{}
	for _, w := range writes {
		i, known := at[string(w.Key)]
		if !known {
			at[string(w.Key)] = len(keys)
			keys, values = append(keys, w.Key), append(values, w.Value)
			continue
		}
		values[i] = w.Value
	}
	return keys, values
}

// Shelf reads what was changed after a place, in order, at most max, and the place of the last of it; of what changed twice only the latest is there.
func (db *DB) Shelf(ctx context.Context, after int64, max int) (writes []boon.Write, last int64, err error) {
	last = after
	err = db.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT key, value, seq FROM shelf WHERE seq > $1 ORDER BY seq LIMIT $2", after, max)
		if err != nil {
			return err
		}
		writes, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (w boon.Write, err error) {
			err = row.Scan(&w.Key, &w.Value, &last)
			return w, err
		})
		return err
	})
	return writes, last, wrap("read shelf", err)
}
