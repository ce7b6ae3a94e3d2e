package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
)

const problemShop = `
kind: Shop
id: problems
currency: USD
timezone: UTC
pricesInclude: none
regime: {default: opt-out}
---
kind: Budget
id: main
amount: "1000.00"
---
kind: Budget
id: tiny
amount: "5.00"
---
kind: Placement
id: checkout
channel: web
---
kind: Offer
id: once
budget: main
reward: {type: fixed, values: ["1.00"]}
duration: 1d
caps: {perProfile: 1}
codes: {public: {code: ONCE}}
---
kind: Offer
id: twice
budget: main
reward: {type: fixed, values: ["1.00"]}
duration: 1d
caps: {perProfile: 2}
codes: {public: {code: TWICE}}
---
kind: Offer
id: one
budget: main
reward: {type: fixed, values: ["1.00"]}
duration: 1d
caps: {total: 1}
codes: {public: {code: TOTAL}}
---
kind: Offer
id: device
budget: main
reward: {type: fixed, values: ["1.00"]}
duration: 1d
caps: {perIdentifier: 2}
codes: {public: {code: DEVICE}}
---
kind: Offer
id: seldom
budget: main
reward: {type: fixed, values: ["1.00"]}
duration: 1d
frequency: [{max: 1, per: 7d}]
codes: {public: {code: SELDOM}}
---
kind: Offer
id: dear
budget: tiny
reward: {type: fixed, values: ["4.00"]}
duration: 1d
codes: {public: {code: DEAR}}
---
kind: Offer
id: ended
budget: main
reward: {type: fixed, values: ["1.00"]}
duration: 1d
ends: 2020-01-01T00:00:00Z
codes: {public: {code: ENDED}}
---
kind: Offer
id: paused
budget: main
paused: true
reward: {type: fixed, values: ["1.00"]}
duration: 1d
codes: {public: {code: PAUSED}}
---
kind: Offer
id: rich
budget: main
reward: {type: fixed, values: ["1.00"]}
eligibility: cart.total > 1000000.0
duration: 1d
codes: {public: {code: RICH}}
---
kind: Offer
id: shoes
budget: main
reward: {type: fixed, values: ["1.00"]}
scope: {kind: category, categories: [SHOES]}
duration: 1d
codes: {public: {code: SHOES}}
---
kind: Offer
id: daily
budget: main
reward: {type: fixed, values: ["1.00"]}
duration: 1d
caps: {perDay: 1}
codes: {public: {code: DAILY}}
---
kind: Offer
id: given
budget: main
pinned: true
reward: {type: fixed, values: ["1.00"]}
placements: [checkout]
duration: 1d
`

// provoked is one row: what is done, ending with the call that is refused.
type provoked struct {
	status int
	by     func(s *shop) answer
}

func checkoutOf(code, user, order string) string {
	return fmt.Sprintf(`{"code":%q,"profile":{"userId":%q},"order":{"id":%q,"currency":"USD","lines":[{"id":"l1","sku":"A1","category":"TOPS","quantity":1,"price":"30.00"}]}}`,
		code, user, order)
}

func (s *shop) buys(code, user, order string) answer {
	return s.call(serverKey, "POST", "/v1/redemptions", checkoutOf(code, user, order), "Idempotency-Key", code+user+order)
}

