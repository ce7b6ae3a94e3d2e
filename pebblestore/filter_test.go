package pebblestore

import (
	"fmt"
	"testing"
	"time"

	"boon"
)

func TestFilter(t *testing.T) {
	const keys = 10_000
	f := newFilter(keys * 10 / 8 / 64 * 64)
	add := func(i int) { f.add(hashMessage(fmt.Sprint("known", i))) }
	add(0)
	if f.isNew(hashMessage("new")) {
		t.Error("a filter that is not loaded knows better")
	}
	close(f.loaded)
	mistaken := 0
	for i := range keys {
		add(i)
	}
	for i := range keys {
		if f.isNew(hashMessage(fmt.Sprint("known", i))) {
			t.Fatalf("message %d was added and is new", i)
		}
		if !f.isNew(hashMessage(fmt.Sprint("new", i))) {
			mistaken++
		}
	}
	if mistaken > keys/25 {
		t.Errorf("%d of %d new messages are taken for known, want at most 4%%", mistaken, keys)
	}
}

// TestFilterAfterReopening waits for the filter, so that it and not a lookup answers.
func TestFilterAfterReopening(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir, Options{})
	for i := range 50 {
		appendOne(t, db, fmt.Sprint(i))
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir, Options{})
	defer db.Close()
	<-db.filter.loaded
	for i := range 100 {
		got, err := db.Append(t.Context(), []boon.LogEntry{{MessageID: fmt.Sprint(i)}}, time.Unix(0, 0), nil)
		if want := (boon.Appended{Position: boon.Position(i + 1), Duplicate: i < 50}); err != nil || got[0] != want {
			t.Fatalf("message %d: %v, want %v (%v)", i, got, want, err)
		}
	}
}
