package api

import (
	"strings"
	"testing"

	"boon"
)

const (
	spring = `{"code":"SPRING10","profile":{"userId":"u1"},"cart":{"currency":"USD","lines":[{"id":"l1","sku":"A1","category":"GROCERY","quantity":2,"listPrice":"30.00","price":"30.00","discounts":[],"tax":"0.00"}],"shipping":"4.00"}}`
	order  = `{"code":"SPRING10","profile":{"userId":"u1"},"order":{"id":"o1","currency":"USD","lines":[{"id":"l1","sku":"A1","quantity":2,"price":"30.00"}]}}`
)

func TestTheMoneyPathAnswers(t *testing.T) {
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/v1/wallet?userId=u1", "", 200, `{"profileId":"prf_1","grants":[{"id":"grt_1","offer":"ten-off","decisionId":"dec_1","state":"issued","reward":{"type":"percentage","value":"10"},"code":"ABC","uses":1,"issuedAt":"2026-01-05T12:00:00Z","expiresAt":"2026-01-05T13:00:00Z","redeemed":{"amount":"2.50","currency":"USD"}}]}`},
		{"POST", "/v1/validations", spring, 200, `{"valid":true,"grantId":"grt_1","discount":{"amount":"6.00","currency":"USD"},"lines":[{"id":"l1","discount":"6.00"}]}`},
		{"POST", "/v1/validations", strings.Replace(spring, "SPRING", "GUESS", 1), 200, `{"valid":false,"reason":"unknown_code","detail":"No such code."}`},
		{"POST", "/v1/reservations", spring, 201, `{"id":"rsv_1","grantId":"grt_1","expiresAt":"2026-01-05T12:00:00Z","discount":{"amount":"6.00","currency":"USD"},"lines":[]}`},
		{"DELETE", "/v1/reservations/rsv_1", "", 200, `{"id":"rsv_1","released":true}`},
		{"POST", "/v1/redemptions", order, 201, `{"id":"rdm_1","grantId":"grt_1","discount":{"amount":"6.00","currency":"USD"},"lines":[]}`},
		{"POST", "/v1/redemptions", `{"reservationId":"rsv_1"}`, 201, `{"id":"rdm_1","grantId":"grt_1","discount":{"amount":"6.00","currency":"USD"},"lines":[]}`},
		{"POST", "/v1/redemptions/rdm_1/reversals", `{"lines":[{"id":"l1","quantity":1}],"reason":"return"}`, 201, `{"id":"rev_1","amount":{"amount":"3.00","currency":"USD"}}`},
	} {
		w := call(t, newEngine().handler(), c.method, c.path, fullKey, c.body)
		if got := strings.TrimSpace(w.Body.String()); w.Code != c.status || got != c.want {
			t.Errorf("%s %s: %d %s", c.method, c.path, w.Code, got)
		}
	}
}

func TestWhatTheMoneyPathIsAsked(t *testing.T) {
	e := newEngine()
	h := e.handler()
	call(t, h, "POST", "/v1/reservations", fullKey, strings.Replace(spring, `"code"`, `"orderId":"o9","code"`, 1))
	if u := e.uses; u.Code != "SPRING10" || u.OrderID != "o9" || u.Owners[0] != testID(boon.NamespaceUser, "u1") || u.Cart.Merchandise() != 6000 || u.Cart.Shipping != 400 {
		t.Errorf("reserve: %+v", u)
	}
	call(t, h, "POST", "/v1/redemptions", fullKey, `{"code":"X","profile":{"userId":"u1"},"order":{"id":"o1"},"cart":{"lines":[{"sku":"A","price":"2"}]}}`)
	if u := e.uses; u.Cart.ID != "o1" || u.Cart.Merchandise() != 200 || u.Cart.Currency != "USD" || u.Cart.Lines[0].ID != "1" {
		t.Errorf("redeem: %+v", u)
	}
	call(t, h, "POST", "/v1/redemptions/rdm_1/reversals", fullKey, `{"lines":[{"id":"l1","quantity":1}],"reason":"return"}`)
	if len(e.back.Lines) != 1 || *e.back.Lines[0].Quantity != 1 || e.back.Reason != "return" {
		t.Errorf("reverse: %+v", e.back)
	}
}

