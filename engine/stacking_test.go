package engine_test

import (
	"strings"
	"testing"
	"time"
)

const stackingShop = `
kind: Shop
id: stacking
currency: USD
timezone: UTC
pricesInclude: none
regime: {default: opt-out}
---
kind: Budget
id: main
amount: "1000.00"
---
kind: StackingGroup
id: sale
---
kind: Offer
id: ten
budget: main
reward: {type: percentage, values: [10], maxDiscount: "20.00"}
codes: {public: {code: TEN}}
stacking: {group: sale, policy: combine, priority: 1}
---
kind: Offer
id: five
budget: main
reward: {type: fixed, values: ["5.00"]}
eligibility: cart.total >= 70.0
codes: {public: {code: FIVE}}
stacking: {group: sale, policy: combine, priority: 2}
---
kind: Offer
id: solo
budget: main
reward: {type: fixed, values: ["7.00"]}
codes: {public: {code: SOLO}}
stacking: {group: sale, priority: 3}
`

// Several codes over HTTP: each is answered, they are reserved and redeemed all or none, a problem names the code it is about, and a code's condition
// is asked of what the codes before it leave of the cart of 75.00.
func TestSeveralCodesOverHTTP(t *testing.T) {
	s := openText(t, stackingShop)
	use := func(codes string) string { return `{"codes":` + codes + `,"profile":{"userId":"ada"},` + cart + `}` }
	buy := func(codes string) string {
		return `{"codes":` + codes + `,"profile":{"userId":"ada"},"order":{"id":"o1",` + cart[len(`"cart":{`):] + `}`
	}
	v := s.want(200, serverKey, "POST", "/v1/validations", use(`["TEN","FIVE"]`))
	if v.at("valid") != false || v.text("codes.0.discount.amount") != "7.50" || v.text("codes.1.reason") != "not_eligible" || v.text("discount.amount") != "7.50" {
		t.Errorf("validated %s", v.raw)
	}
	if v := s.want(200, serverKey, "POST", "/v1/validations", use(`["FIVE"]`)); v.at("valid") != true || v.text("discount.amount") != "5.00" {
		t.Errorf("validated %s", v.raw)
	}
	no := s.want(422, serverKey, "POST", "/v1/redemptions", buy(`["TEN","SOLO"]`), "Idempotency-Key", "k1")
	if !strings.HasSuffix(no.text("type"), "/stacking") || no.text("errors.0.field") != "codes[1]" && no.text("field") != "codes[1]" {
		t.Errorf("refused with %s", no.raw)
	}
	for _, bad := range []string{`["TEN","ten"]`, `["TEN",""]`, `["A","B","C","D","E","F","G","H","I","J","K"]`} {
		s.want(400, serverKey, "POST", "/v1/redemptions", buy(bad), "Idempotency-Key", "bad"+bad)
	}
	held := s.want(201, serverKey, "POST", "/v1/reservations", use(`["TEN"]`), "Idempotency-Key", "k2")
	order := `{"reservationIds":["` + held.text("codes.0.id") + `"],"profile":{"userId":"ada"},"orderId":"o1"}`
	done := s.want(201, serverKey, "POST", "/v1/redemptions", order, "Idempotency-Key", "k3")
	if again := s.want(201, serverKey, "POST", "/v1/redemptions", order, "Idempotency-Key", "k3"); string(again.raw) != string(done.raw) {
		t.Errorf("answered %s after %s", again.raw, done.raw)
	}
	if s.want(422, serverKey, "POST", "/v1/redemptions", buy(`["SOLO"]`), "Idempotency-Key", "k4"); done.text("discount.amount") != "7.50" || done.text("codes.0.grantId") == "" {
		t.Errorf("redeemed %s", done.raw)
	}
	s.want(201, serverKey, "POST", "/v1/redemptions/"+done.text("codes.0.id")+"/reversals", `{"reason":"return"}`)
	s.ledgerHolds()
}

