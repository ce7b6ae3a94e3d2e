package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"boon"
	"boon/redeem"
	"boon/sqlite"
)

// book posts n entries of 1 each, of which the last moves the mark to n.
func book(t *testing.T, db *sqlite.DB, from, to int) {
	t.Helper()
	for n := from; n <= to; n++ {
		err := db.Update(t.Context(), func(tx redeem.Tx) error {
			a := boon.Account{Budget: "b", Currency: "USD", Kind: boon.AccountFunding}
			b := boon.Account{Budget: "b", Currency: "USD", Kind: boon.AccountAvailable}
			if err := tx.Post(boon.Entry{ID: fmt.Sprint("e", n), Transition: "fund", Postings: []boon.Posting{{Account: a, Minor: -1}, {Account: b, Minor: 1}}}); err != nil {
				return err
			}
			return tx.SetMark(0, boon.Position(n))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A copy shows one commit, whatever is written while it is taken, and opens as a database of its own.
func TestSnapshotIsOneCommit(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	db, err := sqlite.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	book(t, db, 1, 20)
	s, err := db.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	book(t, db, 21, 40)
	path := filepath.Join(other, "ledger.db")
	if err := s.Copy(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := sqlite.Inspect(path)
	if err != nil || got.Mark != 20 || got.Entries != 20 || got.Schema == 0 {
		t.Fatalf("the copy holds %+v (%v), want 20 entries", got, err)
	}
	if len(got.Totals) != 2 || got.Totals[0] != (sqlite.Total{Kind: boon.AccountAvailable, Currency: "USD", Minor: 20}) {
		t.Errorf("totals %+v", got.Totals)
	}
	again, err := sqlite.Open(other)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	book(t, again, 21, 22)
	if findings, err := again.Verify(t.Context(), nil); err != nil || len(findings) > 0 {
		t.Errorf("%v %v", findings, err)
	}
}

func TestSnapshotCanBeStopped(t *testing.T) {
	db, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := db.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	path := filepath.Join(t.TempDir(), "with % and ?", "x.db")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Copy(ctx, path); err == nil {
		t.Error("copied although nobody waits")
	}
	if err := s.Copy(t.Context(), path); err != nil {
		t.Errorf("a second attempt: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
