package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"boon"
	"boon/ledger"
	"boon/redeem"
)

// AuditedBook is a book that can be read back whole.
type AuditedBook interface {
	redeem.Book
	redeem.CodeStore
	Verify(ctx context.Context, caps map[string]int64) ([]ledger.Finding, error)
	Journal(ctx context.Context) ([]boon.Entry, error)
	Balances(ctx context.Context) ([]ledger.Balance, error)
}

// Book exercises an implementation of redeem.Book; open makes an empty one. reference makes an empty book of the reference implementation, whose
// journals and balances must be the same for the same history.
func Book(t *testing.T, open, reference func(testing.TB) AuditedBook) {
	t.Run("a failed update leaves nothing", func(t *testing.T) { bookRollsBack(t, open(t)) })
	t.Run("a view cannot write", func(t *testing.T) { bookViewsOnly(t, open(t)) })
	t.Run("a panic stays with its caller", func(t *testing.T) { bookPanics(t, open(t)) })
	t.Run("100 places, 400 customers", func(t *testing.T) { BookRace(t, open(t)) })
	t.Run("a budget is never passed", func(t *testing.T) { bookBudget(t, open(t)) })
	t.Run("six decisions at once contact a person as often as the policy says", func(t *testing.T) { bookContacts(t, open) })
	t.Run("two codes an order, all or none", func(t *testing.T) { bookTogether(t, open(t)) })
	t.Run("held again within one update", func(t *testing.T) { bookHeldAgain(t, open(t)) })
	t.Run("pauses", func(t *testing.T) { bookPauses(t, open(t)) })
	t.Run("rulings", func(t *testing.T) { bookRulings(t, open(t)) })
	t.Run("one key, one answer", func(t *testing.T) { bookIdempotency(t, open(t)) })
	t.Run("a file of codes is stored whole or not at all", func(t *testing.T) { bookImports(t, open(t)) })
	t.Run("every code of a pool has one owner", func(t *testing.T) { bookBearers(t, open(t)) })
	t.Run("the same history makes the same books", func(t *testing.T) { bookHistory(t, open(t), reference(t)) })
	t.Run("random histories make the same sound books", func(t *testing.T) { bookWalk(t, open, reference) })
}

// MustVerify fails the test on every finding.
func MustVerify(t testing.TB, b AuditedBook) {
	t.Helper()
	findings, err := b.Verify(t.Context(), BookCaps())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Errorf("ledger: %s %s: %s", f.Rule, f.Subject, f.Detail)
	}
}

var errBook = errors.New("changed my mind")

func bookRollsBack(t *testing.T, b AuditedBook) {
	d := NewDesk()
	issue := func(tx redeem.Tx, id string) error {
		o, _ := d.Terms.Offer("", "five")
		_, err := d.Issue(tx, boon.Grant{ID: id, Owner: Shopper(1), Level: o.Reward.Levels[0]}, o, nil, Monday)
		return err
	}
	err := b.Update(t.Context(), func(tx redeem.Tx) error {
		if err := issue(tx, "grt_1"); err != nil {
			t.Error(err)
		}
		inner := tx.Try(func(tx redeem.Tx) error { return errors.Join(issue(tx, "grt_2"), errBook) })
		if _, found, _ := tx.Grant("grt_2"); found || !errors.Is(inner, errBook) {
			t.Errorf("after Try: found %v, err %v; want nothing and its error", found, inner)
		}
		return errBook
	})
	if !errors.Is(err, errBook) {
		t.Errorf("Update returned %v, want fn's error", err)
	}
	if entries, err := b.Journal(t.Context()); err != nil || len(entries) != 0 {
		t.Errorf("journal holds %d entries, err %v; want none", len(entries), err)
	}
	if err := b.Update(t.Context(), func(tx redeem.Tx) error { return issue(tx, "grt_1") }); err != nil {
		t.Errorf("the same again: %v", err)
	}
	MustVerify(t, b)
}

