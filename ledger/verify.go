package ledger

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"boon"
)

// Books is everything that must agree.
type Books struct {
	Entries     iter.Seq2[boon.Entry, error] // in journal order
	Grants      iter.Seq2[boon.Grant, error]
	Redemptions iter.Seq2[boon.Redemption, error]
	Balances    []Balance
	Places      map[string]int64 // offer, or offer/arm -> places taken under its total cap
	Caps        map[string]int64 // offer -> total cap; absent or 0: no bound
	Recorded    map[string]int64 // the other counters that grants and redemptions note, see [Recorded]; nil: not checked
}

// Recorded are the heads of the counters that grants and redemptions keep note of: caps per period and of campaigns, caps per identifier, ceilings, and
// the reserve of budgets with a quantile.
var Recorded = []string{"caps/", "id/", "spend/", "open/", "variance/", "worst/"}

// Balance is what an account stands at, in minor units.
type Balance struct {
	Account boon.Account `json:"account"`
	Minor   int64        `json:"minor"`
}

// Counts says how many grants there are.
type Counts struct {
	State      map[boon.GrantState]int64 // now in each state
	Transition map[Transition]int64      // taken so far: issue, redeem, expire, reverse, revoke ...
}

// Finding is one thing that does not hold.
type Finding struct {
	Rule    string `json:"rule"` // entry_sum, entry_twice, transition, state, holding, balance, below_zero, cap, place, use, chain
	Subject string `json:"subject"`
	Detail  string `json:"detail"`
}

func (f Finding) String() string { return f.Rule + " " + f.Subject + ": " + f.Detail }

type history struct {
	state, before boon.GrantState
	holding       int64
	placed, used  bool
	seen          bool
}

type audit struct {
	findings []Finding
	balances map[boon.Account]int64
	grants   map[string]*history
	entries  map[string]bool
	noted    map[string]int64
}

// Verify recomputes every balance and every grant's state from the journal and compares them with what is stored. The error is one of reading.
func Verify(b Books) ([]Finding, error) {
	a := &audit{balances: map[boon.Account]int64{}, grants: map[string]*history{}, entries: map[string]bool{}, noted: map[string]int64{}}
	for e, err := range b.Entries {
		if err != nil {
			return nil, fmt.Errorf("verify entries: %w", err)
		}
		a.entry(e)
	}
	places := map[string]int64{}
	for g, err := range b.Grants {
		if err != nil {
			return nil, fmt.Errorf("verify grants: %w", err)
		}
		a.grant(g, places)
	}
	if err := a.redemptions(b.Redemptions); err != nil {
		return nil, err
	}
	a.missing()
	a.compare(b.Balances)
	a.caps(b, places)
	a.recorded(b.Recorded)
	slices.SortFunc(a.findings, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Subject, y.Subject), cmp.Compare(x.Detail, y.Detail))
	})
	return a.findings, nil
}

func (a *audit) find(rule, subject, format string, args ...any) {
	a.findings = append(a.findings, Finding{rule, subject, fmt.Sprintf(format, args...)})
}

func (a *audit) entry(e boon.Entry) {
	if err := Check(e); err != nil {
		a.find("entry_sum", e.ID, "%v", err)
	}
	if a.entries[e.ID] {
		a.find("entry_twice", e.ID, "the journal holds this entry twice")
	}
	a.entries[e.ID] = true
	var held int64
	for _, p := range e.Postings {
		a.balances[p.Account] += p.Minor
		if k := p.Account.Kind; k == boon.AccountCommitted || k == boon.AccountReserved {
			held += p.Minor
		}
	}
	for _, p := range e.Postings {
		if Holds(p.Account.Kind) && a.balances[p.Account] < 0 {
			a.find("below_zero", e.ID, "%s of %s stands at %d", p.Account.Kind, p.Account.Budget, a.balances[p.Account])
		}
	}
	if e.Grant != "" {
		a.step(e, held)
	}
}

