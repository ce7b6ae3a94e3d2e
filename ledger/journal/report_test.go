package journal

import (
	"encoding/json"
	"iter"
	"slices"
	"testing"
	"time"

	"boon"
	"boon/ledger"
)

func listed[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, x := range all {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// closedBooks are three entries and the closing after the second of them.
func closedBooks(t *testing.T, change func(*Closing, []Entry)) Report {
	t.Helper()
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	c := Closing{Day: "2026-01-31", Until: at.Add(12 * time.Hour), Balances: []ledger.Balance{
		{Account: boon.Account{Budget: "spring", Currency: "USD", Kind: boon.AccountAvailable}, Minor: 100},
		{Account: boon.Account{Budget: "spring", Currency: "USD", Kind: boon.AccountFunding}, Minor: -100}}}
	list := []Entry{
		{Seq: 1, Entry: boon.Entry{ID: "ent_1", At: at, Transition: "fund", Postings: move("spring", "USD", "funding", "available", 100)}},
		{Seq: 2, Entry: boon.Entry{ID: "ent_2", At: at.Add(13 * time.Hour), Transition: "fund", Postings: move("spring", "USD", "funding", "available", 7)}},
		{Seq: 3, Entry: boon.Entry{ID: "ent_3", At: at.Add(14 * time.Hour), Adjusts: at, Transition: "fund", Postings: move("spring", "USD", "funding", "available", 1)}},
	}
	c.Head.Seq = 2
	change(&c, list)
	var head Hash
	for i := range list {
		head = Follow(head, list[i].Entry)
		list[i].Hash = head
	}
	detail, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	act := Act{AuditEntry: boon.AuditEntry{Seq: 1, At: at, Actor: "ada", Action: Closed, Subject: "Period/2026-01-31", Detail: detail}}
	act.Hash = FollowAct(Hash{}, act.AuditEntry)
	b := ledger.Books{Grants: listed[boon.Grant](nil), Balances: []ledger.Balance{c.Balances[0], c.Balances[1]}}
	b.Balances[0].Minor, b.Balances[1].Minor = 108, -108
	r, err := Inspect(b, listed(list), listed([]Act{act}), Heads{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAClosedPeriodStaysClosed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Closing, []Entry)
		want   []string
	}{
		"it holds":                 {func(*Closing, []Entry) {}, nil},
		"an entry came too late":   {func(_ *Closing, list []Entry) { list[2].At = list[0].At }, []string{"closed ent_3"}},
		"the recorded sum differs": {func(c *Closing, _ []Entry) { c.Balances[0].Minor++ }, []string{"closed 2026-01-31"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range closedBooks(t, c.change).Findings {
				got = append(got, f.Rule+" "+f.Subject)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

func TestHeads(t *testing.T) {
	h := Head{Seq: 12, Hash: Follow(Hash{}, boon.Entry{ID: "ent_1"})}
	if back, err := ParseHead(h.String()); back != h || err != nil {
		t.Error(back, err)
	}
	for _, bad := range []string{"", "12", "12:", "0:" + h.Hash.String(), "12:" + h.Hash.String() + "00", "x:" + h.Hash.String()} {
		if _, err := ParseHead(bad); err == nil {
			t.Errorf("%q is a head", bad)
		}
	}
}

// What docs/ledger.md says of the canonical bytes is what is hashed: printf | sha256sum gives the same.
func TestTheFirstLinkByHand(t *testing.T) {
	e := boon.Entry{ID: "ent_1", At: time.Unix(1, 5).UTC(), Transition: "fund", Postings: move("spring", "USD", "funding", "available", 100)}
	const want = "115e7e0d5764f42734b57d869c3df875b75d22234bc510b565f81b9b82897b73"
	if got := Follow(Hash{}, e).String(); got != want {
		t.Error(got)
	}
}
