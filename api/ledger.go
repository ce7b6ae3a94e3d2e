package api

import (
	"net/http"
	"time"

	"boon"
	"boon/ledger/journal"
)

type balancesAnswer struct {
	Balances []balanceAnswer `json:"balances"`
}

type balanceAnswer struct {
	Budget  string           `json:"budget"`
	Account boon.AccountKind `json:"account"`
	Balance boon.Money       `json:"balance"`
}

// EntryPage is a part of the journal.
type EntryPage struct {
	Entries  []EntryAnswer `json:"entries"`
	Next     int64         `json:"next,omitempty" doc:"what after is to be for the next page; absent after the last"`
	Last     int64         `json:"last" doc:"place of the newest entry in the journal"`
	Timezone string        `json:"timezone" doc:"of the shop: entries are dated by it"`
}

// EntryAnswer is one journal entry.
type EntryAnswer struct {
	Seq        int64           `json:"seq" doc:"place in the journal, from 1"`
	ID         string          `json:"id"`
	At         time.Time       `json:"at"`
	Transition string          `json:"transition"`
	Grant      string          `json:"grant,omitempty"`
	OrderID    string          `json:"orderId,omitempty"`
	Postings   []PostingAnswer `json:"postings" doc:"they sum to zero; none where no money moves"`
}

// PostingAnswer is an amount that went into an account, or out of it when it is negative.
type PostingAnswer struct {
	Budget  string           `json:"budget"`
	Account boon.AccountKind `json:"account"`
	Amount  boon.Money       `json:"amount"`
}

// NewEntryAnswer writes an entry for the wire.
func NewEntryAnswer(e journal.Entry) EntryAnswer {
	out := EntryAnswer{Seq: e.Seq, ID: e.ID, At: e.At, Transition: e.Transition, Grant: e.Grant, OrderID: e.OrderID, Postings: make([]PostingAnswer, len(e.Postings))}
	for i, p := range e.Postings {
		out.Postings[i] = PostingAnswer{p.Account.Budget, p.Account.Kind, boon.Money{Minor: p.Minor, Currency: p.Account.Currency}}
	}
	return out
}

// Entry is the entry that was written for the wire.
func (a EntryAnswer) Entry() journal.Entry {
	e := journal.Entry{Seq: a.Seq, Entry: boon.Entry{ID: a.ID, At: a.At, Transition: a.Transition, Grant: a.Grant, OrderID: a.OrderID}}
	for _, p := range a.Postings {
		account := boon.Account{Budget: p.Budget, Currency: p.Amount.Currency, Kind: p.Account}
		e.Postings = append(e.Postings, boon.Posting{Account: account, Minor: p.Amount.Minor})
	}
	return e
}

const maxEntries = 10_000 // a page

// entries reads the journal page by page.
func (s *server) entries(w http.ResponseWriter, r *http.Request, _ caller) error {
	query := r.URL.Query()
	q := journal.Query{Budget: query.Get("budget"), Grant: query.Get("grant"), Order: query.Get("order")}
	limit, err := number(r, "limit", defaultPage, maxEntries)
	if err != nil {
		return err
	}
	if q.Limit = int(limit); query.Get("after") != "0" {
		if q.After, err = number(r, "after", 0, 1<<62); err != nil {
			return err
		}
	}
	page, err := s.ports.Ledger.Journal(r.Context(), q)
	if err != nil {
		return err
	}
	out := EntryPage{Entries: make([]EntryAnswer, len(page.Entries)), Next: page.After, Last: page.Last, Timezone: s.ports.Shop.Shop().Timezone}
	for i, e := range page.Entries {
		out.Entries[i] = NewEntryAnswer(e)
	}
	return writeJSON(w, http.StatusOK, out)
}

func (s *server) verify(w http.ResponseWriter, r *http.Request, _ caller) error {
	v, err := s.ports.Ledger.Verify(r.Context())
	if err != nil {
		return err
	}
	v.Problems = notNil(v.Problems)
	return writeJSON(w, http.StatusOK, v)
}

func (s *server) balances(w http.ResponseWriter, r *http.Request, _ caller) error {
	list, err := s.ports.Ledger.Balances(r.Context())
	if err != nil {
		return err
	}
	out := balancesAnswer{make([]balanceAnswer, len(list))}
	for i, b := range list {
		out.Balances[i] = balanceAnswer{b.Account.Budget, b.Account.Kind, boon.Money{Minor: b.Minor, Currency: b.Account.Currency}}
	}
	return writeJSON(w, http.StatusOK, out)
}
