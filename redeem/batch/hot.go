package batch

import (
	"fmt"
	"math"

	"boon"
	"boon/ledger"
	"boon/redeem"
)

// hot holds the rows that many updates of one batch share, and the entries that they append. The values outlive the batch.
type hot struct {
	counters map[string]*row
	balances map[boon.Account]*row
	used     []*row // by this batch, in order of first use
	lately   []*row // by the one before
	undo     []step
	entries  []boon.Entry
	batch    int
	shared   bool // somebody else wrote before the batch that runs
}

// row is one counter or balance.
type row struct {
	key     string
	account boon.Account
	stored  bool  // has a row in the database
	now     int64 // with what this batch added
	base    int64 // as stored
	floor   int64
	most    int64
	batch   int // that used it last
}

type step struct {
	row  *row
	n    int64
	most int64 // before
}

type mark struct{ undo, entries int }

// maxCached bounds the rows kept between batches.
const maxCached = 20_000

func newHot() hot {
	return hot{counters: map[string]*row{}, balances: map[boon.Account]*row{}, batch: 1}
}

func (h *hot) mark() mark { return mark{len(h.undo), len(h.entries)} }

func (h *hot) rollback(to mark) {
	for i := len(h.undo) - 1; i >= to.undo; i-- {
		s := h.undo[i]
		s.row.now -= s.n
		s.row.most = s.most
	}
	h.undo, h.entries = h.undo[:to.undo], h.entries[:to.entries]
}

func (h *hot) add(r *row, n int64) {
	r.now += n
	h.undo = append(h.undo, step{r, n, r.most})
}

func (h *hot) use(r *row) *row {
	if r.batch != h.batch {
		r.batch = h.batch
		h.used = append(h.used, r)
	}
	return r
}

// admit takes in values that were read, unless they are known.
func (h *hot) admit(w Want, rows Rows) {
	for _, c := range rows.Counters {
		if h.counters[c.Key] == nil {
			h.counters[c.Key] = &row{key: c.Key, stored: true, base: c.N, now: c.N, most: math.MaxInt64}
		}
	}
	for _, key := range w.Counters {
		if h.counters[key] == nil {
			h.counters[key] = &row{key: key, most: math.MaxInt64}
		}
	}
	for _, b := range rows.Balances {
		if h.balances[b.Account] == nil {
			h.balances[b.Account] = balanceRow(b.Account, true, b.Minor)
		}
	}
	for _, a := range w.Accounts {
		if h.balances[a] == nil {
			h.balances[a] = balanceRow(a, false, 0)
		}
	}
}

func balanceRow(a boon.Account, stored bool, minor int64) *row {
	r := &row{account: a, stored: stored, base: minor, now: minor, floor: math.MinInt64, most: math.MaxInt64}
	if ledger.Holds(a.Kind) {
		r.floor = 0
	}
	return r
}

// again adds the rows of the batch before to what is to be read.
func (h *hot) again(w *Want) {
	for _, r := range h.lately {
		if r.key != "" {
			w.Counters = append(w.Counters, r.key)
		} else {
			w.Accounts = append(w.Accounts, r.account)
		}
	}
}

// forget drops all values, and returns which of them to read again.
func (h *hot) forget() (w Want) {
	h.again(&w)
	*h = newHot()
	return w
}

// shifts are what the batch adds to counters and balances.
func (h *hot) shifts() (counters, balances []Shift) {
	for _, r := range h.used {
		if r.now == r.base {
			continue
		}
		s := Shift{Key: r.key, Account: r.account, Stored: r.stored, Base: r.base, Add: r.now - r.base, Floor: r.floor, Most: max(r.most, r.base)}
		if r.key != "" {
			counters = append(counters, s)
		} else {
			balances = append(balances, s)
		}
	}
	return counters, balances
}

// settle keeps the values for the next batch.
func (h *hot) settle() {
	for _, r := range h.used {
		r.stored = r.stored || r.now != r.base
		r.base, r.most = r.now, math.MaxInt64
	}
	h.lately, h.used = h.used, h.lately[:0]
	h.undo, h.entries = h.undo[:0], h.entries[:0]
	h.batch++
	if len(h.counters)+len(h.balances) > maxCached {
		lately, shared := h.lately, h.shared
		*h = newHot()
		h.lately, h.shared = lately, shared
	}
}

func (t *tx) counter(key string) (*row, error) {
	if t.hot.counters[key] == nil {
		if err := t.load("counter", Want{Reads: redeem.Reads{Counters: []string{key}}}); err != nil {
			return nil, err
		}
	}
	return t.hot.use(t.hot.counters[key]), nil
}

func (t *tx) balance(a boon.Account) (*row, error) {
	if t.hot.balances[a] == nil {
		if err := t.load("balance", Want{Accounts: []boon.Account{a}}); err != nil {
			return nil, err
		}
	}
	return t.hot.use(t.hot.balances[a]), nil
}

// Take implements redeem.Limits.
func (t *tx) Take(l boon.Limit, n int64) (bool, error) {
	if err := t.write(); err != nil {
		return false, err
	}
	r, err := t.counter(l.Key)
	if err != nil || r.now > l.Max-n {
		return false, err
	}
	t.hot.add(r, n)
	r.most = l.Max // of the last one: until then it may have stood above, by a promise that is kept whatever the limit
	return true, nil
}

// Give implements redeem.Limits.
func (t *tx) Give(key string, n int64) error {
	if err := t.write(); err != nil {
		return err
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
