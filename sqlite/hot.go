package sqlite

import (
	"fmt"
	"math"

	"boon"
	"boon/ledger"
	"boon/ledger/journal"
)

// hot holds the rows that many updates of one transaction share, and the entries that they append. The cached values outlive a transaction,
// since nobody else writes.
type hot struct {
	counters map[string]*row
	balances map[boon.Account]*row
	changed  []*row // in order of first change
	undo     []step
	entries  []boon.Entry
	head     *journal.Hash // of the journal; nil: not read yet
}

// row is one counter or balance.
type row struct {
	key     string
	account boon.Account
	stored  bool  // has a row in the database
	now     int64 // with what this transaction added
	base    int64 // as stored
	floor   int64
	most    int64
	listed  bool
}

type step struct {
	row *row
	n   int64
}

type mark struct{ undo, entries int }

// maxCached bounds the rows kept between transactions.
const maxCached = 20_000

func newHot() hot {
	return hot{counters: map[string]*row{}, balances: map[boon.Account]*row{}}
}

func (h *hot) mark() mark { return mark{len(h.undo), len(h.entries)} }

func (h *hot) rollback(to mark) {
	for i := len(h.undo) - 1; i >= to.undo; i-- {
		h.undo[i].row.now -= h.undo[i].n
	}
	h.undo, h.entries = h.undo[:to.undo], h.entries[:to.entries]
}

func (h *hot) add(r *row, n int64) {
	r.now += n
	h.undo = append(h.undo, step{r, n})
	if !r.listed {
		r.listed = true
		h.changed = append(h.changed, r)
	}
}

func (t *tx) counter(key string) (*row, error) {
	if r := t.hot.counters[key]; r != nil {
		return r, nil
	}
	r := &row{key: key, most: math.MaxInt64}
	var err error
	if r.stored, err = t.c.one("SELECT n FROM counters WHERE key = ?", []any{key}, &r.base); err != nil {
		return nil, fmt.Errorf("read counter: %w", err)
	}
	r.now = r.base
	t.hot.counters[key] = r
	return r, nil
}

func (t *tx) balance(a boon.Account) (*row, error) {
	if r := t.hot.balances[a]; r != nil {
		return r, nil
	}
	r := &row{account: a, floor: math.MinInt64, most: math.MaxInt64}
	if ledger.Holds(a.Kind) {
		r.floor = 0
	}
	var err error
	r.stored, err = t.c.one("SELECT minor FROM balances WHERE budget = ? AND currency = ? AND kind = ?",
		[]any{a.Budget, string(a.Currency), string(a.Kind)}, &r.base)
	if err != nil {
		return nil, fmt.Errorf("read balance: %w", err)
	}
	r.now = r.base
	t.hot.balances[a] = r
	return r, nil
}

// flushHot writes what the transaction changed, one statement per row, and keeps the values for the next one.
func (t *tx) flushHot() error {
	for _, r := range t.hot.changed {
		if err := t.flushRow(r); err != nil {
			return err
		}
		r.base, r.listed, r.most = r.now, false, math.MaxInt64
	}
	if err := t.flushEntries(); err != nil {
		return err
	}
	t.hot.changed, t.hot.undo, t.hot.entries = t.hot.changed[:0], t.hot.undo[:0], t.hot.entries[:0]
	if len(t.hot.counters)+len(t.hot.balances) > maxCached {
		head := t.hot.head
		t.hot = newHot()
		t.hot.head = head
	}
	return nil
}

func (t *tx) flushRow(r *row) error {
	if r.now == r.base {
		return nil
	}
	n, err := t.c.storeRow(r)
	if err != nil {
		return fmt.Errorf("write %s%s: %w", r.key, r.account.Kind, err)
	}
	if n != 1 {
		return fmt.Errorf("%s%s of %s moved under its only writer", r.key, r.account.Kind, r.account.Budget)
	}
	r.stored = true
	return nil
}

func (c *conn) storeRow(r *row) (int64, error) {
	add, a := r.now-r.base, r.account
	switch {
	case r.key != "" && r.stored:
		return c.exec("UPDATE counters SET n = n + ?1 WHERE key = ?2 AND n + ?1 BETWEEN 0 AND ?3", add, r.key, max(r.most, r.base))
	case r.key != "":
		return c.exec("INSERT INTO counters (key, n) VALUES (?, ?)", r.key, r.now)
	case r.stored:
		return c.exec("UPDATE balances SET minor = minor + ?1 WHERE budget = ?2 AND currency = ?3 AND kind = ?4 AND minor + ?1 >= ?5",
			add, a.Budget, string(a.Currency), string(a.Kind), r.floor)
	}
	return c.exec("INSERT INTO balances (budget, currency, kind, minor) VALUES (?, ?, ?, ?)", a.Budget, string(a.Currency), string(a.Kind), r.now)
}

// Take implements redeem.Limits.
func (t *tx) Take(l boon.Limit, n int64) (bool, error) {
	if !t.writable {
		return false, errViewWrites
	}
	r, err := t.counter(l.Key)
	if err != nil || r.now > l.Max-n {
		return false, err
	}
	r.most = l.Max // of the last one: until then it may have stood above, by a promise that is kept whatever the limit
	t.hot.add(r, n)
	return true, nil
}

// Give implements redeem.Limits.
func (t *tx) Give(key string, n int64) error {
	if !t.writable {
		return errViewWrites
	}
	r, err := t.counter(key)
	if err != nil {
		return err
	}
	if r.now < n {
		return fmt.Errorf("give %d of %s: it would stand at %d", n, key, r.now-n)
	}
	t.hot.add(r, -n)
	return nil
}

// Count implements redeem.Limits.
func (t *tx) Count(key string) (int64, error) {
	r, err := t.counter(key)
	if err != nil {
		return 0, err
	}
	return r.now, nil
}
