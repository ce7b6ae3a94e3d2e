package conformance

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"boon"
	"boon/redeem"
)

// BookShared holds several processes' books on one database to what holds for one; open makes a database and returns a handle of each process.
//
// What it needs to fail, tried on PostgreSQL. Without the lock places and cents fail, by calls that hear unavailable, and no money is wrong: the clock, the
// bounds or the unique places refuse the second batch; the part of the one key passes. Without the clock's condition and the bounds nothing fails, since the lock alone is enough.
// Without the lock, the conditions and the unique places of entries, grants and batches 199 customers redeem 100 places and the chain is broken; the
// bounds put back alone hold the caps again.
func BookShared(t *testing.T, open func(testing.TB) []AuditedBook) {
	t.Run("100 places, 400 customers", func(t *testing.T) { sharedPlaces(t, open(t)) })
	t.Run("a budget of uneven cents", func(t *testing.T) { sharedBudget(t, open(t)) })
	t.Run("one key, one answer", func(t *testing.T) { sharedKeys(t, open(t)) })
}

// race lets customers call at once, each at the teller of one of the processes, and returns what each got.
func race[A any](t *testing.T, books []AuditedBook, customers int, call func(teller *redeem.Teller, n int) (A, error)) ([]A, []error) {
	tellers := make([]*redeem.Teller, len(books))
	for i, b := range books {
		tellers[i] = &redeem.Teller{Book: b, Desk: NewDesk()}
	}
	answers, errs := make([]A, customers), make([]error, customers)
	var ready, done sync.WaitGroup
	barrier := make(chan struct{})
	for n := range customers {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-barrier
			answers[n], errs[n] = call(tellers[n%len(tellers)], n)
		})
	}
	ready.Wait()
	close(barrier)
	done.Wait()
	for _, b := range books {
		MustVerify(t, b)
	}
	return answers, errs
}

// outcomes counts successes and refusals; any other error, and any other refusal, fails the test.
func outcomes(t *testing.T, errs []error, refusal boon.Reason) (done, refused int) {
	t.Helper()
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case reason(err) == refusal:
			refused++
		default:
			t.Errorf("refused with %v, want %s", err, refusal)
		}
	}
	return done, refused
}

func sharedPlaces(t *testing.T, books []AuditedBook) {
	_, errs := race(t, books, 400, func(teller *redeem.Teller, n int) (redeem.Redeemed, error) {
		r := redeem.Request{Code: "WELCOME10", Owners: []boon.Identifier{Shopper(n)}, Cart: Basket(fmt.Sprintf("o%d", n), 999)}
		return teller.Redeem(t.Context(), redeem.OnceFor(fmt.Sprintf("key %d", n)), r, Monday)
	})
	if done, refused := outcomes(t, errs, boon.ReasonCapTotal); done != 100 || refused != 300 {
		t.Errorf("%d redeemed and %d refused, want 100 and 300", done, refused)
	}
}

func sharedBudget(t *testing.T, books []AuditedBook) {
	answers, errs := race(t, books, 400, func(teller *redeem.Teller, n int) (redeem.Redeemed, error) {
		r := redeem.Request{Code: "UNEVEN", Owners: []boon.Identifier{Shopper(n)}, Cart: Basket(fmt.Sprintf("o%d", n), 1_001+int64(n)*7)}
		return teller.Redeem(t.Context(), redeem.OnceFor(fmt.Sprintf("key %d", n)), r, Monday)
	})
	outcomes(t, errs, boon.ReasonBudgetExhausted)
	var spent int64
	for n := range answers {
		if errs[n] == nil {
			spent += answers[n].Discount.Minor
		}
	}
	if spent > 100_000 || spent <= 100_000-777 {
		t.Errorf("spent %d of 100000 with at most 777 a time: want within one redemption of the budget", spent)
	}
	for _, b := range books {
		if got := standing(t, b, "welcome", boon.AccountPromoExpense); got != spent {
			t.Errorf("the ledger spent %d, the customers got %d", got, spent)
		}
	}
}

// sharedKeys sends each call to both processes at once: both get the one answer.
func sharedKeys(t *testing.T, books []AuditedBook) {
	answers, errs := race(t, books, 60, func(teller *redeem.Teller, n int) (redeem.Redeemed, error) {
		who := n / len(books)
		r := redeem.Request{Code: "UNEVEN", Owners: []boon.Identifier{Shopper(who)}, Cart: Basket(fmt.Sprintf("o%d", who), 5_000)}
		return teller.Redeem(t.Context(), redeem.OnceFor(fmt.Sprintf("key %d", who), []byte("body")), r, Monday)
	})
	for n := range answers {
		first := n - n%len(books)
		if diff := cmp.Diff(answers[first], answers[n]); errs[n] != nil || diff != "" {
			t.Errorf("call %d: %v %s", n, errs[n], diff)
		}
	}
}