// step folds one entry into its grant's history by the table.
func (a *audit) step(e boon.Entry, held int64) {
	h := a.grants[e.Grant]
	if h == nil {
		h = &history{}
		a.grants[e.Grant] = h
	}
	g, row, err := Step(boon.Grant{ID: e.Grant, State: h.state, Before: h.before}, Transition(e.Transition), e.At)
	if err != nil {
		a.find("transition", e.ID, "grant %s: %s does not follow %q", e.Grant, e.Transition, h.state)
		return
	}
	switch {
	case row.Cap > 0:
		h.placed = true
	case row.Flow.Text == Spending.Text:
		h.used = true
	case row.Cap < 0 && !h.used:
		h.placed = false
	}
	h.state, h.before = g.State, g.Before
	h.holding += held
}

func (a *audit) grant(g boon.Grant, places map[string]int64) {
	h := a.grants[g.ID]
	if h == nil {
		a.find("state", g.ID, "the journal has no entry for this grant")
		return
	}
	h.seen = true
	if h.state != g.State {
		a.find("state", g.ID, "stored as %s, by the journal %s", g.State, h.state)
	}
	want := int64(0)
	if g.State.Open() && g.Budget != "" {
		want = g.Committed
	}
	if h.holding != want {
		a.find("holding", g.ID, "the journal holds %d for it, the grant says %d", h.holding, want)
	}
	if g.Uses < 0 {
		a.find("use", g.ID, "%d uses are left", g.Uses)
	}
	if h.placed {
		places[placed(g)]++
	}
	a.note(g.Places)
}

// placed is what a grant's place is counted under: its offer, or the part of it that is its arm's.
func placed(g boon.Grant) string {
	if g.Arm == "" {
		return g.Offer
	}
	return g.Offer + "/" + g.Arm
}

func (a *audit) note(places []boon.Place) {
	for _, p := range places {
		a.noted[p.Key] += p.N
	}
}

func (a *audit) recorded(stored map[string]int64) {
	if stored == nil {
		return
	}
	for key := range stored {
		a.noted[key] += 0
	}
	for key, n := range a.noted {
		if stored[key] != n {
			a.find("place", key, "the counter says %d, grants and redemptions note %d", stored[key], n)
		}
	}
}

func (a *audit) redemptions(all iter.Seq2[boon.Redemption, error]) error {
	if all == nil {
		return nil
	}
	type use struct{ grant, order string }
	seen := map[use]bool{}
	for r, err := range all {
		if err != nil {
			return fmt.Errorf("verify redemptions: %w", err)
		}
		key := use{r.Grant, r.OrderID}
		if seen[key] {
			a.find("use", r.ID, "grant %s was redeemed twice by order %s", r.Grant, r.OrderID)
		}
		seen[key] = true
		a.note(r.Places)
		if h := a.grants[r.Grant]; h == nil || !h.used {
			a.find("use", r.ID, "the journal knows no redemption of grant %s", r.Grant)
		}
	}
	return nil
}

func (a *audit) missing() {
	for _, id := range slices.Sorted(maps.Keys(a.grants)) {
		if !a.grants[id].seen {
			a.find("state", id, "the journal names a grant that is not stored")
		}
	}
}

func (a *audit) compare(stored []Balance) {
	for _, b := range stored {
		if want := a.balances[b.Account]; want != b.Minor {
			a.find("balance", b.Account.Budget, "%s stands at %d, by the journal %d %s", b.Account.Kind, b.Minor, want, b.Account.Currency)
		}
		delete(a.balances, b.Account)
	}
	for account, minor := range a.balances {
		if minor != 0 {
			a.find("balance", account.Budget, "%s is not stored, by the journal %d %s", account.Kind, minor, account.Currency)
		}
	}
}

func (a *audit) caps(b Books, places map[string]int64) {
	whole := map[string]int64{}
	for counted, n := range places {
		offer, _, _ := strings.Cut(counted, "/")
		whole[offer] += n
	}
	for offer, n := range whole {
		if limit := b.Caps[offer]; limit > 0 && n > limit {
			a.find("cap", offer, "%d grants hold a place, the cap is %d", n, limit)
		}
	}
	for offer, n := range b.Places {
		if places[offer] != n {
			a.find("place", offer, "the counter says %d, by the journal %d", n, places[offer])
		}
	}
}
