package pebblestore

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// filterBytes is ten bits for each of 13 million messages. Beyond that more lookups go to the database, nothing else changes. Trimmed messages stay in
// the filter until the next start.
const filterBytes = 16 << 20

// loadFilter adds what was stored before; the committer adds what comes meanwhile. An error leaves the filter unloaded: appends look everything up.
func (db *DB) loadFilter() {
	defer db.done()
	it, err := db.pebble.NewIter(&pebble.IterOptions{LowerBound: []byte{prefixMessage}, UpperBound: []byte{prefixMessage + 1}})
	if err != nil {
		db.failed.Errorf("load filter: %v", err)
		return
	}
	if err := db.fillFilter(it); err != nil {
		db.failed.Errorf("load filter: %v", err)
	}
}

func (db *DB) fillFilter(it *pebble.Iterator) error {
	for ok := it.First(); ok; ok = it.Next() {
		select {
		case <-db.closing:
			return it.Close()
		default:
		}
		if key := it.Key(); len(key) == 1+len(messageHash{}) {
			db.filter.Add(messageHash(key[1:]))
		}
	}
	if err := it.Close(); err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	db.filter.Complete()
	return nil
}
