package catalog

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var monday = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func asked(source string, price int64, ago time.Duration) boon.CompetitorPrice {
	return boon.CompetitorPrice{Source: source, Currency: "USD", Price: price, Seen: monday.Add(-ago)}
}

func TestTheLowestFreshPriceCounts(t *testing.T) {
	shop := &boon.Shop{Currency: "USD"}
	daily := &boon.Shop{Currency: "USD", CompetitorAge: 24 * time.Hour}
	euros := asked("euros", 1, 0)
	euros.Currency = "EUR"
	for _, c := range []struct {
		name  string
		known []boon.CompetitorPrice
		shop  *boon.Shop
		want  string
	}{
		{"nobody", nil, shop, " 0"},
		{"one", []boon.CompetitorPrice{asked("a", 900, time.Hour)}, shop, "a 900"},
		{"the lower of two", []boon.CompetitorPrice{asked("a", 900, time.Hour), asked("b", 850, time.Hour)}, shop, "b 850"},
		{"two that ask the same", []boon.CompetitorPrice{asked("a", 850, 2*time.Hour), asked("b", 850, time.Hour)}, shop, "a 850"},
		{"just within 48 hours", []boon.CompetitorPrice{asked("a", 900, 48*time.Hour)}, shop, "a 900"},
		{"the lower one is stale", []boon.CompetitorPrice{asked("a", 900, time.Hour), asked("b", 850, 48*time.Hour+1)}, shop, "a 900"},
		{"stale for this shop", []boon.CompetitorPrice{asked("a", 900, 25*time.Hour)}, daily, " 0"},
		{"in another currency", []boon.CompetitorPrice{euros}, shop, " 0"},
	} {
		got := LowestCompetitor(&boon.Product{Competitors: c.known}, c.shop, monday)
		if text := fmt.Sprint(got.Source, " ", got.Price); text != c.want {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
	}
}

// Whatever the order in which readings arrive, the latest of each source is known, of readings that were made at once the last to come.
func TestTheLatestReadingOfASourceCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var known []boon.CompetitorPrice
		latest := map[string]boon.CompetitorPrice{}
		for i := range rapid.IntRange(0, 40).Draw(t, "readings") {
			seen := asked(rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "source"), int64(i+1), rapid.SampledFrom([]time.Duration{0, 1, 2, 3}).Draw(t, "ago")*time.Hour)
			before := slices.Clone(known)
			list, taken := WithCompetitor(known, seen)
			if !cmp.Equal(before, known) {
				t.Fatal("what was known has changed")
			}
			if was, ok := latest[seen.Source]; taken != (!ok || !seen.Seen.Before(was.Seen)) {
				t.Fatalf("%+v after %+v: taken %v", seen, was, taken)
			}
			if known = list; taken {
				latest[seen.Source] = seen
			}
		}
		if len(known) != len(latest) || !slices.IsSortedFunc(known, func(a, b boon.CompetitorPrice) int { return strings.Compare(a.Source, b.Source) }) {
			t.Fatalf("%+v", known)
		}
		for _, c := range known {
			if latest[c.Source] != c {
				t.Fatalf("%+v, want %+v", c, latest[c.Source])
			}
		}
	})
}

func TestOfManyCompetitorsTheLatestStay(t *testing.T) {
	var known []boon.CompetitorPrice
	for i := range 20 {
		known, _ = WithCompetitor(known, asked(fmt.Sprintf("%02d", i), 100, time.Duration(100-i)*time.Hour))
	}
	if len(known) != competitorsKept || known[0].Source != "04" || known[15].Source != "19" {
		t.Errorf("%+v", known)
	}
}

func TestPriceFeedsOfCompetitors(t *testing.T) {
	feed := strings.Join([]string{
		"sku,competitor_price,competitor,seen_at,price",
		"A,9.00,Shop One,2026-01-05T10:00:00+02:00,",
		"A,8.50 USD,,,10.00",
		"A,,,2026-01-05T10:00:00Z,10.00",
		"A,8.50 EUR,Two,,",
		"A,0.00,Two,,",
		"A,-1,Two,,",
		"A,,Two,,10.00",
		"A,8.50,Two,yesterday,",
		"A,8.50,Two,2026-01-05T12:05:01Z,",
		"A,8.50," + strings.Repeat("x", 101) + ",,",
		"A,,,2026-01-05T10:00:00Z,",
	}, "\n")
	var got strings.Builder
	report, err := ReadPrices(strings.NewReader(feed), CSV, "USD", monday, func(line int, p Price) error {
		fmt.Fprintf(&got, "%d: %+v\n", line, p.Competitor)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Refusals {
		fmt.Fprintf(&got, "%d %s: %s\n", r.Line, r.Field, strings.ReplaceAll(r.Detail, strings.Repeat("x", 101), "x..."))
	}
	want := `2: &{Source:Shop One Currency:USD Price:900 Seen:2026-01-05 08:00:00 +0000 UTC}
3: &{Source: Currency:USD Price:850 Seen:2026-01-05 12:00:00 +0000 UTC}
4: <nil>
5 competitor_price: "8.50 EUR" is not in USD
6 competitor_price: 0 is no price; leave the row out, and what was seen before passes
7 competitor_price: "-1" is negative
8 competitor_price: the row names the competitor "Two" and no competitor_price
9 seen_at: "yesterday" is no time such as 2026-01-05T10:00:00Z
10 seen_at: 2026-01-05T12:05:01Z is still to come
11 competitor: the name is longer than 100 bytes
12 price: the row has no price
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}
