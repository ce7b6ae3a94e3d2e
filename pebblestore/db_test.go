package pebblestore

import (
	"testing"

	"boon/conformance"
)

func open(t testing.TB, dir string, options Options) *DB {
	t.Helper()
	db, err := Open(dir, options)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestStore(t *testing.T) {
	t.Run("cache", func(t *testing.T) {
		conformance.RunStore(t, func(t testing.TB, dir string, partitions int) conformance.Store {
			return open(t, dir, Options{Partitions: uint32(partitions)})
		})
	})
	t.Run("no cache", func(t *testing.T) {
		conformance.RunStore(t, func(t testing.TB, dir string, partitions int) conformance.Store {
			return open(t, dir, Options{Partitions: uint32(partitions), HotBytes: -1})
		})
	})
}
