package sqlite

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"boon"
	"boon/ledger"
	"boon/ledger/journal"
)

// Post implements redeem.Journal.
func (t *tx) Post(e boon.Entry) error {
	if !t.writable {
		return errViewWrites
	}
	if err := ledger.Check(e); err != nil {
		return err
	}
	rows := make([]*row, len(e.Postings))
	for i, p := range e.Postings {
		r, err := t.balance(p.Account)
		if err != nil {
			return err
		}
		if now := r.now + p.Minor; p.Minor < 0 && now < r.floor {
			return ledger.Short(p.Account, now)
		}
		rows[i] = r
	}
	for i, p := range e.Postings {
		t.hot.add(rows[i], p.Minor)
	}
	t.hot.entries = append(t.hot.entries, e)
	return t.tally("transition/"+e.Transition, 1)
}

// tally counts what the summaries show.
func (t *tx) tally(key string, n int64) error {
	r, err := t.counter(key)
	if err == nil {
		t.hot.add(r, n)
	}
	return err
}

// Balance implements redeem.Journal.
func (t *tx) Balance(a boon.Account) (int64, error) {
	r, err := t.balance(a)
	if err != nil {
		return 0, err
	}
	return r.now, nil
}

const entryColumns = 10

var (
	insertEntries = insert("entries (id, at, transition, grant_id, order_id, budget, currency, postings, adjusts, hash)", entryColumns, rowsAtOnce)
	insertEntry   = insert("entries (id, at, transition, grant_id, order_id, budget, currency, postings, adjusts, hash)", entryColumns, 1)
)

func (t *tx) flushEntries() error {
	if len(t.hot.entries) == 0 {
		return nil
	}
	if t.hot.head == nil {
		head, err := t.c.head("entries")
		if err != nil {
			return err
		}
		t.hot.head = &head
	}
	args := make([]any, 0, len(t.hot.entries)*entryColumns)
	for _, e := range t.hot.entries {
		e.At = instant(e.At.UnixNano())
		*t.hot.head = journal.Follow(*t.hot.head, e)
		args = append(args, entryArgs(e, *t.hot.head)...)
	}
	return wrap("append entries", t.c.insertAll(args, entryColumns, insertEntries, insertEntry))
}

func entryArgs(e boon.Entry, link journal.Hash) []any {
	var a boon.Account
	if len(e.Postings) > 0 {
		a = e.Postings[0].Account
	}
	return []any{e.ID, e.At.UnixNano(), e.Transition, e.Grant, e.OrderID, a.Budget, string(a.Currency), formatPostings(e.Postings), nanosOrNull(e.Adjusts), link[:]}
}

// formatPostings writes "available=-500 committed=500"; budget and currency stand in their own columns.
func formatPostings(postings []boon.Posting) string {
	b := make([]byte, 0, 48)
	for i, p := range postings {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(append(b, p.Account.Kind...), '=')
		b = strconv.AppendInt(b, p.Minor, 10)
	}
	return string(b)
}

func parsePostings(text, budget string, c boon.Currency) ([]boon.Posting, error) {
	var postings []boon.Posting
	for text != "" {
		var one string
		one, text, _ = strings.Cut(text, " ")
		kind, minor, ok := strings.Cut(one, "=")
		n, err := strconv.ParseInt(minor, 10, 64)
		if !ok || err != nil || kind == "" {
			return nil, fmt.Errorf("posting %q is malformed", one)
		}
		postings = append(postings, boon.Posting{Account: boon.Account{Budget: budget, Currency: c, Kind: boon.AccountKind(kind)}, Minor: n})
	}
	return postings, nil
}

func instant(nanos int64) time.Time { return time.Unix(0, nanos).UTC() }
