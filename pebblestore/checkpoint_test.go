package pebblestore_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"boon"
	"boon/pebblestore"
)

// A checkpoint opens as a store that has all that had returned before it, durable or not, and nothing of what came after.
func TestCheckpointHasWhatHadReturned(t *testing.T) {
	dir := t.TempDir()
	db, err := pebblestore.Open(filepath.Join(dir, "a"), pebblestore.Options{Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	put := func(n int, durable bool) {
		if err := db.Commit(t.Context(), []boon.Write{{Key: fmt.Append(nil, n), Value: []byte("x")}}, durable); err != nil {
			t.Fatal(err)
		}
	}
	put(1, true)
	if err := db.Flush(); err != nil {
		t.Fatal(err)
	}
	put(2, true)
	put(3, false)
	copied := filepath.Join(dir, "b")
	if err := db.Checkpoint(copied); err != nil {
		t.Fatal(err)
	}
	put(4, true)
	if err := db.Checkpoint(copied); err == nil {
		t.Error("a checkpoint went over another")
	}
	again, err := pebblestore.Open(copied, pebblestore.Options{Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for n, want := range []bool{1: true, 2: true, 3: true, 4: false} {
		if value, err := again.Get(t.Context(), fmt.Append(nil, n)); n > 0 && (err != nil || (value != nil) != want) {
			t.Errorf("write %d is there: %v, want %v (%v)", n, value != nil, want, err)
		}
	}
}
