package pebblestore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"boon"
	"boon/internal/wire"

	"github.com/cockroachdb/pebble/v2"
)

// trimBytes bounds one batch of deletions.
const trimBytes = 4 << 20

// Trim removes the log entries that were received before entriesBefore, and the MessageIDs of days that ended by messagesBefore: a message is
// recognised at least that far back. A zero time removes nothing. It may be repeated after an error.
func (db *DB) Trim(ctx context.Context, entriesBefore, messagesBefore time.Time) error {
	if err := db.use(); err != nil {
		return err
	}
	defer db.done()
	for p := range db.last {
		if err := db.trimLog(ctx, uint32(p), entriesBefore); err != nil {
			return fmt.Errorf("trim log: %w", err)
		}
	}
	if err := db.trimMessages(ctx, messagesBefore); err != nil {
		return fmt.Errorf("trim messages: %w", err)
	}
	return nil
}

// trimLog notes the highest position first, so that an emptied partition does not give its positions again.
func (db *DB) trimLog(ctx context.Context, partition uint32, before time.Time) error {
	last := db.Last(partition)
	if before.IsZero() || last == 0 {
		return nil
	}
	it, err := db.logIter(partition, 0, last)
	if err != nil {
		return err
	}
	mark := boon.Write{Key: trimmedKey(partition), Value: binary.BigEndian.AppendUint64(nil, uint64(last))}
	return db.trim(ctx, it, &mark, func(value []byte) (bool, error) {
		received, err := receivedOf(value)
		return received.Before(before), err
	})
}

func (db *DB) trimMessages(ctx context.Context, before time.Time) error {
	if before.IsZero() {
		return nil
	}
	it, err := db.pebble.NewIter(&pebble.IterOptions{LowerBound: []byte{prefixMessage}, UpperBound: []byte{prefixMessage + 1}})
	if err != nil {
		return err
	}
	first := dayOf(before)
	return db.trim(ctx, it, nil, func(value []byte) (bool, error) {
		day, _, err := decodeMessage(value)
		return day < first, err
	})
}

func receivedOf(value []byte) (time.Time, error) {
	r := wire.NewReader(value)
	r.Raw(1 + 1 + len(boon.Identifier{}.Hash))
	return r.Time(), r.Err()
}

// trim deletes what old says, a batch at a time.
func (db *DB) trim(ctx context.Context, it *pebble.Iterator, mark *boon.Write, old func(value []byte) (bool, error)) error {
	batch := db.pebble.NewBatch()
	if mark != nil {
		_ = batch.Set(mark.Key, mark.Value, nil)
	}
	for ok := it.First(); ok; ok = it.Next() {
		gone, err := old(it.Value())
		if err := errors.Join(err, ctx.Err()); err != nil {
			return errors.Join(err, batch.Close(), it.Close())
		}
		if gone {
			_ = batch.Delete(it.Key(), nil)
		}
		if batch.Len() < trimBytes {
			continue
		}
		if err := db.apply(batch, pebble.NoSync); err != nil {
			return errors.Join(err, it.Close())
		}
		batch = db.pebble.NewBatch()
	}
	return errors.Join(it.Close(), db.apply(batch, pebble.Sync))
}
