package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// counters is a shop with an offer for everything that can be stopped by itself.
const counters = `
kind: Shop
id: shop
currency: USD
timezone: UTC
regime: {default: opt-out}
---
kind: Budget
id: b
amount: "100000.00"
---
kind: Campaign
id: spring
budget: b
---
kind: Placement
id: checkout
channel: web
---
kind: Placement
id: phone
channel: app
---
kind: Offer
id: single
budget: b
reward: {type: percentage, values: ["10"], maxDiscount: "5.00"}
placements: [checkout]
pinned: true
duration: 1d
codes: {mode: public, code: SINGLE}
---
kind: Offer
id: campaigned
campaign: spring
reward: {type: percentage, values: ["10"], maxDiscount: "5.00"}
placements: [checkout]
pinned: true
duration: 1d
codes: {mode: public, code: CAMPAIGNED}
---
kind: Offer
id: wine
budget: b
reward: {type: percentage, values: ["10"], maxDiscount: "5.00"}
scope: {kind: category, categories: ["FOOD/WINE"]}
placements: [checkout]
pinned: true
duration: 1d
codes: {mode: public, code: WINE}
---
kind: Offer
id: mobile
budget: b
reward: {type: percentage, values: ["10"], maxDiscount: "5.00"}
placements: [phone]
pinned: true
duration: 1d
codes: {mode: public, code: MOBILE}
---
kind: Trigger
id: viewed
when: {event: Product Viewed}
placements: [phone, checkout]
`

func bundleFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bundle.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// asks decides for somebody at one placement, with a bottle of wine in the cart or with bread, and says what is offered.
func (s *shop) asks(who, placement, category string) answer {
	s.t.Helper()
	return s.want(200, serverKey, "POST", "/v1/decisions", fmt.Sprintf(`{"profile":{"userId":%q},"placements":[%q],"explain":true,
		"cart":{"currency":"USD","lines":[{"id":"l1","sku":"A1","category":%q,"quantity":1,"price":"40.00"}]}}`, who, placement, category))
}

// verdict is how an offer fared in an explained decision.
func (a answer) verdict(offer string) string {
	list, _ := a.at("explain").([]any)
	for _, c := range list {
		if k := c.(map[string]any); k["offer"] == offer {
			return fmt.Sprint(k["verdict"], " ", k["reason"])
		}
	}
	return ""
}

// within waits up to a second, which is what the kill switch promises.
func within(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("a second later it is not so: %s", what)
		}
		<-time.After(time.Millisecond)
	}
}

// Each kill switch, thrown at one server, stops its offers at all three within a second and at that one in the next decision; and lets go again.
func TestKillSwitchesStopThreeServers(t *testing.T) {
	shops := fleet(t, 3, newLedger(t))
	shops[0].apply(bundleFile(t, counters))
	for _, s := range shops {
		soon(t, "the release is live everywhere", func() bool { return s.live() != "" && s.live() == shops[0].live() })
	}
	for i, c := range []struct{ kind, id, offer, placement string }{
		{"offer", "single", "single", "checkout"},
		{"campaign", "spring", "campaigned", "checkout"},
		{"category", "FOOD", "wine", "checkout"},
		{"channel", "app", "mobile", "phone"},
		{"all", "1", "single", "checkout"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			n := 0
			verdict := func(s *shop) string {
				n++
				return s.asks(fmt.Sprintf("%s-%d", c.kind, n), c.placement, "FOOD/WINE").verdict(c.offer)
			}
			stopped := func(s *shop) bool { return verdict(s) == "refused paused" }
			thrower := shops[i%3]
			for _, s := range shops {
				if stopped(s) {
					t.Fatal("it is stopped before the switch is thrown")
				}
			}
			id := fmt.Sprintf("%q", c.id)
			if c.kind == "all" {
				id = "true"
			}
			thrower.want(201, serverKey, "POST", "/v1/pauses", fmt.Sprintf(`{%q:%s,"reason":"fire","honour":false}`, c.kind, id))
			if got := verdict(thrower); got != "refused paused" {
				t.Errorf("the next decision at the same server says %q", got)
			}
			for _, s := range shops {
				within(t, "the decision refuses it", func() bool { return stopped(s) })
				a := s.call(serverKey, "POST", "/v1/redemptions", redeemWine(strings.ToUpper(c.offer), "x"+c.kind))
				if c.kind != "channel" && a.text("type") != "/problems/paused" {
					t.Errorf("its code is not stopped: %s", a.raw)
				}
			}
			thrower.want(200, serverKey, "DELETE", "/v1/pauses?"+c.kind+"="+c.id, "")
			for _, s := range shops {
				within(t, "it is offered again", func() bool { return !stopped(s) })
			}
		})
	}
}

