package engine_test

import (
	"fmt"
	"testing"
)

// watching is a shop that calls people back to what they looked at.
const watching = `kind: Shop
id: watching
currency: USD
timezone: UTC
regime: {default: opt-out}
margins: {default: "0.60"}
---
kind: Budget
id: purse
amount: "100000.00"
---
kind: Campaign
id: callback
budget: purse
---
kind: Placement
id: inbox
channel: web
---
kind: Trigger
id: back
use: back_in_stock
---
kind: Trigger
id: cheaper
use: price_drop
---
kind: Offer
id: ten
campaign: callback
reward: {type: percentage, values: ["10"], maxDiscount: "50.00"}
triggers: [back, cheaper]
placements: [inbox]
duration: 1d
pinned: true
`

// viewed sends what a shopper did about the coat, and waits until it is known.
func (s *shop) viewed(user, event string, choices string) {
	s.t.Helper()
	s.want(200, writeKey, "POST", "/v1/track", fmt.Sprintf(`{"userId":%q,"event":%q,"properties":{"product_id":"coat","price":100,"currency":"USD"},"context":{"country":"US"%s}}`, user, event, choices))
	s.grants(user)
}

func (s *shop) bought(user, order string) {
	s.t.Helper()
	s.want(200, writeKey, "POST", "/v1/track", fmt.Sprintf(`{"userId":%q,"event":"Order Completed","properties":{"order_id":%q,"total":100,"currency":"USD","products":[{"product_id":"coat","quantity":1,"price":100}]}}`, user, order))
	s.grants(user)
}

// grants is how many grants a shopper has, once all that is on the log for them is applied.
func (s *shop) grants(user string) int {
	s.t.Helper()
	return len(s.want(200, serverKey, "GET", "/v1/wallet?userId="+user, "").at("grants").([]any))
}

// told loads a feed and says how many it was told to.
func (s *shop) told(kind, row string) float64 {
	s.t.Helper()
	n, _ := s.loads(kind, row).at("told").(float64)
	return n
}

func TestWhoWaitsIsToldOnceThatAProductIsBack(t *testing.T) {
	s := openText(t, watching)
	s.loads("products", `{"sku":"coat","price":"100.00"}`)
	s.loads("inventory", `{"sku":"coat","on_hand":5}`)
	s.viewed("waits", "Product Viewed", "")
	s.viewed("has-two-devices", "Product Added", "")
	s.want(200, serverKey, "POST", "/v1/identify", `{"userId":"has-two-devices","anonymousId":"device-2"}`)
	s.want(200, writeKey, "POST", "/v1/track", `{"anonymousId":"device-2","event":"Product Viewed","properties":{"product_id":"coat"},"context":{"country":"US"}}`)
	s.viewed("bought-it", "Product Viewed", "")
	s.bought("bought-it", "o1")
	s.viewed("denies", "Product Viewed", `,"consent":{"categoryPreferences":{"analytics":false}}`)
	s.viewed("denies-later", "Product Viewed", "")
	s.viewed("denies-later", "Cart Viewed", `,"consent":{"categoryPreferences":{"analytics":false}}`)

	if n := s.told("inventory", `{"sku":"coat","on_hand":10}`); n != 0 {
		t.Errorf("from 5 to 10: told %v", n)
	}
	s.loads("inventory", `{"sku":"coat","on_hand":0}`)
	if n := s.told("inventory", `{"sku":"coat","on_hand":5}`); n != 2 {
		t.Errorf("from 0 to 5: told %v, want the one who waits and the one with two devices", n)
	}
	if n := s.told("inventory", `{"sku":"coat","on_hand":5}`); n != 0 {
		t.Errorf("the same feed again: told %v", n)
	}
	for user, want := range map[string]int{"waits": 1, "has-two-devices&anonymousId=device-2": 1, "bought-it": 0, "denies": 0, "denies-later": 0} {
		if got := s.grants(user); got != want {
			t.Errorf("%s has %d grants, want %d", user, got, want)
		}
	}
	if n := s.told("products", `{"sku":"cap","price":"10.00","availability":"out of stock"}`); n != 0 {
		t.Errorf("a new product: told %v", n)
	}
}

func TestWhoWaitsIsToldOnceThatAPriceFell(t *testing.T) {
	s := openText(t, watching)
	s.loads("products", `{"sku":"coat","price":"100.00"}`)
	s.viewed("waits", "Product Viewed", "")
	for _, step := range []struct {
		kind, row string
		told      float64
	}{
		{"prices", `{"sku":"coat","price":"95.01"}`, 0}, // not by a twentieth
		{"prices", `{"sku":"coat","price":"100.00"}`, 0},
		{"prices", `{"sku":"coat","price":"95.00"}`, 1},
		{"prices", `{"sku":"coat","price":"95.00"}`, 0},
		{"products", `{"sku":"coat","price":"95.00","sale_price":"80.00"}`, 1},
		{"inventory", `{"sku":"coat","on_hand":0}`, 0},
		{"prices", `{"sku":"coat","sale_price":"60.00"}`, 0}, // nobody could buy it
		{"inventory", `{"sku":"coat","on_hand":1}`, 1},       // that it is back is news
	} {
		if got := s.told(step.kind, step.row); got != step.told {
			t.Errorf("%s %s: told %v, want %v", step.kind, step.row, got, step.told)
		}
	}
	if got := s.grants("waits"); got != 1 {
		t.Errorf("%d grants, want one: a live grant is shown again", got)
	}
}

// News of a product are not a browser's to tell.
func TestABrowserCannotCallItselfBack(t *testing.T) {
	s := openText(t, watching)
	s.viewed("cheats", "Product Back In Stock", "")
	if got := s.grants("cheats"); got != 0 {
		t.Errorf("a browser's own word gave %d grants", got)
	}
}
