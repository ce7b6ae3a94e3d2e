package memory

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"boon"
	"boon/ledger"
)

// Verify recomputes the books from the journal. caps are the total caps by offer; an offer that is absent has none.
func (b *Book) Verify(_ context.Context, caps map[string]int64) ([]ledger.Finding, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	places, recorded := map[string]int64{}, map[string]int64{}
	for key, n := range b.tables.counters {
		if slices.ContainsFunc(ledger.Recorded, func(head string) bool { return strings.HasPrefix(key, head) }) {
			recorded[key] = n
		}
		if offer, ok := strings.CutPrefix(key, "places/"); ok {
			places[offer] = n
		}
	}
	return ledger.Verify(ledger.Books{
		Entries: each(slices.Values(b.tables.entries)), Grants: each(values(b.tables.grants)), Redemptions: each(values(b.tables.redemptions)),
		Balances: b.tables.standing(), Places: places, Caps: caps, Recorded: recorded,
	})
}

// Journal is a copy of all entries, in order.
func (b *Book) Journal(context.Context) ([]boon.Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]boon.Entry(nil), b.tables.entries...), nil // none are nil, also after one was taken back
}

// Balances reads every account that does not stand at zero, by budget, currency and kind.
func (b *Book) Balances(context.Context) ([]ledger.Balance, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tables.standing(), nil
}

func (t *bookTables) standing() []ledger.Balance {
	var all []ledger.Balance
	for account, minor := range t.balances {
		if minor != 0 {
			all = append(all, ledger.Balance{Account: account, Minor: minor})
		}
	}
	slices.SortFunc(all, func(x, y ledger.Balance) int {
		a, b := x.Account, y.Account
		return cmp.Or(cmp.Compare(a.Budget, b.Budget), cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Kind, b.Kind))
	})
	return all
}

func each[T any](all iter.Seq[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for x := range all {
			if !yield(x, nil) {
				return
			}
		}
	}
}

func values[K comparable, V any](rows map[K]V) iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, v := range rows {
			if !yield(v) {
				return
			}
		}
	}
}
