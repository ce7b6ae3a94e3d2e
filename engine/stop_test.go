package engine_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"boon/webhook"
)

// mispriced is a shop whose code takes 99% off, with a rule that watches it; alarms go to url.
func mispriced(t *testing.T, url string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bundle.yaml")
	text := fmt.Sprintf(`
kind: Shop
id: shop
currency: USD
timezone: UTC
regime: {default: opt-out}
alarms: {webhook: %q}
---
kind: Budget
id: b
amount: "100000.00"
---
kind: Placement
id: checkout
channel: web
---
kind: Offer
id: oops
budget: b
reward: {type: percentage, values: ["99"], maxDiscount: "50.00"}
scope: {kind: all}
placements: [checkout]
duration: 1d
codes: {mode: public, code: OOPS}
---
kind: Offer
id: fine
budget: b
reward: {type: percentage, values: ["5"], maxDiscount: "5.00"}
scope: {kind: all}
duration: 1d
codes: {mode: public, code: FINE}
---
kind: StopLoss
id: too-deep
covers: {kind: offer}
when: {figure: discount_rate, above: "0.25", over: 1h, atLeast: 20}
---
kind: Abuse
id: tries
signal: code_stuffing
above: 5
over: 1h
action: refuse
---
kind: Abuse
id: accounts
signal: shared_device
above: 2
over: 1d
action: refuse
`, url)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// receiver is a webhook's end; it fails the first attempt of each message.
type receiver struct {
	mu    sync.Mutex
	tries map[string]int
	got   chan told
}

type told struct {
	id, at, signature string
	body              []byte
}

func (h *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m := told{r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"), r.Header.Get("Webhook-Signature"), body}
	h.mu.Lock()
	h.tries[m.id]++
	first := h.tries[m.id] == 1
	h.mu.Unlock()
	if first {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	h.got <- m
}

func use(code, who, order string) string {
	return fmt.Sprintf(`{"code":%q,"profile":{"userId":%q},"order":{"id":%q,"lines":[{"sku":"A1","quantity":1,"price":"40.00"}]}}`, code, who, order)
}

// A code that takes 99% off is stopped by the redemption that makes the rule hold, and a human is told.
func TestAMispricedOfferIsStopped(t *testing.T) {
	hook := &receiver{tries: map[string]int{}, got: make(chan told, 10)}
	end := httptest.NewServer(hook)
	defer end.Close()
	s := open(t, mispriced(t, end.URL))

	var clients sync.WaitGroup
	var mu sync.Mutex
	statuses := map[string]int{}
	for c := range 8 { // eight clients at once
		clients.Go(func() {
			for n := range 10 {
				id := fmt.Sprintf("u%d-%d", c, n)
				a := s.call(serverKey, "POST", "/v1/redemptions", use("OOPS", id, "o-"+id))
				mu.Lock()
				statuses[fmt.Sprint(a.status, " ", a.text("type"))]++
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	if statuses["201 "] != 20 || statuses["409 /problems/paused"] != 60 {
		t.Fatalf("of 80 calls: %v; want 20 redeemed, and the next refused", statuses)
	}
	s.want(201, serverKey, "POST", "/v1/redemptions", use("FINE", "someone", "o-fine"))

	p := s.want(200, serverKey, "GET", "/v1/pauses", "")
	if p.text("pauses.0.id") != "oops" || p.text("pauses.0.by") != "rule:too-deep" || p.text("pauses.0.figures.value") != "0.99" {
		t.Errorf("pauses: %s", p.raw)
	}
	audit := s.want(200, serverKey, "GET", "/v1/audit?limit=1", "")
	if audit.text("entries.0.action") != "paused" || audit.text("entries.0.object") != "Offer/oops" || !strings.Contains(audit.text("entries.0.detail"), `"redemptions":"20"`) {
		t.Errorf("audit: %s", audit.raw)
	}
	alarm := s.want(200, serverKey, "GET", "/v1/alarms", "")
	s.delivered(hook, alarm.text("alarms.0.id"))
	if page := s.call(serverKey, "GET", "/v1/alarms?after=1", ""); page.at("alarms.0") != nil {
		t.Errorf("one alarm was raised, not: %s", page.raw)
	}

	d := s.want(200, serverKey, "POST", "/v1/decisions", decision(`{"userId":"later"}`))
	if got := d.text("placements.0.candidates.0.reason") + d.text("candidates.0.reason"); !strings.Contains(string(d.raw), `"paused"`) {
		t.Errorf("a decision still offers it (%s): %s", got, d.raw)
	}
	if again := s.want(200, serverKey, "POST", "/v1/decisions/"+d.text("decisionId")+"/replay", ""); again.at("equal") != true {
		t.Errorf("the decision is computed otherwise: %s", again.raw)
	}
	s.want(200, serverKey, "DELETE", "/v1/pauses?offer=oops&reason=repriced", "")
	s.want(201, serverKey, "POST", "/v1/redemptions", use("OOPS", "after", "o-after"))
	s.ledgerHolds()
}

// delivered waits for the alarm at the receiver, and checks what a receiver checks.
func (s *shop) delivered(hook *receiver, id string) {
	s.t.Helper()
	select {
	case m := <-hook.got:
		secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.want(200, serverKey, "GET", "/v1/alarms/secret", "").text("secret"), "whsec_"))
		var at int64
		fmt.Sscan(m.at, &at)
		if want := webhook.Sign(secret, m.id, time.Unix(at, 0), m.body); err != nil || m.id != id || m.signature != want {
			s.t.Errorf("told %s signed %s, want %s signed %s", m.id, m.signature, id, want)
		}
		if !strings.Contains(string(m.body), `"type":"alarm.stop_loss"`) || !strings.Contains(string(m.body), `"value":"0.99"`) {
			s.t.Errorf("told: %s", m.body)
		}
	case <-time.After(20 * time.Second):
		s.t.Fatal("no alarm came within 20 seconds")
	}
}

func TestTheKillSwitchStopsEveryOffer(t *testing.T) {
	s := open(t, mispriced(t, "http://127.0.0.1:1/"))
	s.want(201, serverKey, "POST", "/v1/redemptions", use("FINE", "a", "o1"))
	s.want(201, serverKey, "POST", "/v1/pauses", `{"all":true,"reason":"fire"}`)
	for _, code := range []string{"FINE", "OOPS"} {
		if a := s.want(409, serverKey, "POST", "/v1/redemptions", use(code, "b", "o2")); a.text("type") != "/problems/paused" {
			t.Errorf("%s: %s", code, a.raw)
		}
	}
	s.want(404, serverKey, "DELETE", "/v1/pauses?offer=fine", "")
	s.want(200, serverKey, "DELETE", "/v1/pauses?all=1", "")
	s.want(201, serverKey, "POST", "/v1/redemptions", use("FINE", "b", "o2"))
}
