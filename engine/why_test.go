package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

// pharmacy sells what is sensitive beside what is not, in places with laws of their own.
const pharmacy = `
kind: Shop
id: pharmacy
currency: USD
timezone: UTC
regime: {default: opt-out, DE: opt-in}
sensitive: [HEALTH/MENTAL]
disclosures:
  US-NY: This price was set by an algorithm using your personal data
  US: Personalised for you
  GB: Your offer is personalised
---
kind: Budget
id: b
amount: "10000.00"
---
kind: Placement
id: checkout
channel: web
---
kind: Placement
id: page
channel: web
---
kind: Offer
id: everything
budget: b
reward: {type: percentage, values: ["10"], maxDiscount: "5.00"}
placements: [checkout]
eligibility: cart.total >= 10.0 && profile.orders_90d >= 0
pinned: true
duration: 1d
---
kind: Offer
id: tablets
budget: b
reward: {type: points, values: ["100"], pointValue: "0.01"}
scope: {kind: sku, skus: [T1]}
placements: [page]
pinned: true
duration: 1d
---
kind: Offer
id: counselled
budget: b
reward: {type: percentage, values: ["5"], maxDiscount: "5.00"}
placements: [checkout]
sensitive: true
pinned: true
duration: 1d
message: {why: "Your pharmacist recommends {{.Value}} per cent."}
---
kind: Offer
id: fond
budget: b
reward: {type: percentage, values: ["5"], maxDiscount: "5.00"}
placements: [checkout]
eligibility: profile.top_category != ""
duration: 1d
`

// visits decides for somebody somewhere, with a cart of one category.
func (s *shop) visits(who, context, category string) answer {
	s.t.Helper()
	return s.want(200, serverKey, "POST", "/v1/decisions", fmt.Sprintf(`{"profile":{"userId":%q},"placements":["checkout"],"explain":true,"context":%s,
		"cart":{"currency":"USD","lines":[{"id":"l1","sku":"A1","category":%q,"quantity":1,"price":"40.00"}]}}`, who, context, category))
}

// Sensitive goods are left out of offers, unless one says that it may be about them, and no interest in them is read.
func TestSensitiveCategoriesAreLeftOut(t *testing.T) {
	s := openText(t, pharmacy)
	s.want(200, serverKey, "PUT", "/v1/products:batch", `[{"sku":"T1","category":"HEALTH/MENTAL/SLEEP","price":"20.00"}]`)
	a := s.visits("u1", `{}`, "HEALTH/MENTAL")
	if a.verdict("everything") != "refused sensitive_category" || a.verdict("counselled") != "won pinned" {
		t.Errorf("a cart with sensitive goods: %s", a.raw)
	}
	if why := a.text("placements.0.why"); why != "Your pharmacist recommends 5 per cent." {
		t.Errorf("the offer's own why: %q", why)
	}
	page := s.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"userId":"u3"},"placements":["page"],"explain":true}`)
	if page.verdict("tablets") != "refused not_eligible" || page.text("placements.0.outcome") != "none" {
		t.Errorf("goods that the decision did not read: %s", page.raw)
	}
	if a := s.visits("u2", `{}`, "HEALTH"); a.verdict("everything") == "refused sensitive_category" {
		t.Errorf("a cart without: %s", a.raw)
	}
	view := func(who, category string) {
		s.want(200, serverKey, "POST", "/v1/track", fmt.Sprintf(`{"event":"Product Viewed","userId":%q,"properties":{"sku":"A1","category":%q}}`, who, category))
	}
	view("keen", "HEALTH/MENTAL")
	view("keen", "HEALTH/MENTAL")
	if a := s.visits("keen", `{}`, "SOAP"); a.verdict("fond") != "refused not_eligible" {
		t.Errorf("an interest in sensitive goods is used: %s", a.raw)
	}
	view("keen", "SOAP")
	if a := s.visits("keen", `{}`, "SOAP"); a.verdict("fond") == "refused not_eligible" {
		t.Errorf("the other interest is not: %s", a.raw)
	}
}

// Region goes before country; nothing is disclosed where no law asks, nor where nothing is personalised.
func TestPersonalisedOffersDiscloseByJurisdiction(t *testing.T) {
	s := openText(t, pharmacy)
	for context, want := range map[string]string{
		`{"country":"US","region":"US-NY"}`: "This price was set by an algorithm using your personal data",
		`{"country":"US","region":"US-CA"}`: "Personalised for you",
		`{"country":"GB"}`:                  "Your offer is personalised",
		`{"country":"FR"}`:                  "",
		`{"country":"DE","region":"US-NY"}`: "", // no consent: not personalised
	} {
		a := s.visits("u"+context, context, "SOAP")
		if got := a.text("placements.0.disclosure"); a.text("placements.0.outcome") != "offer" || got != want {
			t.Errorf("%s discloses %q, want %q: %s", context, got, want, a.raw)
		}
		if r := s.want(200, serverKey, "POST", "/v1/decisions/"+a.text("decisionId")+"/replay", ""); r.at("equal") != true {
			t.Errorf("the decision is computed otherwise: %s", r.raw)
		}
	}
}

// A shopper is told why by kinds of things; a stranger is told nothing.
func TestShoppersAreToldWhy(t *testing.T) {
	s := openText(t, pharmacy)
	s.want(200, serverKey, "PUT", "/v1/overrides/only", `{"act":"ban","offer":"counselled","reason":"r"}`)
	a := s.visits("u1", `{"country":"US"}`, "SOAP")
	why := "You get this because of what is in your cart and how you shop with us."
	if got := a.text("placements.0.why"); got != why {
		t.Errorf("why: %q of %s", got, a.raw)
	}
	if got := s.visits("u2", `{"country":"DE"}`, "SOAP").text("placements.0.why"); got != "You get this because of what is in your cart." {
		t.Errorf("without consent to personalisation, why: %q", got)
	}
	token := func(who string) string {
		return s.want(200, serverKey, "POST", "/v1/tokens", `{"profile":{"userId":"`+who+`"}}`).text("token")
	}
	path := "/v1/decisions/" + a.text("decisionId") + "/why"
	told := s.want(200, token("u1"), "GET", path, "")
	if told.text("reasons.0.why") != why || told.text("reasons.0.offer") != "everything" || told.text("reasons.0.disclosure") != "Personalised for you" {
		t.Errorf("told: %s", told.raw)
	}
	for _, inner := range []string{"propensity", "delta", "margin", "cost"} {
		if strings.Contains(string(told.raw), inner) {
			t.Errorf("a shopper is told of %s: %s", inner, told.raw)
		}
	}
	s.want(404, token("u2"), "GET", path, "")
	s.want(404, token("u2"), "GET", "/v1/decisions/dec_none/why", "")
}