// given is a grant that a decision put into the shopper's wallet.
func (s *shop) given(user string) (id, code string) {
	s.t.Helper()
	made := s.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"userId":"`+user+`"},"placements":["checkout"],`+cart+`}`)
	id, code = made.text("placements.0.grant.id"), made.text("placements.0.grant.code")
	if id == "" {
		s.t.Fatalf("no grant: %s", made.raw)
	}
	return id, code
}

func afterOne(first func(*shop) answer, then func(*shop) answer) func(*shop) answer {
	return func(s *shop) answer {
		if a := first(s); a.status >= 300 {
			s.t.Fatalf("the first call: %s", a.raw)
		}
		return then(s)
	}
}

func buying(code, user, order string) func(*shop) answer {
	return func(s *shop) answer { return s.buys(code, user, order) }
}

// problems says how each type of problem that a caller can meet comes about. What is not here is in unprovoked, with the reason.
var problems = map[string]provoked{
	"cap_total":        {409, afterOne(buying("TOTAL", "t1", "t-o1"), buying("TOTAL", "t2", "t-o2"))},
	"cap_profile":      {409, afterOne(buying("TWICE", "p1", "p-o1"), afterOne(buying("TWICE", "p1", "p-o2"), buying("TWICE", "p1", "p-o3")))},
	"cap_identifier":   {409, afterOne(buying("DEVICE", "i1", "i-o1"), afterOne(buying("DEVICE", "i1", "i-o2"), buying("DEVICE", "i1", "i-o3")))},
	"cap_period":       {409, afterOne(buying("DAILY", "d1", "d-o1"), buying("DAILY", "d2", "d-o2"))},
	"budget_exhausted": {409, afterOne(buying("DEAR", "b1", "b-o1"), buying("DEAR", "b2", "b-o2"))},
	"already_redeemed": {409, afterOne(buying("ONCE", "r1", "r-o1"), buying("ONCE", "r1", "r-o2"))},
	"expired":          {409, buying("ENDED", "e1", "e-o1")},
	"paused":           {409, buying("PAUSED", "a1", "a-o1")},
	"banned": {409, func(s *shop) answer {
		s.want(200, serverKey, "PUT", "/v1/overrides/reseller", `{"act":"ban","profile":{"userId":"reseller"},"reason":"resells"}`)
		return s.buys("ONCE", "reseller", "reseller-1")
	}},
	"not_eligible":      {422, buying("RICH", "n1", "n-o1")},
	"not_applicable":    {422, buying("SHOES", "n2", "n-o2")},
	"frequency":         {409, afterOne(buying("SELDOM", "often", "often-1"), buying("SELDOM", "often", "often-2"))},
	"unknown_code":      {404, buying("NOBODYS", "u1", "u-o1")},
	"approval_required": {403, func(s *shop) answer { return governed(s.t).call(serverKey, "PUT", "/v1/bundle", dearer) }},
	"four_eyes": {403, func(s *shop) answer {
		s = governed(s.t)
		return s.decide(serverKey, s.propose(dearer), "approve")
	}},
	"stale_proposal": {409, func(s *shop) answer {
		s = governed(s.t)
		id := s.propose(dearer)
		s.want(200, serverKey, "PUT", "/v1/bundle", elsewhere)
		return s.decide(s.key("bob", "approve"), id, "approve")
	}},
	"already_decided": {409, func(s *shop) answer {
		s = governed(s.t)
		id := s.propose(dearer)
		s.want(200, serverKey, "POST", "/v1/approvals/"+id+"/reject", `{}`)
		return s.decide(s.key("bob", "approve"), id, "approve")
	}},
	"period_closed": {409, func(s *shop) answer {
		s.call(serverKey, "POST", "/v1/ledger/closings", `{"until":"2020-01-31"}`)
		return s.call(serverKey, "POST", "/v1/ledger/closings", `{"until":"2020-01-31"}`)
	}},
	"not_found": {404, func(s *shop) answer {
		return s.call(serverKey, "POST", "/v1/redemptions/rdm_none/reversals", `{"reason":"return"}`, "Idempotency-Key", "nf")
	}},
	"revoked": {409, func(s *shop) answer {
		id, code := s.given("v1")
		s.want(200, serverKey, "POST", "/v1/grants/"+id+"/revoke", "", "Idempotency-Key", "revoke")
		return s.buys(code, "v1", "v-o1")
	}},
	"wrong_profile": {422, func(s *shop) answer {
		_, code := s.given("w1")
		return s.buys(code, "w2", "w-o1")
	}},
	"reservation_gone": {409, func(s *shop) answer {
		held := s.want(201, serverKey, "POST", "/v1/reservations", strings.NewReplacer("TOPS", "SHOES", "order", "cart").Replace(checkoutOf("SHOES", "g1", "g-o1")), "Idempotency-Key", "g1")
		s.want(200, serverKey, "DELETE", "/v1/reservations/"+held.text("id"), "", "Idempotency-Key", "g2")
		return s.call(serverKey, "POST", "/v1/redemptions", `{"reservationId":"`+held.text("id")+`"}`, "Idempotency-Key", "g3")
	}},
	"stacking": {422, afterOne(buying("ONCE", "s1", "s-o1"), buying("TWICE", "s1", "s-o1"))},
	"idempotency_mismatch": {422, func(s *shop) answer {
		s.call(serverKey, "POST", "/v1/redemptions", checkoutOf("ONCE", "m1", "m-o1"), "Idempotency-Key", "same")
		return s.call(serverKey, "POST", "/v1/redemptions", checkoutOf("ONCE", "m1", "m-o2"), "Idempotency-Key", "same")
	}},
	"idempotency_in_flight": {409, inFlight},
	"invalid_request": {400, func(s *shop) answer {
		return s.call(serverKey, "POST", "/v1/redemptions", `{"code":7}`, "Idempotency-Key", "bad")
	}},
	"unauthorized": {401, func(s *shop) answer { return s.call("nobody", "POST", "/v1/redemptions", `{}`, "Idempotency-Key", "x") }},
	"forbidden":    {403, func(s *shop) answer { return s.call(writeKey, "POST", "/v1/redemptions", `{}`, "Idempotency-Key", "x") }},
	"too_large": {413, func(s *shop) answer {
		return s.call(serverKey, "POST", "/v1/redemptions", `{"code":"`+strings.Repeat("A", 2<<20)+`"}`, "Idempotency-Key", "x")
	}},
	"throttled": {429, func(s *shop) (a answer) {
		for n := range 1_000 {
			if a = s.buys(fmt.Sprint("GUESS", n), "guesser", "o"); a.status == 429 {
				break
			}
		}
		return a
	}},
}

var unprovoked = map[string]string{
	"consent_missing": "a reason of decisions: no call of the money path asks for consent",
	"unavailable":     "TestProblemUnavailable closes the books first",
	"internal":        "a defect, which nothing provokes on purpose; api tests its form",
}

// inFlight sends one call eight times at once until one of them meets another.
func inFlight(s *shop) (met answer) {
	for n := range 100 {
		body := checkoutOf("ONCE", fmt.Sprint("f", n), fmt.Sprint("f-o", n))
		answers := make([]answer, 8)
		start, done := make(chan struct{}), sync.WaitGroup{}
		for i := range answers {
			done.Go(func() {
				<-start
				answers[i] = s.call(serverKey, "POST", "/v1/redemptions", body, "Idempotency-Key", fmt.Sprint("flight ", n))
			})
		}
		close(start)
		done.Wait()
		for _, a := range answers {
			if strings.HasSuffix(a.text("type"), "/idempotency_in_flight") {
				return a
			}
		}
	}
	return met
}

// Every type of problem that the API lists comes about over HTTP as its documentation says.
func TestProblems(t *testing.T) {
	s := openText(t, problemShop)
	listed := s.want(200, serverKey, "GET", "/problems", "")
	var page struct{ Problems []struct{ Reason string } }
	if err := json.Unmarshal(listed.raw, &page); err != nil || len(page.Problems) == 0 {
		t.Fatalf("the list of problems: %v %s", err, listed.raw)
	}
	for _, kind := range page.Problems {
		row, ok := problems[kind.Reason]
		if !ok {
			if unprovoked[kind.Reason] == "" {
				t.Errorf("%s: no row says how it is provoked", kind.Reason)
			}
			continue
		}
		t.Run(kind.Reason, func(t *testing.T) { isProblem(t, row.by(&shop{t, s.url, s.Engine}), row.status, kind.Reason) })
	}
	s.ledgerHolds()
}

func isProblem(t *testing.T, a answer, status int, reason string) {
	t.Helper()
	if a.status != status || a.text("type") != "/problems/"+reason || a.text("detail") == "" || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d %q: %s; want %d %s with a detail", a.status, a.header.Get("Content-Type"), a.raw, status, reason)
	}
	if (status == 429 || status == 503) && a.header.Get("Retry-After") == "" {
		t.Errorf("%s does not say when to try again", reason)
	}
}

func TestProblemUnavailable(t *testing.T) {
	s := openText(t, problemShop)
	if err := s.CloseBooks(); err != nil {
		t.Fatal(err)
	}
	isProblem(t, s.buys("ONCE", "x", "x-o"), 503, "unavailable")
}
