package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"boon"
)

const cartDecision = `{"profile":{"anonymousId":"a1","userId":"u1"},"placements":["cart_drawer"],"trigger":"exit_intent",
 "context":{"channel":"web","device":"mobile","country":"US","region":"US-CA","timezone":"America/Los_Angeles"},
 "cart":{"currency":"USD","lines":[{"sku":"A1","quantity":2,"price":"129.00","listPrice":149,"discounts":["sale",{"name":"vip"}],"tax":"1.20"}],"shipping":"9.90"},
 "explain":true,"unknown":1}`

func TestWhatADecisionIsAsked(t *testing.T) {
	e := newEngine()
	wantStatus(t, call(t, e.handler(), "POST", "/v1/decisions", fullKey, cartDecision), 200)
	got, err := json.MarshalIndent(e.request, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "decision_request.golden", bytes.ReplaceAll(got, []byte(e.request.ID), []byte("dec_ID")))
	if len(e.asserted) != 1 {
		t.Error("a server key that names two ids asserts that they are one person")
	}
}

func TestADryRunChangesNothing(t *testing.T) {
	e := newEngine()
	w := call(t, e.handler(), "POST", "/v1/decisions", fullKey,
		`{"profile":{"anonymousId":"a1","userId":"u1"},"placements":["p"],"dryRun":true,"now":"2026-02-01T10:00:00+02:00"}`)
	wantStatus(t, w, 200)
	if !e.request.At.Equal(time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC)) || !e.request.DryRun || len(e.asserted) != 0 {
		t.Errorf("%+v, asserted %v", e.request, e.asserted)
	}
}

func TestWhatADecisionAnswers(t *testing.T) {
	e := newEngine()
	grant := testGrant()
	e.picks = []boon.Pick{
		{Placement: "cart_drawer", Outcome: boon.OutcomeOffer, Reason: boon.ReasonWon, Offer: "ten-off", Reward: boon.RewardPercentage,
			Level: 10 * boon.Unit, Propensity: 0.31, Grant: &grant, Message: boon.Message{Title: "10% off", Body: "Until Friday"}},
		{Placement: "banner", Outcome: boon.OutcomeNudge, Reason: boon.ReasonWon, Offer: "proof", Reward: boon.RewardNudge, Propensity: 1},
		{Placement: "footer", Outcome: boon.OutcomeNone, Reason: boon.ReasonUnprofitable, Detail: "Nothing earns more."},
		{Placement: "mail", Outcome: boon.OutcomeHoldout, Reason: boon.ReasonHoldout, Offer: "ghost-of-ten-off", Reward: boon.RewardPercentage, Level: 10 * boon.Unit},
	}
	e.candidates = []boon.Candidate{
		{Placement: "cart_drawer", Offer: "ten-off", Level: 10 * boon.Unit, Verdict: boon.VerdictWon, Reason: boon.ReasonWon, P0: 0.12, P: 0.19, Q: 0.1, Cost: 1290, Delta: 82.345},
		{Placement: "cart_drawer", Offer: "deep", Level: 50 * boon.Unit, Verdict: boon.VerdictRefused, Reason: boon.ReasonMarginFloor, By: "floor", Cost: 6450},
	}
	e.leftOut = []boon.LeftOut{{Placement: "banner", Bound: 1000, Count: 7, Offers: []string{"modest", "meagre"}}}
	h := e.handler()
	w := call(t, h, "POST", "/v1/decisions", fullKey, cartDecision, "Idempotency-Key", "k1")
	var story bytes.Buffer
	if err := json.Indent(&story, w.Body.Bytes(), "", " "); err != nil {
		t.Fatal(err)
	}
	golden(t, "decision_answer.golden", story.Bytes())
	w = call(t, h, "POST", "/v1/decisions", fullKey, strings.Replace(cartDecision, `"explain":true`, `"explain":false`, 1))
	if strings.Contains(w.Body.String(), "ghost") || strings.Contains(w.Body.String(), "explain") {
		t.Errorf("more is told than was asked: %s", w.Body)
	}
	w = call(t, h, "POST", "/v1/decisions", mint(t, h, `{"userId":"u1"}`), `{"placements":["p"]}`)
	if wantStatus(t, w, 200); strings.Contains(w.Body.String(), "modest") {
		t.Errorf("a shopper sees what was left out: %s", w.Body)
	}
	page := call(t, h, "GET", "/metrics", "", "").Body.String()
	for _, line := range []string{`boon_decisions_total{outcome="offer"} 3`, "boon_candidates_left_out_total 121"} {
		if !strings.Contains(page, "\n"+line+"\n") {
			t.Errorf("%s is not counted", line)
		}
	}
}

