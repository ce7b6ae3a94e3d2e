package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"

	"boon"
	"boon/redeem"
	"boon/sqlite"
)

// A page limit is a disk that is full: the write is refused as unavailable, and the book serves on.
func TestAFullDiskIsUnavailable(t *testing.T) {
	dir := t.TempDir()
	db, err := sqlite.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := sqlite.LimitPages(db, 1); err != nil {
		t.Fatalf("%s: %v", filepath.Base(dir), err)
	}
	big := make([]byte, 1<<20)
	err = db.PutSetting(t.Context(), "big", big)
	if !errors.Is(err, boon.Refusal(boon.ReasonUnavailable)) {
		t.Fatalf("a full disk gives %v", err)
	}
	if err := db.View(t.Context(), func(redeem.Tx) error { return nil }); err != nil {
		t.Fatalf("reading after it: %v", err)
	}
}