func redeemWine(code, who string) string {
	return fmt.Sprintf(`{"code":%q,"profile":{"userId":%q},"order":{"id":%q,"lines":[{"id":"l1","sku":"A1","category":"FOOD/WINE","quantity":1,"price":"40.00"}]}}`, code, who, "o-"+who)
}

// A trigger grants by another way than a call, and stops by the same switch.
func TestAChannelSwitchStopsTriggers(t *testing.T) {
	shops := fleet(t, 2, newLedger(t))
	a, b := shops[0], shops[1]
	a.apply(bundleFile(t, counters))
	soon(t, "the release is live", func() bool { return b.live() == a.live() })
	wallet := func(who string) string {
		return string(b.want(200, serverKey, "GET", "/v1/wallet?userId="+who, "").raw)
	}
	view := func(who string) {
		b.want(200, writeKey, "POST", "/v1/track", `{"event":"Product Viewed","userId":"`+who+`","properties":{"sku":"A1","price":40,"quantity":1,"currency":"USD"}}`)
	}
	view("before")
	soon(t, "the trigger grants", func() bool { return strings.Contains(wallet("before"), `"mobile"`) })
	a.want(201, serverKey, "POST", "/v1/pauses", `{"channel":"app","reason":"outage"}`)
	view("after")
	soon(t, "the other channel goes on", func() bool { return strings.Contains(wallet("after"), `"offer"`) })
	if strings.Contains(wallet("after"), `"mobile"`) {
		t.Errorf("a trigger granted by the channel that is stopped: %s", wallet("after"))
	}
}

// A category is stopped in carts that hold it, and an offer over everything goes on elsewhere.
func TestAPausedCategoryStopsWhatTouchesIt(t *testing.T) {
	s := open(t, bundleFile(t, counters))
	s.want(200, serverKey, "PUT", "/v1/products:batch", `[{"sku":"W1","category":"FOOD/WINE/RED","price":"20.00"}]`)
	s.want(201, serverKey, "POST", "/v1/pauses", `{"category":"FOOD/WINE","reason":"licence"}`)
	for _, c := range []struct{ category, single, wine string }{
		{"FOOD/BREAD", "won pinned", "refused paused"},
		{"FOOD/WINE/RED", "refused paused", "refused paused"},
		{"FOOD/WINERY", "won pinned", "refused paused"},
	} {
		a := s.asks("u-"+c.category, "checkout", c.category)
		if got := a.verdict("wine"); got != c.wine {
			t.Errorf("%s: the wine offer is %q", c.category, got)
		}
		if got := a.verdict("single"); (got == "refused paused") != (c.single == "refused paused") {
			t.Errorf("%s: the offer over everything is %q", c.category, got)
		}
	}
	page := s.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"userId":"page"},"placements":["checkout"],"sku":"W1","explain":true}`)
	if got := page.verdict("single"); got != "refused paused" {
		t.Errorf("on the page of a wine the offer is %q", got)
	}
	if a := s.want(409, serverKey, "POST", "/v1/redemptions", redeemWine("SINGLE", "walk-in")); a.text("type") != "/problems/paused" {
		t.Errorf("a code that promised nothing is used on wine: %s", a.raw)
	}
	for body, want := range map[string]string{
		`{"channel":"ap","reason":"r"}`: `the bundle has no channel ap; did you mean \"app\"?","field":"channel"`, `{"channel":"fax","reason":"r"}`: `"field":"channel"`,
		`{"offer":"Single","reason":"r"}`:    `did you mean \"single\"?","field":"offer"`,
		`{"campaign":"sprong","reason":"r"}`: `did you mean \"spring\"?","field":"campaign"`,
	} {
		if a := s.want(404, serverKey, "POST", "/v1/pauses", body); !strings.Contains(string(a.raw), want) {
			t.Errorf("%s: %s, want %s", body, a.raw, want)
		}
	}
	for category, want := range map[string]string{"FOOD/WINE/RED": "", "FOOD": "", "food/wine": `did you mean \"FOOD/WINE\"?`, "FOOD/WIME": `did you mean \"FOOD/WINE\"?`, "TOYS": "only carts whose own lines name it are stopped\"}"} {
		a := s.want(201, serverKey, "POST", "/v1/pauses", fmt.Sprintf(`{"category":%q,"reason":"r"}`, category))
		if !strings.Contains(string(a.raw), want) || want == "" && strings.Contains(string(a.raw), "warning") {
			t.Errorf("%s: %s, want %s", category, a.raw, want)
		}
	}
	s.want(400, serverKey, "POST", "/v1/pauses", `{"category":"a\u0000b","reason":"r"}`)
}
