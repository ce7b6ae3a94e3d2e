package sqlite_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"boon"
	"boon/conformance"
	"boon/ingest"
	"boon/redeem"
	"boon/sqlite"
)

var background = context.Background()

func TestReleases(t *testing.T) {
	db, ctx := open(t, t.TempDir()), t.Context()
	if id, source, err := db.ActiveRelease(ctx); id != "" || source != nil || err != nil {
		t.Errorf("before any: %q %q %v", id, source, err)
	}
	for n, active := range []bool{true, false, true} {
		id := fmt.Sprint("rel_", n)
		if err := db.PutRelease(ctx, id, conformance.Monday.Add(time.Duration(n)*time.Hour), "ada", []byte("source of "+id), active); err != nil {
			t.Fatal(err)
		}
	}
	if id, source, err := db.ActiveRelease(ctx); id != "rel_2" || string(source) != "source of rel_2" || err != nil {
		t.Errorf("active: %q %q %v", id, source, err)
	}
	if err := db.PutRelease(ctx, "rel_0", conformance.Monday, "bob", []byte("forged"), true); err != nil {
		t.Fatal(err)
	}
	if id, source, err := db.ActiveRelease(ctx); id != "rel_0" || string(source) != "source of rel_0" || err != nil {
		t.Errorf("rolled back: %q %q %v; want the first source", id, source, err)
	}
	list, err := db.Releases(ctx, 2)
	if err != nil || len(list) != 2 || list[0].ID != "rel_2" {
		t.Errorf("list: %+v %v, want the two newest first", list, err)
	}
}

func TestAuditKeepsOrder(t *testing.T) {
	db, ctx := open(t, t.TempDir()), t.Context()
	for n := range 5 {
		if err := db.Audit(ctx, conformance.Monday, "ada", "publish", fmt.Sprint("rel_", n), []byte{byte(n)}); err != nil {
			t.Fatal(err)
		}
	}
	first, err := db.AuditLog(ctx, 0, 2)
	if err != nil || len(first) != 2 {
		t.Fatal(first, err)
	}
	rest, err := db.AuditLog(ctx, first[1].Seq, 10)
	if err != nil || len(rest) != 3 || rest[0].Subject != "rel_2" || rest[2].Detail[0] != 4 {
		t.Errorf("after the second: %+v %v", rest, err)
	}
}

// Two callers that make the same person's key at once must seal with the same one, else what the loser sealed is lost.
func TestFirstDataKeyWins(t *testing.T) {
	db, ctx := open(t, t.TempDir()), t.Context()
	ids := []boon.Identifier{conformance.Shopper(1), conformance.Shopper(2)}
	got := make([]map[boon.Identifier][]byte, 16)
	var all sync.WaitGroup
	for n := range got {
		all.Go(func() {
			keys, err := db.DataKeys(ctx, ids, func(boon.Identifier) []byte { return []byte{byte(n)} })
			if err != nil {
				t.Error(err)
			}
			got[n] = keys
		})
	}
	all.Wait()
	for _, keys := range got {
		if diff := cmp.Diff(got[0], keys); diff != "" || len(keys) != 2 {
			t.Errorf("callers disagree: %s", diff)
		}
	}
	if err := db.DropDataKey(ctx, ids[0]); err != nil {
		t.Fatal(err)
	}
	keys, err := db.DataKeys(ctx, ids, func(boon.Identifier) []byte { return []byte("new") })
	if err != nil || string(keys[ids[0]]) != "new" || string(keys[ids[1]]) == "new" {
		t.Errorf("after the drop: %q %v, want a new key for the first only", keys, err)
	}
}

func TestVaultAndAccess(t *testing.T) {
	db, ctx := open(t, t.TempDir()), t.Context()
	owner, at := conformance.Shopper(1), conformance.Monday
	contacts := []ingest.SealedContact{{Owner: owner, Field: "email", Sealed: []byte("new"), At: at}, {Owner: owner, Field: "phone", Sealed: []byte("p"), At: at}, {Owner: owner, Field: "email", Sealed: []byte("old"), At: at.Add(-time.Hour)}}
	if err := db.PutContacts(ctx, contacts); err != nil {
		t.Fatal(err)
	}
	got, err := db.Contacts(ctx, owner)
	if diff := cmp.Diff(contacts[:2], got); diff != "" || err != nil {
		t.Errorf("contacts: %v %s", err, diff)
	}
	if err := db.PutAccessKey(ctx, []byte("hash"), []string{"ingest", "decide"}, "shop", at); err != nil {
		t.Fatal(err)
	}
	scopes, name, found, err := db.AccessKey(ctx, []byte("hash"))
	if diff := cmp.Diff([]string{"ingest", "decide"}, scopes); diff != "" || name != "shop" || !found || err != nil {
		t.Errorf("access key: %v %v %v %s", name, found, err, diff)
	}
	if _, _, found, err := db.AccessKey(ctx, []byte("other")); found || err != nil {
		t.Errorf("unknown key: %v %v", found, err)
	}
	if n, err := db.AccessKeys(ctx); n != 1 || err != nil {
		t.Errorf("%d keys, %v", n, err)
	}
}

func TestSummaries(t *testing.T) {
	db, ctx := open(t, t.TempDir()), t.Context()
	teller := &redeem.Teller{Book: db, Desk: conformance.NewDesk()}
	var first redeem.Redeemed
	for n := range 5 {
		r := redeem.Request{Code: "WELCOME10", Owners: []boon.Identifier{conformance.Shopper(n)}, Cart: conformance.Basket(fmt.Sprint("o", n), 5_000)}
		done, err := teller.Redeem(ctx, redeem.Once{}, r, conformance.Monday)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			first = done
		}
	}
	if _, err := teller.Reverse(ctx, redeem.Once{}, first.ID, redeem.ReversalBody{Reason: "return"}, conformance.Monday); err != nil {
		t.Fatal(err)
	}
	counts, err := db.GrantCounts(ctx)
	if err != nil || counts.State[boon.StateRedeemed] != 4 || counts.State[boon.StateReversed] != 1 || counts.Transition["issue"] != 5 || counts.Transition["redeem"] != 5 {
		t.Errorf("counts: %+v %v", counts, err)
	}
	page, err := db.Grants(ctx, 0, 3)
	if err != nil || len(page.Items) != 3 || page.After == 0 {
		t.Fatalf("first page: %+v %v", page, err)
	}
	if page, err = db.Grants(ctx, page.After, 3); err != nil || len(page.Items) != 2 || page.After != 0 {
		t.Errorf("second page: %+v %v", page, err)
	}
}

func TestCancelledCallerIsSureThatNothingHappened(t *testing.T) {
	db := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	started, release := make(chan struct{}), make(chan struct{})
	go func() {
		_ = db.Update(background, func(redeem.Tx) error { close(started); <-release; return nil })
	}()
	<-started
	cancel()
	err := db.Update(ctx, func(tx redeem.Tx) error { return tx.SetMark(0, 9) })
	close(release)
	if err == nil {
		t.Error("want the context's error")
	}
	err = db.View(t.Context(), func(tx redeem.Tx) error {
		if at, err := tx.Mark(0); at != 0 || err != nil {
			t.Errorf("mark is %d, %v; want 0", at, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	db, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
