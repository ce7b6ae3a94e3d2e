package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

// guarded is boutiqueOf with what keeps a scarce product and a thin margin from being discounted; an offer that is not pinned has to earn, too.
func guarded(pinned bool) string {
	text := boutiqueOf("1d")
	if !pinned {
		text = strings.Replace(text, "pinned: true", "pinned: false", 1)
		return strings.Replace(text, "duration: 1d\ncodes", "eligibility: profile.orders > 0\nduration: 1d\ncodes", 1) // nothing else stands
	}
	return text + `---
{kind: Guardrail, id: scarce, where: product.pressure < -0.5, suppress: [percentage]}
---
{kind: Guardrail, id: floor, where: 'cart.category("CLOTHES")', minMargin: "0.20"}
`
}

// What waits for a human is held to the stock, the prices and the costs of the moment of its approval: nothing is issued that could not be decided now.
func TestAHoldIsHeldToStockAndMarginOfNow(t *testing.T) {
	for name, c := range map[string]struct {
		pinned           bool
		feed, rows, says string
	}{
		"sold out":        {true, "inventory", `{"sku":"A1","on_hand":0,"daily_demand":2}`, "scarce"},
		"below its floor": {true, "prices", `{"sku":"A1","price":"11.00"}`, "margin_floor"},
		"below its cost":  {false, "prices", `{"sku":"A1","price":"8.00"}`, "unprofitable"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, bundleFile(t, guarded(c.pinned)))
			s.loads("products", `{"id":"A1","title":"Coat","price":"40.00","cost":"10.00","category":"CLOTHES"}`)
			s.loads("inventory", `{"sku":"A1","on_hand":100,"daily_demand":2}`)
			who, id := s.drawn()
			s.loads(c.feed, c.rows)
			approve := fmt.Sprintf("/v1/holds/%s/approve", id)
			for range 2 {
				if a := s.want(422, serverKey, "POST", approve, `{}`); a.text("type") != "/problems/not_eligible" || !strings.HasPrefix(a.text("detail"), c.says) {
					t.Errorf("approved as if nothing had changed: %s", a.raw)
				}
			}
			if strings.Contains(s.wallet(who), `"couture"`) {
				t.Errorf("it is issued: %s", s.wallet(who))
			}
			s.loads("inventory", `{"sku":"A1","on_hand":100,"daily_demand":2}`)
			s.loads("prices", `{"sku":"A1","price":"40.00"}`)
			if a := s.want(200, serverKey, "POST", approve, `{}`); a.text("grant.code") == "" {
				t.Errorf("it does not wait on: %s", a.raw)
			}
			s.ledgerHolds()
		})
	}
}
