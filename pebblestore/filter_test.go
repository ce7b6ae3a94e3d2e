package pebblestore

import (
	"fmt"
	"testing"
	"time"

	"boon"
)

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
	<-db.filter.Loaded()
	for i := range 100 {
		got, err := db.Append(t.Context(), []boon.LogEntry{{MessageID: fmt.Sprint(i)}}, time.Unix(0, 0), nil)
		if want := (boon.Appended{Position: boon.Position(i + 1), Duplicate: i < 50}); err != nil || got[0] != want {
			t.Fatalf("message %d: %v, want %v (%v)", i, got, want, err)
		}
	}
}
