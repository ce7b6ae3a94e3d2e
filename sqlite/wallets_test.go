package sqlite_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"boon"
	"boon/redeem"
	"boon/sqlite"
)

func owner(n int) boon.Identifier {
	return boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{byte(n), 1}}
}

// Whoever hears that a grant was issued sees it, however many readers keep the wallet at hand meanwhile. Taking out drop makes it fail.
func TestAWalletIsNeverOlderThanItsLastCommit(t *testing.T) {
	db, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				_, _ = db.Owned(ctx, []boon.Identifier{owner(1), owner(2)})
			}
		})
	}
	for n := range 60 {
		g := boon.Grant{ID: fmt.Sprintf("grt_%d", n), Offer: "o", Owner: owner(1 + n%2), State: boon.StateIssued}
		if err := db.Update(ctx, func(tx redeem.Tx) error {
			_, err := tx.Insert(g)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		held, err := db.Owned(ctx, []boon.Identifier{g.Owner})
		if err != nil {
			t.Fatal(err)
		}
		if len(held) != 1+n/2 {
			t.Fatalf("after grant %d the wallet holds %d, want %d", n, len(held), 1+n/2)
		}
	}
	stop()
	readers.Wait()
}

// Who had a grant before a restart has it after, and who never had one is not looked up. Taking out loadOwners or own makes it fail.
func TestOwnersAreKnownAfterARestart(t *testing.T) {
	dir := t.TempDir()
	issue := func(db *sqlite.DB, n int) {
		t.Helper()
		if err := db.Update(t.Context(), func(tx redeem.Tx) error {
			_, err := tx.Insert(boon.Grant{ID: fmt.Sprintf("grt_%d", n), Offer: "o", Owner: owner(n), State: boon.StateIssued})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	db := open(t, dir)
	issue(db, 1)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir)
	<-db.OwnersKnown()
	issue(db, 2)
	for n, want := range []int{0, 1, 1} {
		held, err := db.Owned(t.Context(), []boon.Identifier{owner(n)})
		if err != nil || len(held) != want || db.NeverOwned(owner(n)) != (want == 0) {
			t.Errorf("owner %d holds %d grants and is looked up: %v; want %d (%v)", n, len(held), !db.NeverOwned(owner(n)), want, err)
		}
	}
}
