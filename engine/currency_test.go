package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

// foreignShop bounds and conditions its offer by amounts, which mean nothing in another currency.
const foreignShop = `{kind: Shop, id: s, currency: USD, timezone: UTC, regime: {default: opt-out}}
---
{kind: Budget, id: b, amount: "1000.00"}
---
{kind: Placement, id: p, channel: web}
---
{kind: Offer, id: ten, budget: b, reward: {type: fixed, values: ["10.00"]}, placements: [p], codes: {mode: public, code: TEN}, pinned: true}
---
{kind: Offer, id: own, budget: b, reward: {type: fixed, values: ["10.00"]}, eligibility: cart.total > 100.0, codes: {mode: public, code: OWN1}}
---
{kind: Guardrail, id: depth, maxDepth: "0.15"}
`

// A cart in another currency is told as that, before any amount of it is held against one of the shop's.
func TestAnotherCurrencyIsToldFirst(t *testing.T) {
	s := openText(t, foreignShop)
	cart := func(currency string) string {
		return fmt.Sprintf(`"profile":{"userId":"u1"},%%q:{"id":"o1","currency":%q,"lines":[{"sku":"A1","price":"30.00"}]}`, currency)
	}
	foreign := func(cart string) string { return fmt.Sprintf(cart, "cart") }
	for _, code := range []string{"TEN", "OWN1"} {
		for currency, want := range map[string]string{"EUR": "the code is in USD, the cart in EUR", "USD": "not_eligible"} {
			told := func(a answer) {
				if !strings.Contains(string(a.raw), want) {
					t.Errorf("%s in %s: %s", code, currency, a.raw)
				}
			}
			body := `{"code":"` + code + `",`
			told(s.want(200, serverKey, "POST", "/v1/validations", body+foreign(cart(currency))+"}"))
			told(s.want(200, serverKey, "POST", "/v1/validations", `{"codes":["`+code+`"],`+foreign(cart(currency))+"}"))
			told(s.want(422, serverKey, "POST", "/v1/reservations", body+foreign(cart(currency))+"}"))
			told(s.want(422, serverKey, "POST", "/v1/redemptions", body+fmt.Sprintf(cart(currency), "order")+"}"))
		}
	}
	a := s.want(200, serverKey, "POST", "/v1/decisions", `{"placements":["p"],"explain":true,`+foreign(cart("EUR"))+"}")
	if a.text("explain.0.reason") != "currency" || a.text("explain.1.reason") != "currency" {
		t.Errorf("decided: %s", a.raw)
	}
}
