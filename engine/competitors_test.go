package engine_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

// comparing is a shop that answers those who sell for less, and never below its margin.
const comparing = `kind: Shop
id: comparing
currency: USD
timezone: UTC
regime: {default: opt-out}
margins: {default: "0.40"}
competitorAge: 24h
---
kind: Budget
id: purse
amount: "100000.00"
---
kind: Campaign
id: season
budget: purse
---
kind: Placement
id: product-page
channel: web
---
kind: Trigger
id: compared
use: price_check
with: {above: 0.05}
placements: [product-page]
---
kind: Offer
id: match
campaign: season
reward: {type: percentage, values: ["10"], maxDiscount: "50.00"}
eligibility: has(product.price_gap) && product.price_gap > 0.05
placements: [product-page]
duration: 1d
pinned: true
---
kind: Offer
id: bold
campaign: season
reward: {type: percentage, values: ["10"], maxDiscount: "50.00"}
eligibility: product.price_gap > 0.05
placements: [product-page]
duration: 1d
---
kind: Guardrail
id: no-bargain
where: has(product.competitor) && product.competitor == "Bargain"
suppress: [percentage]
`

// compare opens the shop with a coat for 100.00, at an hour that the test moves.
func compare(t *testing.T) (s *shop, at func(time.Duration)) {
	t.Helper()
	begin := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	var now atomic.Int64
	at = func(since time.Duration) { now.Store(begin.Add(since).UnixNano()) }
	at(0)
	s = openAt(t, written(t, comparing), func() time.Time { return time.Unix(0, now.Load()).UTC() })
	s.loads("products", `{"sku":"coat","price":"100.00"}`)
	return s, at
}

func TestACompetitorsPriceRulesTheVeryNextDecision(t *testing.T) {
	s, at := compare(t)
	for i, step := range []struct {
		after     time.Duration
		kind, row string // of the feed; "": none
		gap       any    // what the decision saw
		given     bool
	}{
		{0 * time.Hour, "", "", nil, false},
		{0 * time.Hour, "prices", `{"sku":"coat","competitor_price":"90.00","competitor":"Rival"}`, 0.1, true},
		{1 * time.Hour, "prices", `{"sku":"coat","competitor_price":"97.00","competitor":"Rival"}`, 0.03, false},
		{2 * time.Hour, "prices", `{"sku":"coat","competitor_price":"80.00","competitor":"Rival","seen_at":"2026-01-05T12:30:00Z"}`, 0.03, false}, // late
		{2 * time.Hour, "prices", `{"sku":"coat","competitor_price":"88.00","source":"Other","seen_at":"2026-01-05T13:00:00Z"}`, 0.12, true},
		{3 * time.Hour, "prices", `{"sku":"coat","price":"80.00"}`, -0.1, false},
		{3 * time.Hour, "products", `{"sku":"coat","price":"96.00","title":"A coat"}`, (96.0 - 88) / 96, true},
		{4 * time.Hour, "prices", `{"sku":"coat","competitor_price":"86.40","competitor":"Bargain"}`, 0.1, false}, // its guardrail
		{4 * time.Hour, "prices", `{"sku":"coat","competitor_price":"99.00","competitor":"Bargain"}`, (96.0 - 88) / 96, true},
		{25*time.Hour + 1, "", "", (96.0 - 99) / 96, false}, // the others were seen more than 24 hours ago
		{29 * time.Hour, "", "", nil, false},
	} {
		at(step.after)
		if step.kind != "" {
			if a := s.loads(step.kind, step.row); (a.at("late") == float64(1)) != (i == 3) {
				t.Errorf("step %d: %s", i, a.raw)
			}
		}
		a := s.look(fmt.Sprint("looker-", i), "coat")
		record := s.want(200, serverKey, "GET", "/v1/decisions/"+a.text("decisionId"), "")
		if gap := record.body["vector"].(map[string]any)["product.price_gap"]; gap != step.gap {
			t.Errorf("step %d: the gap is %v, want %v", i, gap, step.gap)
		}
		if given := a.text("placements.0.offer.id") == "match"; given != step.given {
			t.Errorf("step %d: given %v, want %v: %s", i, given, step.given, a.raw)
		}
		if r := s.want(200, serverKey, "POST", "/v1/decisions/"+a.text("decisionId")+"/replay", ""); r.at("equal") != true {
			t.Errorf("step %d: replay: %s", i, r.raw)
		}
	}
}

// A condition that reads a price nobody knows says so, and a bad row names its field and line.
func TestWhatIsNotKnownOfCompetitorsIsSaid(t *testing.T) {
	s, _ := compare(t)
	id := s.look("looker", "coat").text("decisionId")
	why := s.want(200, serverKey, "GET", "/v1/decisions/"+id+"/explain?offer=bold", "")
	if got := why.text("candidates.0.reason") + ": " + why.text("candidates.0.detail"); got != "evaluation_error: product.price_gap is not known here" {
		t.Errorf("%s: %s", got, why.raw)
	}
	a := s.want(200, serverKey, "PUT", "/v1/prices:batch", `[{"sku":"coat","competitor_price":"90.00"},{"sku":"coat","competitor_price":"90.00","seen_at":"2026-01-06"}]`)
	if a.at("accepted") != float64(1) || a.at("refusals.0.line") != float64(2) || a.text("refusals.0.field") != "seen_at" {
		t.Errorf("%s", a.raw)
	}
}

// Who compares prices is answered where the coat costs more here, by so much.
func TestAPriceCheckFiresWhereACompetitorIsCheaper(t *testing.T) {
	s, _ := compare(t)
	for i, step := range []struct {
		row   string
		fires int
	}{{"", 0}, {`{"sku":"coat","competitor_price":"95.00","competitor":"Rival"}`, 0}, {`{"sku":"coat","competitor_price":"94.00","competitor":"Rival"}`, 1}} {
		if step.row != "" {
			s.loads("prices", step.row)
		}
		who := fmt.Sprint("looker-", i)
		s.want(200, writeKey, "POST", "/v1/track", fmt.Sprintf(`{"userId":%q,"event":"Price Compared","properties":{"product_id":"coat"},"context":{"country":"US"}}`, who))
		s.grants(who)
		fired := s.want(200, serverKey, "GET", "/v1/profiles/user:"+who+"/decisions?trigger=compared", "")
		if n := len(fired.at("decisions").([]any)); n != step.fires {
			t.Errorf("%s: fired %d times, want %d", step.row, n, step.fires)
		}
	}
}