func TestDecisionIDs(t *testing.T) {
	e := newEngine()
	h := e.handler()
	id := func(key, body, idempotency string) string {
		wantStatus(t, call(t, h, "POST", "/v1/decisions", key, body, "Idempotency-Key", idempotency), 200)
		return e.request.ID
	}
	plain := `{"profile":{"userId":"u1"},"placements":["p"]}`
	first := id(fullKey, plain, "k1")
	e.now = e.now.Add(time.Hour)
	digest := e.once.Digest
	if again := id(fullKey, plain, "k1"); again != first || e.once.Digest != digest {
		t.Errorf("one key, two ids: %s %s", first, again)
	}
	if other := id(fullKey, strings.Replace(plain, "u1", "u2", 1), "k1"); other != first || e.once.Digest == digest {
		t.Error("another body must come with the same id and another digest")
	}
	if other := id(mint(t, h, `{"userId":"u1"}`), plain, "k1"); other == first {
		t.Error("two callers share a key space")
	}
	if a, b := id(fullKey, plain, ""), id(fullKey, plain, ""); a == b || e.once.Key != "" {
		t.Error("without a key every decision is its own")
	}
	e.replayed = true
	w := call(t, h, "POST", "/v1/decisions", fullKey, plain, "Idempotency-Key", "k1")
	if w.Header().Get("Idempotent-Replayed") != "true" {
		t.Error("a replay does not say so")
	}
}

func TestDecisionMistakesNameTheirField(t *testing.T) {
	ask := func(rest string) string { return `{"profile":{"userId":"u1"},"placements":["p"]` + rest + `}` }
	line := func(fields string) string { return ask(`,"cart":{"lines":[{"sku":"A","price":"1"},` + fields + `]}`) }
	for body, field := range map[string]string{
		``:                           "body",
		`{"profile":`:                "body",
		`[]`:                         "",
		`{"placements":["p"]} {}`:    "body",
		`{"placements":["p"]}`:       "profile",
		`{"profile":{"userId":"u"}}`: "placements",
		`{"profile":{"userId":"u"},"placements":[]}`:                "placements",
		`{"profile":{"userId":"u"},"placements":["a",""]}`:          "placements[1]",
		`{"profile":{"userId":"null"},"placements":["p"]}`:          "profile.userId",
		`{"profile":{"userId":7},"placements":["p"]}`:               "profile.userId",
		ask(`,"now":"2026-01-05T10:00:00Z"`):                        "now",
		ask(`,"dryrun":true`):                                       "dryrun",
		ask(`,"SKU":"A","Cart":{},"dry_run":true`):                  "Cart",
		ask(`,"cart":{"currency":"usd"}`):                           "cart.currency",
		ask(`,"cart":{"shipping":"-1"}`):                            "cart.shipping",
		ask(`,"cart":{"shipping":"1,5"}`):                           "cart.shipping",
		line(`{"price":"1"}`):                                       "cart.lines[1].sku",
		line(`{"sku":"B"}`):                                         "cart.lines[1].price",
		line(`{"sku":"B","price":true}`):                            "cart.lines[1].price",
		line(`{"sku":"B","price":{"amount":"1"}}`):                  "cart.lines[1].price",
		line(`{"sku":"B","price":{"amount":"1","currency":"EUR"}}`): "cart.lines[1].price",
		line(`{"sku":"B","price":{"currency":"USD"}}`):              "cart.lines[1].price",
		line(`{"sku":"B","price":"1\""}`):                           "cart.lines[1].price",
		line(`{"sku":"B","price":"abc"}`):                           "cart.lines[1].price",
		line(`{"sku":"B","price":"-1"}`):                            "cart.lines[1].price",
		line(`{"sku":"B","price":"1","listPrice":"x"}`):             "cart.lines[1].listPrice",
		line(`{"sku":"B","price":"1.01","listPrice":"1"}`):          "cart.lines[1].listPrice",
		line(`{"sku":"B","price":"1","quantity":0}`):                "cart.lines[1].quantity",
		line(`{"sku":"B","price":"1","quantity":9999999}`):          "cart.lines[1].quantity",
		line(`{"sku":"B","price":"1","quantity":1.5}`):              "cart.lines[1].quantity",
		line(`{"sku":"B","price":"9e12","quantity":1000000}`):       "cart.lines[1].price",
		line(`{"sku":"B","price":"1","tax":"x"}`):                   "cart.lines[1].tax",
		line(`{"sku":"B","price":"1","id":"1"}`):                    "cart.lines[1].id",
	} {
		w := call(t, newEngine().handler(), "POST", "/v1/decisions", fullKey, body)
		if p := problemIn(t, w); w.Code != 400 || p.Field != field {
			t.Errorf("%s names %q, want %q: %s", body, p.Field, field, p.Detail)
		}
	}
}

