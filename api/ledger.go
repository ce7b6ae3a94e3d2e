package api

import (
	"cmp"
	"net/http"
	"time"

	"boon"
	"boon/ledger"
	"boon/ledger/journal"
	"boon/redeem"
)

type balancesAnswer struct {
	Balances []balanceAnswer `json:"balances"`
}

type balanceAnswer struct {
	Budget  string           `json:"budget"`
	Account boon.AccountKind `json:"account"`
	Balance boon.Money       `json:"balance"`
}

type budgetsAnswer struct {
	Budgets []redeem.BudgetState `json:"budgets"`
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
	Adjusts    time.Time       `json:"adjusts,omitzero" doc:"the time it would have had: it changes a period that was closed"`
	Hash       journal.Hash    `json:"hash" doc:"SHA-256 of the hash before it and this entry: docs/ledger.md says how"`
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
	out := EntryAnswer{Seq: e.Seq, ID: e.ID, At: e.At, Transition: e.Transition, Grant: e.Grant, OrderID: e.OrderID, Adjusts: e.Adjusts, Hash: e.Hash, Postings: make([]PostingAnswer, len(e.Postings))}
	for i, p := range e.Postings {
		out.Postings[i] = PostingAnswer{p.Account.Budget, p.Account.Kind, boon.Money{Minor: p.Minor, Currency: p.Account.Currency}}
	}
	return out
}

// Entry is the entry that was written for the wire.
func (a EntryAnswer) Entry() journal.Entry {
	e := journal.Entry{Seq: a.Seq, Hash: a.Hash, Entry: boon.Entry{ID: a.ID, At: a.At, Transition: a.Transition, Grant: a.Grant, OrderID: a.OrderID, Adjusts: a.Adjusts}}
	for _, p := range a.Postings {
		account := boon.Account{Budget: p.Budget, Currency: p.Amount.Currency, Kind: p.Account}
		e.Postings = append(e.Postings, boon.Posting{Account: account, Minor: p.Amount.Minor})
	}
	return e
}

type closingRequest struct {
	Until string `json:"until" doc:"the last day to close, such as 2026-01-31, in the shop's time zone"`
	By    string `json:"by,omitempty" doc:"who closes it; the key's name when it is not said"`
}

// ClosingAnswer is a closed period.
type ClosingAnswer struct {
	Day      string          `json:"day" doc:"the last day that is closed, in the shop's time zone"`
	Until    time.Time       `json:"until" doc:"the first instant that is open"`
	At       time.Time       `json:"at"`
	By       string          `json:"by"`
	Head     journal.Head    `json:"head" doc:"end of the journal's chain when it was closed"`
	Balances []balanceAnswer `json:"balances" doc:"at the end of the day; accounts at zero are left out"`
}

type closingsAnswer struct {
	Closings []ClosingAnswer `json:"closings"`
}

func newClosingAnswer(c journal.Closing) ClosingAnswer {
	out := ClosingAnswer{Day: c.Day, Until: c.Until, At: c.At, By: c.By, Head: c.Head, Balances: make([]balanceAnswer, len(c.Balances))}
	for i, b := range c.Balances {
		out.Balances[i] = balanceAnswer{b.Account.Budget, b.Account.Kind, boon.Money{Minor: b.Minor, Currency: b.Account.Currency}}
	}
	return out
}

func (s *server) close(w http.ResponseWriter, r *http.Request, c caller) error {
	var in closingRequest
	if err := readExactly(r, &in); err != nil {
		return err
	}
	closing, err := s.ports.Ledger.Close(r.Context(), in.Until, cmp.Or(in.By, c.Name), c.Name)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, newClosingAnswer(closing))
}

func (s *server) closings(w http.ResponseWriter, r *http.Request, _ caller) error {
	list, err := s.ports.Ledger.Closings(r.Context())
	if err != nil {
		return err
	}
	out := closingsAnswer{make([]ClosingAnswer, len(list))}
	for i, c := range list {
		out.Closings[i] = newClosingAnswer(c)
	}
	return writeJSON(w, http.StatusOK, out)
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

// Verified is the outcome of computing everything again from the journal, or of following the audit's chain.
type Verified struct {
	Balanced bool             `json:"balanced" doc:"nothing was found"`
	Checked  Checked          `json:"checked"`
	Findings []ledger.Finding `json:"findings" doc:"what does not hold, empty when balanced"`
	Journal  *journal.Head    `json:"journal,omitempty" doc:"end of the journal's chain: note it, and give it back later as head"`
	Audit    *journal.Head    `json:"audit,omitempty" doc:"end of the audit's chain"`
}

// Checked counts what was looked at.
type Checked struct {
	Entries     int64 `json:"entries"`
	Grants      int64 `json:"grants"`
	Redemptions int64 `json:"redemptions"`
	Accounts    int64 `json:"accounts" doc:"that do not stand at zero"`
	Acts        int64 `json:"acts" doc:"of operators, in the audit"`
}

func verified(r journal.Report) Verified {
	v := Verified{Balanced: len(r.Findings) == 0, Findings: notNil(r.Findings), Checked: Checked{r.Entries, r.Grants, r.Redemptions, r.Accounts, r.Acts}}
	if r.Journal.Seq > 0 {
		v.Journal = &r.Journal
	}
	if r.Audit.Seq > 0 {
		v.Audit = &r.Audit
	}
	return v
}

func (s *server) verify(w http.ResponseWriter, r *http.Request, _ caller) error {
	var noted journal.Heads
	var err error
	if noted.Journal, err = head(r, "head"); err != nil {
		return err
	}
	if noted.Audit, err = head(r, "audit-head"); err != nil {
		return err
	}
	report, err := s.ports.Ledger.Verify(r.Context(), noted)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, verified(report))
}

func (s *server) verifyAudit(w http.ResponseWriter, r *http.Request, _ caller) error {
	noted, err := head(r, "head")
	if err != nil {
		return err
	}
	report, err := s.ports.Audit.VerifyAudit(r.Context(), noted)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, verified(report))
}

// head reads SEQ:HASH; a parameter that is absent asks for nothing.
func head(r *http.Request, name string) (journal.Head, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return journal.Head{}, nil
	}
	h, err := journal.ParseHead(text)
	return h, inField(name, err)
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

func (s *server) budgets(w http.ResponseWriter, r *http.Request, _ caller) error {
	list, err := s.ports.Ledger.Budgets(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, budgetsAnswer{list})
}
