package pebblestore

import (
	"context"
	"errors"
	"fmt"

	"boon"

	"github.com/cockroachdb/pebble/v2"
)

// Read returns up to max entries of the partition behind a position, in order. Their MessageIDs are empty: they are not stored.
func (db *DB) Read(ctx context.Context, partition uint32, after boon.Position, max int) ([]boon.LogEntry, error) {
	if err := db.use(); err != nil {
		return nil, err
	}
	defer db.done()
	last := db.Last(partition)
	if max <= 0 || after >= last {
		return nil, ctx.Err()
	}
	it, err := db.logIter(partition, after, last)
	if err != nil {
		return nil, err
	}
	entries, err := collect(ctx, it, partition, min(max, int(last-after)))
	if err := errors.Join(err, it.Close()); err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	return entries, nil
}

// logIter goes over the positions behind after, up to and with last.
func (db *DB) logIter(partition uint32, after, last boon.Position) (*pebble.Iterator, error) {
	it, err := db.pebble.NewIter(&pebble.IterOptions{
		LowerBound: append(logKey(nil, partition, after), 0),
		UpperBound: append(logKey(nil, partition, last), 0),
	})
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return it, nil
}

func collect(ctx context.Context, it *pebble.Iterator, partition uint32, max int) ([]boon.LogEntry, error) {
	entries := make([]boon.LogEntry, 0, max)
	for ok := it.First(); ok && len(entries) < max; ok = it.Next() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		position := logPosition(it.Key())
		e, err := decodeEntry(it.Value())
		if err != nil {
			return nil, fmt.Errorf("partition %d, position %d: %w", partition, position, err)
		}
		e.Partition, e.Position = partition, position
		entries = append(entries, e)
	}
	return entries, nil
}
