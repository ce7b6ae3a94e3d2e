package pebblestore

import (
	"context"
	"errors"
	"fmt"

	"boon"

	"github.com/cockroachdb/pebble/v2"
)

// Commit applies the writes as one. Durable: it returns once they are on disk; else a power cut may lose them (not a part of them), and whatever
// durable write comes after them makes them durable too.
func (db *DB) Commit(ctx context.Context, writes []boon.Write, durable bool) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if err := db.use(); err != nil {
		return err
	}
	defer db.done()
	batch := db.pebble.NewBatch()
	stage(batch, writes)
	sync := pebble.NoSync
	if durable {
		sync = pebble.Sync
	}
	if err := db.apply(batch, sync); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// stage adds the writes to the batch, which cannot fail: a batch is memory until it is committed.
func stage(batch *pebble.Batch, writes []boon.Write) {
	var key []byte
	for _, w := range writes {
		key = userKey(key, w.Key)
		if w.Value == nil {
			_ = batch.Delete(key, nil)
			continue
		}
		_ = batch.Set(key, w.Value, nil)
	}
}

func (db *DB) apply(batch *pebble.Batch, sync *pebble.WriteOptions) error {
	if err := db.failed.guard(func() error { return batch.Commit(sync) }); err != nil {
		return err
	}
	return batch.Close()
}

// Get is the value of a key, nil when it is absent.
func (db *DB) Get(ctx context.Context, key []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	if err := db.use(); err != nil {
		return nil, err
	}
	defer db.done()
	value, err := db.get(userKey(nil, key))
	if err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	return value, nil
}

// get copies what Pebble holds under its own key.
func (db *DB) get(key []byte) ([]byte, error) {
	value, closer, err := db.pebble.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return clone(value), closer.Close()
}

func (db *DB) message(key []byte) (position boon.Position, found bool, err error) {
	value, closer, err := db.pebble.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	_, position, err = decodeMessage(value)
	return position, true, errors.Join(err, closer.Close())
}

// Scan calls fn for every key that starts with prefix and is not below from, ascending, as they stood when Scan began, until fn returns false. fn
// may call the store; its slices are valid until it returns.
func (db *DB) Scan(ctx context.Context, prefix, from []byte, fn func(key, value []byte) bool) error {
	if err := db.use(); err != nil {
		return err
	}
	defer db.done()
	lower := userKey(nil, prefix)
	upper := after(lower)
	if start := userKey(nil, from); string(start) > string(lower) {
		lower = start
	}
	it, err := db.pebble.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return fmt.Errorf("scan: %w", err)
	}
	for ok := it.First(); ok && ctx.Err() == nil; ok = it.Next() {
		if !fn(it.Key()[1:], it.Value()) {
			break
		}
	}
	if err := errors.Join(ctx.Err(), it.Close()); err != nil {
		return fmt.Errorf("scan: %w", err)
	}
	return nil
}

// clone is never nil: an empty value is not an absent one.
func clone(value []byte) []byte { return append(make([]byte, 0, len(value)), value...) }