// An order of 75.00 that was paid with a tenth and 5.00 less says that 10.01 were taken off, not 12.50: the books show 10.01, and what comes back is of it.
func TestAPaidOrderSharesWhatItSaysOverHTTP(t *testing.T) {
	s := openText(t, stackingShop)
	products := `"products":[{"line_id":"l1","product_id":"A1","quantity":2,"price":30},{"line_id":"l2","product_id":"A2","quantity":1,"price":15}]`
	track := func(event, properties string) {
		s.want(200, serverKey, "POST", "/v1/track", `{"userId":"ada","event":"`+event+`","properties":{"order_id":"o1","currency":"USD",`+properties+`}}`)
	}
	show := func(account, amount string) {
		t.Helper()
		want := `"account":"` + account + `","balance":{"amount":"` + amount + `"`
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			a := s.want(200, serverKey, "GET", "/v1/ledger/balances", "")
			if strings.Contains(string(a.raw), want) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("the books show %s, want %s", a.raw, want)
			}
		}
		s.ledgerHolds()
	}
	track("Order Completed", `"total":64.99,"discount":10.01,"coupons":["FIVE","TEN"],`+products)
	show("promo_expense", "10.01")
	if entries := string(s.want(200, serverKey, "GET", "/v1/ledger/entries?order=o1", "").raw); !strings.Contains(entries, `"6.01"`) || !strings.Contains(entries, `"4.00"`) {
		t.Errorf("the tenth is 6.01 of it, and the fixed amount 4.00: %s", entries)
	}
	track("Order Updated", `"total":64.99,"discount":10.01,"coupons":["FIVE","TEN"],`+products)
	track("Order Refunded", `"products":[{"line_id":"l2","product_id":"A2","quantity":1,"price":15}]`)
	show("reversal", "-2.00")
}

const placedShop = `
kind: Shop
id: stacking
currency: USD
timezone: UTC
pricesInclude: none
regime: {default: opt-out}
---
{kind: Budget, id: main, amount: "1000.00"}
---
{kind: StackingGroup, id: early, priority: 1}
---
{kind: StackingGroup, id: late, priority: 2}
---
{kind: Placement, id: top, channel: web}
---
{kind: Placement, id: side, channel: web}
---
kind: Offer
id: share
budget: main
pinned: true
placements: [top]
minimum: "70.00"
reward: {type: percentage, values: [10], maxDiscount: "20.00"}
codes: {public: {code: SHARE}}
stacking: {group: late, policy: combine}
---
kind: Offer
id: fixed
budget: main
pinned: true
placements: [side]
reward: {type: fixed, values: ["VALUE"]}
codes: {public: {code: FIXED}}
stacking: {group: early, policy: combine}
`

// On a cart of 75.00 the top place takes a tenth from 70.00 on. The side place may have 3.00 beside it, which an order takes off first and which leave 72.00,
// and not 8.00, under which the tenth would fall, although 8.00 can be taken off what the tenth leaves: what one decision gives, one order carries.
func TestPlacesGiveWhatOneOrderCarries(t *testing.T) {
	for value, want := range map[string]struct {
		verdict string
		valid   bool
	}{"3.00": {"won pinned", true}, "8.00": {"refused stacking", false}} {
		t.Run(value, func(t *testing.T) {
			s := openText(t, strings.Replace(placedShop, "VALUE", value, 1))
			a := s.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"userId":"ada"},"placements":["top","side"],"explain":true,`+cart+`}`)
			if share, fixed := a.verdict("share"), a.verdict("fixed"); share != "won pinned" || fixed != want.verdict {
				t.Errorf("the tenth %q and the fixed amount %q, want it %q, in %s", share, fixed, want.verdict, a.raw)
			}
			v := s.want(200, serverKey, "POST", "/v1/validations", `{"codes":["SHARE","FIXED"],"profile":{"userId":"ada"},`+cart+`}`)
			if v.at("valid") != want.valid {
				t.Errorf("a checkout finds %s", v.raw)
			}
		})
	}
}
