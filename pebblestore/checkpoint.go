package pebblestore

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Flush writes what is in memory into tables, so that a Checkpoint that follows has little left to copy.
func (db *DB) Flush() error {
	if err := db.use(); err != nil {
		return err
	}
	defer db.done()
	if err := db.failed.guard(db.pebble.Flush); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	return nil
}

// Checkpoint makes dir, which must not exist, a folder that Open opens: the log and the state as they stand, with every write that has returned, durable or
// not. Tables are linked, not copied, where dir is on the same file system; calls go on meanwhile, and are in it or not.
func (db *DB) Checkpoint(dir string) error {
	if err := db.use(); err != nil {
		return err
	}
	defer db.done()
	if err := db.failed.guard(func() error { return db.pebble.Checkpoint(dir, pebble.WithFlushedWAL()) }); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}