func bookViewsOnly(t *testing.T, b AuditedBook) {
	err := b.View(t.Context(), func(tx redeem.Tx) error {
		_, err := tx.Take(boon.Limit{Key: "x", Max: 5}, 1)
		return err
	})
	if err == nil {
		t.Error("a view took a place without an error")
	}
	err = b.View(t.Context(), func(tx redeem.Tx) error {
		if n, err := tx.Count("x"); n != 0 || err != nil {
			t.Errorf("count is %d, %v after a view; want 0", n, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func bookPanics(t *testing.T, b AuditedBook) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = b.Update(t.Context(), func(redeem.Tx) error { panic("mistake") })
	}()
	if err := b.Update(t.Context(), func(tx redeem.Tx) error { return tx.SetMark(0, 7) }); err != nil {
		t.Errorf("the next update: %v", err)
	}
}

// BookRace lets 400 customers redeem a code with 100 places at once. The budget would pay for all of them; the check for a free place and the
// condition of the counter hold them off, each by itself. With both comparisons taken out it fails: the book in memory redeems all 400 and Verify
// reports the cap, and SQLite's conditional UPDATE refuses the commit. Without the lock around Update the book in memory crashes.
func BookRace(t *testing.T, b AuditedBook) {
	const customers, places = 400, 100
	teller := &redeem.Teller{Book: b, Desk: NewDesk()}
	errs := make([]error, customers)
	var ready, done sync.WaitGroup
	barrier := make(chan struct{})
	for n := range customers {
		ready.Add(1)
		done.Go(func() {
			r := redeem.Request{Code: "WELCOME10", Owners: []boon.Identifier{Shopper(n)}, Cart: Basket(fmt.Sprintf("o%d", n), 999)}
			ready.Done()
			<-barrier
			_, errs[n] = teller.Redeem(t.Context(), redeem.OnceFor(fmt.Sprintf("key %d", n)), r, Monday)
		})
	}
	ready.Wait()
	close(barrier)
	done.Wait()
	redeemed, refused := 0, 0
	for _, err := range errs {
		switch {
		case err == nil:
			redeemed++
		case reason(err) == boon.ReasonCapTotal:
			refused++
		default:
			t.Errorf("refused with %v, want cap_total", err)
		}
	}
	if redeemed != places || refused != customers-places {
		t.Errorf("%d redeemed and %d refused, want %d and %d", redeemed, refused, places, customers-places)
	}
	MustVerify(t, b)
}

func reason(err error) boon.Reason {
	var refused *boon.Error
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

// bookBudget redeems uneven cents until a budget of 1,000.00 refuses, and holds that nothing passed it.
func bookBudget(t *testing.T, b AuditedBook) {
	teller := &redeem.Teller{Book: b, Desk: NewDesk()}
	var spent int64
	for n := 0; ; n++ {
		r := redeem.Request{Code: "UNEVEN", Owners: []boon.Identifier{Shopper(n)}, Cart: Basket(fmt.Sprintf("o%d", n), 1_001+int64(n)*7)}
		done, err := teller.Redeem(t.Context(), redeem.Once{}, r, Monday)
		if reason(err) == boon.ReasonBudgetExhausted {
			break
		}
		if err != nil || n > 1_000 {
			t.Fatalf("redemption %d: %v", n, err)
		}
		spent += done.Discount.Minor
	}
	if spent > 100_000 || spent <= 100_000-777 {
		t.Errorf("spent %d of 100000 with at most 777 a time: want within one redemption of the budget", spent)
	}
	if got := standing(t, b, "welcome", boon.AccountPromoExpense); got != spent {
		t.Errorf("the ledger spent %d, the customers got %d", got, spent)
	}
	MustVerify(t, b)
}

func standing(t testing.TB, b AuditedBook, budget string, kind boon.AccountKind) int64 {
	t.Helper()
	all, err := b.Balances(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if x.Account.Budget == budget && x.Account.Kind == kind {
			return x.Minor
		}
	}
	return 0
}

// bookHeldAgain reserves twice for one order in one update: the hold that ended and the one that took its place are stored together.
func bookHeldAgain(t *testing.T, b AuditedBook) {
	d := NewDesk()
	var last boon.Reservation
	err := b.Update(t.Context(), func(tx redeem.Tx) (err error) {
		for n := range 4 {
			r := redeem.Request{Code: "UNEVEN", Owners: []boon.Identifier{Shopper(1)}, Cart: Basket("o1", 1_000+int64(n))}
			if last, err = d.Reserve(tx, r, Monday); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = b.Update(t.Context(), func(tx redeem.Tx) error {
		held, found, err := tx.Holding(last.Grant)
		if !found || held.ID != last.ID {
			t.Errorf("held by %q, want the last %q", held.ID, last.ID)
		}
		_, again := d.Reserve(tx, redeem.Request{Code: "UNEVEN", Owners: []boon.Identifier{Shopper(1)}, Cart: Basket("o1", 900)}, Monday)
		return errors.Join(err, again)
	})
	if err != nil {
		t.Fatal(err)
	}
	MustVerify(t, b)
}

func bookIdempotency(t *testing.T, b AuditedBook) {
	teller := &redeem.Teller{Book: b, Desk: NewDesk()}
	r := redeem.Request{Code: "WELCOME10", Owners: []boon.Identifier{Shopper(1)}, Cart: Basket("o1", 5_000)}
	key := redeem.OnceFor("k1", []byte("body"))
	first, err := teller.Redeem(t.Context(), key, r, Monday)
	if err != nil {
		t.Fatal(err)
	}
	again, err := teller.Redeem(t.Context(), key, r, Monday.Add(time.Hour))
	if diff := cmp.Diff(first, again); diff != "" || err != nil {
		t.Errorf("the same key and body: %v %s", err, diff)
	}
	if _, err = teller.Redeem(t.Context(), redeem.OnceFor("k1", []byte("other")), r, Monday); reason(err) != boon.ReasonIdempotencyMismatch {
		t.Errorf("another body: %v, want idempotency_mismatch", err)
	}
	r.Cart.ID = "o2"
	refusal := redeem.OnceFor("k2", []byte("body 2"))
	_, want := teller.Redeem(t.Context(), refusal, r, Monday)
	if reason(want) != boon.ReasonAlreadyRedeemed {
		t.Errorf("a second redemption: %v, want already_redeemed", want)
	}
	if _, err = teller.Redeem(t.Context(), refusal, r, Monday); err == nil || err.Error() != want.Error() {
		t.Errorf("the refusal repeated: %v, want %v", err, want)
	}
	MustVerify(t, b)
}

// same compares journals and balances as JSON, so that times compare as instants.
func same(t testing.TB, got, want AuditedBook) {
	t.Helper()
	text := func(b AuditedBook) string {
		entries, err := b.Journal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		balances, err := b.Balances(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		out, err := json.MarshalIndent(map[string]any{"entries": entries, "balances": balances}, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if diff := cmp.Diff(text(want), text(got)); diff != "" {
		t.Errorf("books differ from the reference (-reference +got):\n%s", diff)
	}
}
