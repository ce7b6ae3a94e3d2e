package sqlite_test

import (
	"context"
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"boon"
	"boon/conformance"
	"boon/redeem"
	"boon/sqlite"
)

var background = context.Background()

func TestRecord(t *testing.T) {
	conformance.RunRecord(t, func(t testing.TB) conformance.Record { return open(t, t.TempDir()) })
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