func TestDecisionRecords(t *testing.T) {
	h := newEngine().handler()
	if w := call(t, h, "GET", "/v1/decisions/dec_1", readKey, ""); w.Code != 200 || w.Body.String() != `{"id":"dec_1"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	wantStatus(t, call(t, h, "GET", "/v1/decisions/dec_2", readKey, ""), 404)
	w := call(t, h, "POST", "/v1/decisions/dec_1/replay", readKey, "")
	if got := strings.TrimSpace(w.Body.String()); got != `{"decisionId":"dec_1","equal":true,"engine":"v1","differences":[]}` {
		t.Error(got)
	}
}

// A request either is refused as an invalid_request, or stands for sums that fit and a cart that makes sense.
func FuzzDecisionRequest(f *testing.F) {
	f.Add([]byte(cartDecision))
	f.Add([]byte(`{"placements":["p"],"cart":{"lines":[{"sku":"A","price":1e3,"quantity":3}]}}`))
	f.Add([]byte(`{"placements":["p"],"dryRun":true,"now":"2026-01-05T10:00:00Z","cart":{"shipping":"99999999999"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, r, err := decodeDecision(body, "USD")
		if err != nil {
			if p := problemOf(err); p.Status != 400 {
				t.Fatalf("%v is %d", err, p.Status)
			}
			return
		}
		if len(r.Placements) == 0 || !r.Cart.Currency.Valid() {
			t.Fatalf("%+v", r)
		}
		for _, l := range r.Cart.Lines {
			if amount := l.Amount(r.Cart.Currency); l.SKU == "" || l.Quantity < 1 || amount < 0 || amount > maxAmount {
				t.Fatalf("%+v", l)
			}
		}
		if r.Cart.Total < 0 {
			t.Fatalf("total %d", r.Cart.Total)
		}
	})
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	for text, want := range map[string]int64{`"0.10"`: 10, `0.1`: 10, `19.99`: 1999, `"1e2"`: 10000, `0.005`: 0, `0.015`: 2, `{"amount":"12.50","currency":"USD"}`: 1250, `{"currency":"USD","amount":3}`: 300} {
		var c cartRequest
		if err := json.Unmarshal(fmt.Appendf(nil, `{"shipping":%s}`, text), &c); err != nil {
			t.Fatal(err)
		}
		o, err := c.order("cart", "USD")
		if err != nil || o.Shipping != want {
			t.Errorf("%s is %d minor units, want %d (%v)", text, o.Shipping, want, err)
		}
	}
}

// A time that is none is told in the caller's words, without a layout of Go's.
func TestATimeThatIsNone(t *testing.T) {
	w := call(t, newEngine().handler(), "POST", "/v1/decisions", fullKey, `{"profile":{"userId":"u1"},"placements":["p"],"dryRun":true,"now":"yesterday"}`)
	if wantStatus(t, w, 400); !strings.Contains(w.Body.String(), `"detail":"\"yesterday\" is not an RFC 3339 time such as 2026-01-05T10:00:00Z."`) {
		t.Errorf("%s", w.Body)
	}
}
