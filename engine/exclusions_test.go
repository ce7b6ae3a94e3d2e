package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"boon"

	"pgregory.net/rapid"
)

// publicShop gives by every kind of reward, at a cart and at a product page, and by codes that anybody may bring.
const publicShop = `
kind: Shop
id: shop
currency: USD
timezone: UTC
regime: {default: opt-out}
---
{kind: Budget, id: b, amount: "100000000.00"}
---
{kind: Placement, id: cart, channel: web}
---
{kind: Placement, id: product_page, channel: web}
---
{kind: Offer, id: ten, budget: b, reward: {type: percentage, values: ["10"], maxDiscount: "30.00"}, placements: [cart, product_page], codes: {mode: public, code: TEN}, pinned: true}
---
{kind: Offer, id: all, budget: b, reward: {type: percentage, values: ["100"], maxDiscount: "999.00"}, codes: {mode: public, code: ALL}}
---
{kind: Offer, id: fifty, budget: b, reward: {type: fixed, values: ["50.00"]}, scope: {kind: category, categories: [FOOD]}, codes: {mode: public, code: FIFTY}}
---
{kind: Offer, id: ship, budget: b, reward: {type: free_shipping, maxDiscount: "5.00"}, codes: {mode: public, code: SHIP}}
---
{kind: Offer, id: pts, budget: b, reward: {type: points, values: ["200"], pointValue: "0.01"}, codes: {mode: public, code: PTS}}
---
{kind: Offer, id: gift, budget: b, reward: {type: gift, sku: TEA}, codes: {mode: public, code: GIFT}}
`

func openPublic(t *testing.T) *shop {
	t.Helper()
	s := openText(t, publicShop)
	s.want(200, serverKey, "PUT", "/v1/products:batch", `[{"id":"TEA","price":"10.00 USD","cost_of_goods_sold":"4.00 USD","product_type":"FOOD > TEA"}]`)
	return s
}

// No bundle can say that somebody is to pay more.
func TestNoRewardRaisesAPrice(t *testing.T) {
	s := openPublic(t)
	for reward, field := range map[string]string{
		`{type: percentage, values: ["-10"], maxDiscount: "5.00"}`:                          "reward.values[0]",
		`{type: percentage, values: ["10"], maxDiscount: "-5.00"}`:                          "reward.maxDiscount",
		`{type: percentage, range: {from: "-5", to: "10", step: "5"}, maxDiscount: "5.00"}`: "reward.range.from",
		`{type: percentage, values: ["110"], maxDiscount: "5.00"}`:                          "reward.values",
		`{type: fixed, values: ["-3.00"]}`:                                                  "reward.values[0]",
		`{type: points, values: ["-200"], pointValue: "0.01"}`:                              "reward.values[0]",
		`{type: points, values: ["200"], pointValue: "-0.01"}`:                              "reward.pointValue",
		`{type: percentage, values: ["10"], maxDiscount: "5.00", vendorShare: "1.5"}`:       "reward.vendorShare",
	} {
		a := s.want(400, serverKey, "PUT", "/v1/bundle", publicShop+"---\n{kind: Offer, id: dearer, budget: b, placements: [cart], reward: "+reward+"}\n", "Content-Type", "application/yaml")
		if a.text("field") != "Offer/dearer."+field || a.at("line") != 26.0 {
			t.Errorf("%s: %s", reward, a.raw)
		}
	}
}

// Whatever the cart, and whichever code: what is left to pay of a line is its price at most and nothing at least, shipping too, and the lines add up.
func TestAPriceNeverRises(t *testing.T) {
	s := openPublic(t)
	rapid.Check(t, func(rt *rapid.T) {
		var lines []string
		var due []int64
		for i := range rapid.IntRange(1, 4).Draw(rt, "lines") {
			price, quantity := rapid.SampledFrom([]int64{0, 1, 3, 99, 1000, 33333}).Draw(rt, "price"), rapid.Int64Range(1, 7).Draw(rt, "quantity")
			list := price + rapid.SampledFrom([]int64{0, 0, 1, 500}).Draw(rt, "more on the list")
			category := rapid.SampledFrom([]string{"FOOD/TEA", "TOYS"}).Draw(rt, "category")
			lines = append(lines, fmt.Sprintf(`{"id":"l%d","sku":"S%d","category":%q,"quantity":%d,"price":"%s","listPrice":"%s"}`, i, i, category, quantity, cents(price), cents(list)))
			due = append(due, price*quantity)
		}
		shipping := rapid.SampledFrom([]int64{0, 1, 400, 900}).Draw(rt, "shipping")
		code := rapid.SampledFrom([]string{"TEN", "ALL", "FIFTY", "SHIP", "PTS", "GIFT"}).Draw(rt, "code")
		a := s.call(serverKey, "POST", "/v1/validations", fmt.Sprintf(`{"code":%q,"profile":{"userId":"u1"},"cart":{"currency":"USD","lines":[%s],"shipping":"%s"}}`, code, strings.Join(lines, ","), cents(shipping)))
		if a.status != 200 {
			rt.Fatalf("%d: %s", a.status, a.raw)
		}
		if a.at("valid") != true {
			return
		}
		total, taken := minor(rt, a.text("discount.amount")), int64(0)
		for _, l := range a.at("lines").([]any) {
			line := l.(map[string]any)
			var i int
			fmt.Sscanf(line["id"].(string), "l%d", &i)
			off := minor(rt, line["discount"].(string))
			if taken += off; off < 0 || off > due[i] {
				rt.Fatalf("line %d comes to %s and %s is taken off: %s", i, cents(due[i]), cents(off), a.raw)
			}
		}
		if code == "SHIP" {
			taken = total
			if total > shipping {
				rt.Fatalf("shipping is %s: %s", cents(shipping), a.raw)
			}
		}
		if total < 0 || total != taken {
			rt.Fatalf("the lines come to %s: %s", cents(taken), a.raw)
		}
	})
}

