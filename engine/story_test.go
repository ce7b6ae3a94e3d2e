package engine_test

import (
	"fmt"
	"testing"
)

// The whole path of one shopper: a cart on a phone, a sign-in on a laptop, one wallet, one redemption, a return.
func TestOneShopperFromCartToReturn(t *testing.T) {
	s := open(t, "../examples/boutique")
	phone, made := s.outsideHoldouts("phone")
	if got := made.text("placements.0.offer.id"); got == "" || made.text("placements.0.grant.code") != "WELCOME10" {
		t.Fatalf("want WELCOME10, got %s", made.raw)
	}
	grant := made.text("placements.0.grant.id")
	again := s.want(200, serverKey, "POST", "/v1/decisions", decision(`{"anonymousId":"`+phone+`"}`))
	if again.text("placements.0.grant.id") != grant {
		t.Fatalf("a live grant was issued again: %s", again.raw)
	}

	s.want(200, serverKey, "POST", "/v1/identify", `{"anonymousId":"`+phone+`","userId":"u1"}`)
	s.want(200, serverKey, "POST", "/v1/identify", `{"anonymousId":"laptop","userId":"u1"}`)
	for _, who := range []string{"userId=u1", "anonymousId=laptop", "anonymousId=" + phone} {
		if w := s.want(200, serverKey, "GET", "/v1/wallet?"+who, ""); w.text("grants.0.id") != grant {
			t.Fatalf("wallet of %s: %s", who, w.raw)
		}
	}
	s.ledgerHolds()

	use := `{"code":"WELCOME10","profile":{"userId":"u1"},` + cart + `}`
	if v := s.want(200, serverKey, "POST", "/v1/validations", use); v.at("valid") != true || v.text("discount.amount") != "7.50" ||
		v.text("lines.0.discount") != "6.00" || v.text("lines.1.discount") != "1.50" {
		t.Fatalf("validation: %s", v.raw)
	}
	r := s.want(201, serverKey, "POST", "/v1/reservations", use, "Idempotency-Key", "k1")
	if b := s.want(201, serverKey, "POST", "/v1/reservations", use, "Idempotency-Key", "k1"); b.text("id") != r.text("id") {
		t.Fatalf("the same key answered %s after %s", b.raw, r.raw)
	}
	s.want(422, serverKey, "POST", "/v1/reservations", `{"code":"WELCOME10","profile":{"userId":"u2"},`+cart+`}`, "Idempotency-Key", "k1")
	s.ledgerHolds()

	order := fmt.Sprintf(`{"reservationId":%q,"profile":{"userId":"u1"},"order":{"id":"o1",%s}}`, r.text("id"), cart[len(`"cart":{`):len(cart)-1])
	d := s.want(201, serverKey, "POST", "/v1/redemptions", order, "Idempotency-Key", "k2")
	if b := s.want(201, serverKey, "POST", "/v1/redemptions", order, "Idempotency-Key", "k2"); b.text("id") != d.text("id") {
		t.Fatalf("the same key answered %s after %s", b.raw, d.raw)
	}
	s.ledgerHolds()
	second := s.want(409, serverKey, "POST", "/v1/redemptions", `{"code":"WELCOME10","profile":{"userId":"u1"},"order":{"id":"o2",`+cart[len(`"cart":{`):]+`}`)
	if typ := second.text("type"); typ == "" || second.header.Get("Content-Type") != "application/problem+json" || typ[len(typ)-len("already_redeemed"):] != "already_redeemed" {
		t.Fatalf("second redemption: %s %s", second.header.Get("Content-Type"), second.raw)
	}

	back := s.want(201, serverKey, "POST", "/v1/redemptions/"+d.text("id")+"/reversals", `{"lines":[{"id":"l1","quantity":1}],"reason":"return"}`)
	if back.text("amount.amount") != "3.00" {
		t.Fatalf("half of line l1 is 3.00, got %s", back.raw)
	}
	s.ledgerHolds()
}

func TestABrowserMayLinkButOpensNoWallet(t *testing.T) {
	s := open(t, "../examples/boutique")
	victim, _ := s.outsideHoldouts("victim")
	s.want(200, serverKey, "POST", "/v1/identify", `{"anonymousId":"`+victim+`","userId":"victim"}`)
	s.want(200, writeKey, "POST", "/v1/identify", `{"anonymousId":"thief","userId":"victim"}`)
	if w := s.want(200, serverKey, "GET", "/v1/wallet?anonymousId=thief", ""); len(w.at("grants").([]any)) != 0 {
		t.Fatalf("a claim made with a public key opened a wallet: %s", w.raw)
	}
	if a := s.call(writeKey, "GET", "/v1/wallet?userId=victim", ""); a.status != 403 && a.status != 401 {
		t.Fatalf("a write key read a wallet: %d %s", a.status, a.raw)
	}
	token := s.want(200, serverKey, "POST", "/v1/tokens", `{"profile":{"userId":"victim"}}`).text("token")
	if w := s.want(200, token, "GET", "/v1/wallet?userId=victim", ""); len(w.at("grants").([]any)) != 1 {
		t.Fatalf("a token of the shop's server opened no wallet: %s", w.raw)
	}
	if a := s.call(token, "GET", "/v1/wallet?userId=someone-else", ""); a.status < 400 {
		t.Fatalf("a token opened another wallet: %s", a.raw)
	}
}

func TestWithdrawnConsentShowsInTheVeryNextDecision(t *testing.T) {
	s := open(t, "../examples/boutique")
	id, made := s.outsideHoldouts("consent")
	record := s.want(200, serverKey, "GET", "/v1/decisions/"+made.text("decisionId"), "")
	if record.at("inputs.personal") != true {
		t.Fatalf("personal before anything was chosen in an opt-out country: %s", record.raw)
	}
	s.want(200, writeKey, "POST", "/v1/track", `{"anonymousId":"`+id+`","event":"Cart Viewed","context":{"consent":{"categoryPreferences":{"personalization":false}}}}`)
	next := s.want(200, serverKey, "POST", "/v1/decisions", decision(`{"anonymousId":"`+id+`"}`))
	record = s.want(200, serverKey, "GET", "/v1/decisions/"+next.text("decisionId"), "")
	if record.at("inputs.personal") != false {
		t.Fatalf("still personal after consent was withdrawn: %s", record.raw)
	}
}

func TestEveryDecisionComputesAgainToTheSameBytes(t *testing.T) {
	s := open(t, "../examples/boutique")
	n := 1000
	if testing.Short() {
		n = 60
	}
	for i := range n {
		body := fmt.Sprintf(`{"profile":{"anonymousId":"again-%d"},"placements":["checkout","product_page","cart_drawer"],"trigger":"exit-intent","context":{"channel":"web","country":"US"},%s}`, i, cart)
		id := s.want(200, serverKey, "POST", "/v1/decisions", body).text("decisionId")
		if r := s.want(200, serverKey, "POST", "/v1/decisions/"+id+"/replay", ""); r.at("equal") != true {
			t.Fatalf("replay of %s: %s", id, r.raw)
		}
	}
}
