package ledger

import (
	"iter"
	"slices"
	"testing"
	"time"

	"boon"
)

func seq[T any](items []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, x := range items {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// sound is a small shop's books: a budget of 1000, one grant redeemed for 80 of 100, one issued.
type sound struct {
	entries     []boon.Entry
	grants      []boon.Grant
	redemptions []boon.Redemption
	balances    []Balance
	places      map[string]int64
}

func soundBooks() sound {
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	entry := func(id, grant string, by Transition, f Flow, m Move) boon.Entry {
		m.Budget, m.Currency = "b", "USD"
		return boon.Entry{ID: id, At: at, Transition: string(by), Grant: grant, Postings: f.Postings(m)}
	}
	account := func(k boon.AccountKind) boon.Account { return boon.Account{Budget: "b", Currency: "USD", Kind: k} }
	return sound{
		entries: []boon.Entry{
			entry("e1", "", Fund, Funding, Move{Spend: 1000}),
			entry("e2", "g1", Issue, Committing, Move{Held: 100}),
			entry("e3", "g2", Issue, Committing, Move{Held: 100}),
			entry("e4", "g1", Redeem, Spending, Move{Held: 100, Spend: 80, Available: 800}),
		},
		grants: []boon.Grant{
			{ID: "g1", Offer: "o", State: boon.StateRedeemed, Budget: "b"},
			{ID: "g2", Offer: "o", State: boon.StateIssued, Budget: "b", Committed: 100},
		},
		redemptions: []boon.Redemption{{ID: "r1", Grant: "g1", OrderID: "o1"}},
		balances: []Balance{{account(boon.AccountFunding), -1000}, {account(boon.AccountAvailable), 820},
			{account(boon.AccountCommitted), 100}, {account(boon.AccountPromoExpense), 80}},
		places: map[string]int64{"o": 2},
	}
}

// TestVerifyFindsEachFault plants one fault at a time in sound books: Verify names its rule, and finds nothing without it.
func TestVerifyFindsEachFault(t *testing.T) {
	cases := []struct {
		rule  string // "" for none
		plant func(*sound)
	}{
		{"", func(*sound) {}},
		{"entry_sum", func(s *sound) { s.entries[1].Postings[0].Minor-- }},
		{"entry_twice", func(s *sound) { s.entries = append(s.entries, s.entries[0]) }},
		{"transition", func(s *sound) { s.entries[3].Transition = string(Release) }},
		{"state", func(s *sound) { s.grants[1].State = boon.StateSaved }},
		{"state", func(s *sound) { s.grants = s.grants[:1] }},
		{"holding", func(s *sound) { s.grants[1].Committed = 99 }},
		{"balance", func(s *sound) { s.balances[1].Minor++ }},
		{"balance", func(s *sound) { s.balances = s.balances[:3] }},
		{"below_zero", func(s *sound) {
			s.entries[0].Postings = Funding.Postings(Move{Budget: "b", Currency: "USD", Spend: 150})
		}},
		{"cap", func(s *sound) {
			s.grants = append(s.grants, boon.Grant{ID: "g3", Offer: "o", State: boon.StateIssued})
			s.entries = append(s.entries, boon.Entry{ID: "e9", Grant: "g3", Transition: string(Issue)})
		}},
		{"place", func(s *sound) { s.places["o"] = 1 }},
		{"use", func(s *sound) { s.redemptions = append(s.redemptions, s.redemptions[0]) }},
		{"use", func(s *sound) { s.redemptions[0].Grant = "g2" }},
		{"use", func(s *sound) { s.grants[0].Uses = -1 }},
	}
	for _, c := range cases {
		s := soundBooks()
		c.plant(&s)
		findings, err := Verify(Books{Entries: seq(s.entries), Grants: seq(s.grants), Redemptions: seq(s.redemptions), Balances: s.balances,
			Places: s.places, Caps: map[string]int64{"o": 2}})
		if err != nil {
			t.Fatal(err)
		}
		named := slices.ContainsFunc(findings, func(f Finding) bool { return f.Rule == c.rule })
		if named != (c.rule != "") || (c.rule == "" && len(findings) > 0) {
			t.Errorf("planted %q, found %+v", c.rule, findings)
		}
	}
}