func cents(minor int64) string { return fmt.Sprintf("%d.%02d", minor/100, minor%100) }

func minor(t *rapid.T, text string) int64 {
	n, err := boon.ParseDecimal(text, 2)
	if err != nil {
		t.Fatalf("%q is no amount: %v", text, err)
	}
	return n
}

// pages are where a decision is asked for: with a cart, and with the product looked at.
var pages = map[string]string{
	"cart":         `"cart":{"currency":"USD","lines":[{"id":"l1","sku":"TEA","category":"FOOD/TEA","quantity":2,"price":"10.00"}]}`,
	"product_page": `"sku":"TEA"`,
}

// at asks for a placement, and tells how the pinned offer fared there and in the explanation of the record.
func (s *shop) at(user, placement string) (outcome, verdict string, explained answer) {
	s.t.Helper()
	a := s.want(200, serverKey, "POST", "/v1/decisions", fmt.Sprintf(`{"profile":{"userId":%q},"placements":[%q],"explain":true,%s}`, user, placement, pages[placement]))
	return a.text("placements.0.outcome"), a.verdict("ten"), s.want(200, serverKey, "GET", "/v1/decisions/"+a.text("decisionId")+"/explain", "")
}

// Who is in the middle of a return, or flagged for fraud, gets no offer, at the cart as at the product page; each is told why, a code says the same, and it is
// over when the return is.
func TestNobodyInAReturnOrFlaggedIsOffered(t *testing.T) {
	s := openPublic(t)
	track := func(user, event string) {
		s.want(200, serverKey, "POST", "/v1/track", fmt.Sprintf(`{"userId":%q,"event":%q,"properties":{"order_id":"o1"}}`, user, event))
	}
	track("returning", "Return Requested")
	s.want(200, serverKey, "POST", "/v1/identify", `{"userId":"flagged","traits":{"fraud_flag":true}}`)
	for user, reason := range map[string]string{"returning": "return_open", "flagged": "fraud_flag", "anybody": ""} {
		for placement := range pages {
			who := user
			if reason == "" {
				who += "-" + placement // whoever was offered it has it
			}
			outcome, verdict, why := s.at(who, placement)
			if reason == "" {
				if outcome != "offer" || verdict != "won pinned" {
					t.Errorf("%s at %s: %s, %s", user, placement, outcome, verdict)
				}
				continue
			}
			if outcome != "none" || verdict != "refused "+reason || !strings.Contains(string(why.raw), `"reason":"`+reason+`"`) || !strings.Contains(string(why.raw), "profile") {
				t.Errorf("%s at %s: %s, %s; %s", user, placement, outcome, verdict, why.raw)
			}
		}
		if wallet := s.wallet(user); reason != "" && strings.Contains(wallet, `"ten"`) {
			t.Errorf("%s was granted something: %s", user, wallet)
		}
		if a := s.call(serverKey, "POST", "/v1/redemptions", use("ALL", user, "order-"+user)); reason != "" && (a.status != 422 || a.text("type") != "/problems/not_eligible" || !strings.Contains(a.text("detail"), reason)) {
			t.Errorf("%s brings a code: %s", user, a.raw)
		}
	}
	track("returning", "Return Completed")
	if outcome, verdict, _ := s.at("returning", "product_page"); outcome != "offer" {
		t.Errorf("when the return is over: %s, %s", outcome, verdict)
	}
	s.ledgerHolds()
}
