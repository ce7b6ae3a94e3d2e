package engine_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// stocked is a shop of one discount with five depths, bounded by stock.
const stocked = `kind: Shop
id: stocked
currency: USD
timezone: UTC
margins: {default: "0.90"}
targetDays: "20"
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
kind: Offer
id: deep
campaign: season
reward: {type: percentage, values: ["25"], maxDiscount: "50.00"}
placements: [product-page]
duration: 1d
pinned: true
---
kind: Guardrail
id: depth
maxDepth: "0.15"
overstock: {from: "0.5", maxDepth: "0.30"}
---
kind: Guardrail
id: scarce
where: product.pressure < -0.5
suppress: [percentage]
`

// look asks what the product page shows of a product; everybody is somebody else, so that no grant is shown again.
func (s *shop) look(who, sku string) answer {
	s.t.Helper()
	return s.want(200, serverKey, "POST", "/v1/decisions", fmt.Sprintf(`{"profile":{"anonymousId":%q},"placements":["product-page"],"sku":%q,"context":{"channel":"web","country":"US"},"explain":true}`, who, sku))
}

// loads is a feed of one row that must be taken.
func (s *shop) loads(kind, row string) answer {
	s.t.Helper()
	a := s.want(200, serverKey, "PUT", "/v1/"+kind+":batch", "["+row+"]")
	if a.at("accepted") != float64(1) {
		s.t.Fatalf("%s: %s", row, a.raw)
	}
	return a
}

// holds is the inventory feed's word on the coat, of which one is sold a day.
func (s *shop) holds(units int) {
	s.t.Helper()
	s.loads("inventory", fmt.Sprintf(`{"sku":"coat","on_hand":%d,"daily_demand":1}`, units))
}

func TestAStockFeedRulesTheVeryNextDecision(t *testing.T) {
	s := openText(t, stocked)
	s.loads("products", `{"sku":"coat","price":"100.00","category":"COATS"}`)
	for i, step := range []struct {
		units  int
		reason string // "": the discount is given
		by     string
		detail string
	}{
		{units: 60},
		{5, "scarce", "scarce", "no percentage while coat is scarce: product.pressure < -0.5 (5 on hand, 1 a day, 5 days of cover, 20 aimed at, pressure -0.75)"},
		{20, "max_depth", "depth", "would take coat 25.0% below its list price, the most is 15% (30% from a stock pressure of 0.5 on, it is 0)"},
		{units: 30},
		{29, "max_depth", "depth", "would take coat 25.0% below its list price, the most is 15% (30% from a stock pressure of 0.5 on, it is 0.45)"},
	} {
		s.holds(step.units)
		a := s.look(fmt.Sprintf("looker-%d", i), "coat")
		if step.reason == "" {
			if a.text("placements.0.offer.id") != "deep" || a.text("placements.0.offer.reward.value") != "25" {
				t.Errorf("%d coats: want the discount, got %s", step.units, a.raw)
			}
			continue
		}
		if a.text("placements.0.outcome") != "none" || a.text("explain.0.reason") != step.reason {
			t.Errorf("%d coats: want a refusal by %s, got %s", step.units, step.reason, a.raw)
		}
		why := s.want(200, serverKey, "GET", "/v1/decisions/"+a.text("decisionId")+"/explain", "")
		if !strings.Contains(string(why.raw), fmt.Sprintf(`"by":%q`, step.by)) || !strings.Contains(why.text("candidates.0.detail"), step.detail) {
			t.Errorf("%d coats: want %q of %s in %s", step.units, step.detail, step.by, why.raw)
		}
		if r := s.want(200, serverKey, "POST", "/v1/decisions/"+a.text("decisionId")+"/replay", ""); r.at("equal") != true {
			t.Errorf("%d coats: replay: %s", step.units, r.raw)
		}
	}
}

// Whoever asks after a feed was answered never sees the stock of before, however many others read meanwhile.
func TestNoDecisionSeesTheStockBeforeTheFeed(t *testing.T) {
	s := openText(t, stocked)
	s.loads("products", `{"sku":"coat","price":"100.00"}`)
	s.holds(60)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for reader := range 3 {
		readers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
					s.look(fmt.Sprintf("reader-%d-%d", reader, i), "coat")
				}
			}
		})
	}
	for i := range 60 {
		s.holds(5 + 60*(i%2))
		a := s.look(fmt.Sprintf("after-%d", i), "coat")
		if given := a.text("placements.0.offer.id") == "deep"; given != (i%2 == 1) {
			t.Errorf("feed %d: %s", i, a.raw)
		}
	}
	close(done)
	readers.Wait()
}

func TestAFeedThatIsNoListSaysWhatOneIs(t *testing.T) {
	s := openText(t, stocked)
	a := s.want(400, serverKey, "PUT", "/v1/products:batch", `{"products":[{"sku":"coat"}]}`)
	if want := `A JSON feed is an array of objects, a row each, such as [{"sku": "A1"}].`; a.text("detail") != want {
		t.Errorf("%s, want %s", a.raw, want)
	}
}