func TestMoneyMistakesNameTheirField(t *testing.T) {
	for _, c := range []struct{ path, body, field string }{
		{"/v1/validations", `{"cart":{}}`, "code"},
		{"/v1/validations", `{"code":"X"}`, "cart"},
		{"/v1/reservations", `{"code":"X","cart":{"currency":"EURO"}}`, "cart.currency"},
		{"/v1/redemptions", `{}`, "reservationId"},
		{"/v1/redemptions", `{"code":"X","reservationId":"rsv_1"}`, "reservationId"},
		{"/v1/redemptions", `{"code":"X"}`, "order"},
		{"/v1/redemptions", `{"code":"X","order":{"lines":[]}}`, "order.id"},
		{"/v1/redemptions", `{"code":"X","order":{"id":"o","lines":[{"sku":"A","price":"x"}]}}`, "order.lines[0].price"},
		{"/v1/redemptions/rdm_1/reversals", `{"lines":[{"quantity":1}]}`, "lines[0].id"},
		{"/v1/redemptions/rdm_1/reversals", `{"lines":[{"id":"l1","quantity":-1}]}`, "lines[0].quantity"},
		{"/v1/redemptions/rdm_1/reversals", `{"lines":[{"id":"l1"},{"id":"l2","quantity":0}]}`, "lines[1].quantity"},
		{"/v1/redemptions", `{"code":"X","order":{"id":"` + strings.Repeat("o", 513) + `","lines":[]}}`, "order.id"},
		{"/v1/reservations", `{"code":"X","cart":{},"orderId":"` + strings.Repeat("o", 513) + `"}`, "cart.id"},
		{"/v1/redemptions", `{"code":"X","order":{"id":"o\u0000"}}`, "body"},
		{"/v1/redemptions", `{"code":"X\\\u0000"}`, "body"},
		{"/v1/redemptions", `{"code":"X\\u0000"}`, "order"}, // a backslash and some letters
		{"/v1/redemptions/rdm_%00/reversals", `{}`, "path"},
		{"/v1/redemptions/rdm_%ff/reversals", `{}`, "path"},
		{"/v1/grants/grt_1/save", `{"profile":{"userId":"null"}}`, "profile.userId"},
	} {
		w := call(t, newEngine().handler(), "POST", c.path, fullKey, c.body)
		if p := problemIn(t, w); w.Code != 400 || p.Field != c.field {
			t.Errorf("%s %s names %q, want %q", c.path, c.body, p.Field, c.field)
		}
	}
	wantStatus(t, call(t, newEngine().handler(), "GET", "/v1/wallet", fullKey, ""), 400)
	for _, key := range []string{strings.Repeat("k", 256), "latin \xff"} {
		w := call(t, newEngine().handler(), "POST", "/v1/redemptions", fullKey, order, "Idempotency-Key", key)
		if p := problemIn(t, w); w.Code != 400 || p.Field != "Idempotency-Key" {
			t.Errorf("the key %.10q: %d names %q", key, w.Code, p.Field)
		}
	}
}

// Every route that the document says takes an Idempotency-Key hands it on, and says when its answer is a repeated one.
func TestIdempotencyKeys(t *testing.T) {
	bodies := map[string]string{
		"/v1/decisions": `{"profile":{"userId":"u1"},"placements":["p"]}`, "/v1/grants/{id}/save": ``, "/v1/reservations": spring, "/v1/redemptions": order,
		"/v1/redemptions/{id}/reversals": `{"reason":"return"}`, "/v1/redemptions/{id}/draws": `{"points":50,"reason":"purchase"}`, "/ofrep/v1/evaluate/flags/{key}": `{"context":{"targetingKey":"u1"}}`,
	}
	n := 0
	for _, r := range routes() {
		if !idempotent(&r) || r.pattern == "/v1/decisions:batch" { // a batch answers each of its requests
			continue
		}
		n++
		e := newEngine()
		e.picks = picked()
		h := e.handler()
		w := call(t, h, r.method, path(&r), fullKey, bodies[r.pattern], "Idempotency-Key", "k1")
		if w.Code >= 300 || !strings.HasSuffix(e.once.Key, ":k1") || e.once.Digest == [32]byte{} || w.Header().Get("Idempotent-Replayed") != "" {
			t.Errorf("%s %s: %d %+v", r.method, r.pattern, w.Code, e.once)
		}
		e.replayed = true
		w = call(t, h, r.method, path(&r), fullKey, bodies[r.pattern], "Idempotency-Key", "k1")
		if w.Header().Get("Idempotent-Replayed") != "true" {
			t.Errorf("%s %s does not say that it repeats", r.method, r.pattern)
		}
		e.err = Again{boon.Refuse(boon.ReasonCapTotal, "Used up.")}
		w = call(t, h, r.method, path(&r), fullKey, bodies[r.pattern], "Idempotency-Key", "k1")
		if w.Code != 409 || w.Header().Get("Idempotent-Replayed") != "true" {
			t.Errorf("%s %s: a repeated refusal is %d", r.method, r.pattern, w.Code)
		}
		e.err = boon.Refuse(boon.ReasonCapTotal, "Used up.")
		first := call(t, h, r.method, path(&r), fullKey, bodies[r.pattern], "Idempotency-Key", "k1")
		if first.Body.String() != w.Body.String() {
			t.Errorf("%s %s: a repeated refusal says %s, the first %s", r.method, r.pattern, w.Body, first.Body)
		}
		wantStatus(t, call(t, h, r.method, path(&r), fullKey, bodies[r.pattern], "Idempotency-Key", strings.Repeat("k", 256)), 400)
	}
	if n != 9 {
		t.Errorf("%d routes take an Idempotency-Key", n)
	}
}

// A repeated call is no guess, however often it comes, and its refusal says that it is repeated.
func TestARepeatedUnknownCodeIsNoGuess(t *testing.T) {
	e := newEngine()
	h := e.handler()
	e.err = Again{boon.Refuse(boon.ReasonUnknownCode, "No such code.")}
	for range guessBurst + 1 {
		w := call(t, h, "POST", "/v1/redemptions", fullKey, order, "Idempotency-Key", "k1")
		if w.Code != 404 || w.Header().Get("Idempotent-Replayed") != "true" {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
	}
}
