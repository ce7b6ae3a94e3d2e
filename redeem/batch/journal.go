package batch

import (
	"fmt"
	"strconv"
	"strings"

	"boon"
	"boon/ledger"
)

// Post implements redeem.Journal.
func (t *tx) Post(e boon.Entry) error {
	if err := t.write(); err != nil {
		return err
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

// FormatPostings writes "available=-500 committed=500", the stored form; budget and currency stand beside it.
func FormatPostings(postings []boon.Posting) string {
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

// ParsePostings reads what FormatPostings wrote.
func ParsePostings(text, budget string, c boon.Currency) ([]boon.Posting, error) {
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
