package ledger

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"boon"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestTableIsDocumented keeps testdata/transitions.md, which the documentation shows, equal to the table.
func TestTableIsDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString("| from | transition | to | postings | places | undone by |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, r := range Table {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %+d | %s |\n", r.From, r.By, r.To, strings.ReplaceAll(r.Flow.Text, "|", "or"), r.Cap, r.Undo)
	}
	const file = "testdata/transitions.md"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("run with -update: %s", diff)
	}
	manual(t, b.String())
}

// manual keeps the table that docs/money.md shows.
func manual(t *testing.T, table string) {
	const file, begin, end = "../docs/money.md", "go generate ./ledger -->\n", "<!-- end of generated part -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(text), begin)
	_, tail, found := strings.Cut(rest, end)
	if want := head + begin + table + end + tail; !found || want != string(text) {
		if !*update || !found {
			t.Fatal("docs/money.md does not show the table: go generate ./ledger")
		}
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever the amounts, every row's postings sum to zero, take out of a grant's accounts what it held and never take available below zero.
func TestEveryRowBalances(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		row := rapid.SampledFrom(Table).Draw(r, "row")
		m := Move{
			Budget: "b", Currency: "USD", Held: rapid.Int64Range(0, 1e6).Draw(r, "held"), Spend: rapid.Int64Range(0, 2e6).Draw(r, "spend"),
			Available: rapid.Int64Range(0, 1e6).Draw(r, "available"), Owed: rapid.Int64Range(0, 1e6).Draw(r, "owed"),
			Vendor: rapid.Int64Range(0, 1e5).Draw(r, "vendor"), Points: rapid.Bool().Draw(r, "points"), Closed: rapid.Bool().Draw(r, "closed"), Reserved: row.From == boon.StateReserved,
		}
		if row.By == Use {
			m.Keep = Kept(m.Held, 3)
		}
		if row.By == Issue || row.By == Defund {
			m.Held, m.Spend = min(m.Held, m.Available), min(m.Spend, m.Available)
		}
		if row.Flow.Text == Recommitting.Text {
			m.Spend = min(m.Spend, m.Available)
		}
		if !rows[row.From] || row.By == Settle {
			m.Held = 0
		}
		postings := row.Flow.Postings(m)
		if err := Check(boon.Entry{Postings: postings}); err != nil {
			r.Fatal(err)
		}
		sum := map[boon.AccountKind]int64{}
		for _, p := range postings {
			sum[p.Account.Kind] += p.Minor
		}
		if m.Available+sum[boon.AccountAvailable] < 0 || m.Owed-sum[boon.AccountOverrun] < 0 && row.Flow.Text != Reversing.Text && row.Flow.Text != Clawing.Text {
			r.Fatalf("%s/%s: %+v leaves available or overrun on the wrong side: %v", row.From, row.By, m, sum)
		}
		if want := held(row, m); sum[boon.AccountCommitted]+sum[boon.AccountReserved] != want {
			r.Fatalf("%s/%s: the grant's accounts move by %d, want %d", row.From, row.By, sum[boon.AccountCommitted]+sum[boon.AccountReserved], want)
		}
	})
}

var rows = map[boon.GrantState]bool{"": true, boon.StateIssued: true, boon.StateSaved: true, boon.StateReserved: true}

// held is by how much a row changes what is set aside.
func held(row Row, m Move) int64 {
	switch row.Flow.Text {
	case Committing.Text:
		return m.Held
	case Recommitting.Text:
		return m.Spend
	case Spending.Text, Returning.Text:
		return m.Keep - m.Held
	}
	return 0
}

func TestEveryStateIsReachedAndNoGrantIsStuck(t *testing.T) {
	for _, s := range []boon.GrantState{boon.StateIssued, boon.StateSaved, boon.StateReserved} {
		for _, by := range []Transition{Redeem, Use, Expire, Revoke} {
			if _, ok := Find(s, by); !ok {
				t.Errorf("%s cannot %s", s, by)
			}
		}
	}
	for _, r := range Table {
		if r.To == "" || r.To == Held {
			continue
		}
		if !slices.ContainsFunc(Table, func(x Row) bool { return x.To == r.To && x.From != r.To }) {
			t.Errorf("%s is never reached", r.To)
		}
	}
}

func TestReservedGoesBackToWhatItWas(t *testing.T) {
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for _, was := range []boon.GrantState{boon.StateIssued, boon.StateSaved} {
		g := boon.Grant{State: was}
		for _, by := range []Transition{Reserve, Return, Release} {
			var err error
			if g, _, err = Step(g, by, at); err != nil {
				t.Fatal(err)
			}
		}
		if g.State != was || g.Before != "" {
			t.Errorf("reserved from %s and released: %s before %q", was, g.State, g.Before)
		}
	}
}

func TestPeriodKey(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	newYear := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC) // still 2025 in New York
	for period, want := range map[boon.Period]string{"total": "total", "day": "2025-12-31", "week": "2026-W01", "month": "2025-12"} {
		if got := PeriodKey(period, newYear, zone); got != want {
			t.Errorf("%s: %s, want %s", period, got, want)
		}
	}
}
