package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"boon"
	"boon/redeem"
	"boon/sqlite"
)

func owner(n int) boon.Identifier {
	return boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{byte(n), 1}}
}

// Whoever hears that a grant was issued sees it, however many readers keep the wallet at hand meanwhile. Taking out follow makes it fail.
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

// A wallet at hand is what the database holds, in its order, whatever was issued, changed and refused before; the writer reads it too.
func TestAWalletAtHandIsTheOneStored(t *testing.T) {
	db := open(t, t.TempDir())
	<-db.OwnersKnown()
	r := rand.New(rand.NewPCG(1, 2))
	began := time.Date(2026, 3, 1, 8, 0, 0, 0, time.FixedZone("", 3600))
	for n := range 300 {
		who := owner(r.IntN(5))
		err := db.Update(t.Context(), func(tx redeem.Tx) error { return step(tx, r, who, n, began) })
		if err != nil && !errors.Is(err, errRefused) {
			t.Fatal(err)
		}
		held, err := db.Owned(t.Context(), []boon.Identifier{who})
		if err != nil {
			t.Fatal(err)
		}
		if stored := storedGrants(t, db, who); !reflect.DeepEqual(held, stored) {
			t.Fatalf("after step %d the wallet at hand is\n%v\nand the one stored\n%v", n, held, stored)
		}
	}
}

var errRefused = errors.New("refused")

// step issues a grant that may be older than others, or uses one up, as the writer finds it; one in five is refused after that.
func step(tx redeem.Tx, r *rand.Rand, who boon.Identifier, n int, began time.Time) error {
	held, err := tx.Owned([]boon.Identifier{who})
	if err != nil {
		return err
	}
	if at := r.IntN(2 * (len(held) + 1)); at < len(held) {
		g, from := held[at], held[at].State
		g.Uses++
		g.State = boon.StateSaved
		_, err = tx.Change(g, from)
	} else {
		g := boon.Grant{ID: fmt.Sprintf("grt_%03d", n), Offer: "o", Owner: who, State: boon.StateIssued, IssuedAt: began.Add(time.Duration(r.IntN(100)) * time.Hour)}
		_, err = tx.Insert(g)
	}
	if err == nil && r.IntN(5) == 0 {
		return errRefused
	}
	return err
}

// storedGrants reads past what is at hand.
func storedGrants(t *testing.T, db *sqlite.DB, who boon.Identifier) (grants []boon.Grant) {
	t.Helper()
	err := db.View(t.Context(), func(tx redeem.Tx) (err error) {
		grants, err = tx.Owned([]boon.Identifier{who})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return grants
}

// Who gets a first grant needs no lookup from then on.
func TestAFirstGrantIsAtHand(t *testing.T) {
	db := open(t, t.TempDir())
	<-db.OwnersKnown()
	err := db.Update(t.Context(), func(tx redeem.Tx) error {
		_, err := tx.Insert(boon.Grant{ID: "grt_1", Offer: "o", Owner: owner(1), State: boon.StateIssued})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !db.AtHand(owner(1)) || db.NeverOwned(owner(1)) {
		t.Error("the wallet is looked up")
	}
}
