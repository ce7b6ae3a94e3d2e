package engine_test

import "testing"

// Three offers that ask one thing in three ways, and a trigger that asks it too.
const tailored = `kind: Shop
id: tailored
currency: USD
timezone: UTC
regime: {default: opt-out}
margins: {default: "0.90"}
---
kind: Budget
id: purse
amount: "1000.00"
---
{kind: Placement, id: cart, channel: web, capacity: 3}
---
{kind: Trigger, id: coats, when: {event: Cart Viewed, where: 'cart.category("WOMEN/COATS") && "WOMEN/COATS" in cart.categories'}}
---
kind: Offer
id: by-scope
budget: purse
reward: {type: fixed, values: ["5.00"]}
scope: {kind: category, categories: [WOMEN/COATS]}
placements: [cart]
stacking: {group: a, policy: combine}
codes: {public: {code: COATS}}
---
kind: Offer
id: by-category
reward: {type: nudge, nudge: social_proof}
eligibility: cart.category("WOMEN/COATS")
placements: [cart]
---
kind: Offer
id: by-list
reward: {type: nudge, nudge: social_proof}
eligibility: '"WOMEN/COATS" in cart.categories'
placements: [cart]
---
kind: Offer
id: triggered
reward: {type: nudge, nudge: social_proof}
triggers: [coats]
placements: [cart]
`

// What the catalogue says of a product holds for scopes, conditions, codes and triggers alike, whatever caller or browser say; without it theirs does.
func TestTheCatalogueSaysWhatCategoryALineIsOf(t *testing.T) {
	s := openText(t, tailored)
	s.loads("products", `{"sku":"coat","price":"100.00","category":"WOMEN/COATS"}`)
	s.loads("products", `{"sku":"odd","price":"100.00"}`)
	for _, line := range []struct {
		what, sku, said string
		coat            bool
	}{
		{"nothing said", "coat", "", true},
		{"said less", "coat", "WOMEN", true},
		{"said otherwise", "coat", "TOYS", true},
		{"unknown product", "other", "WOMEN/COATS", true},
		{"product without a category", "odd", "WOMEN/COATS", true},
		{"neither says", "odd", "", false},
	} {
		t.Run(line.what, func(t *testing.T) {
			s := &shop{t, s.url, s.Engine}
			who := "shopper-" + line.what
			cart := `{"currency":"USD","lines":[{"id":"l","sku":"` + line.sku + `","category":"` + line.said + `","quantity":1,"price":"100.00"}]}`
			s.want(200, writeKey, "POST", "/v1/track", `{"anonymousId":"`+who+`","event":"Cart Viewed","properties":{"currency":"USD","products":[{"product_id":"`+line.sku+`","category":"`+line.said+`","price":100,"quantity":1}]}}`)
			asked := s.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"anonymousId":"`+who+`"},"placements":["cart"],"explain":true,"cart":`+cart+`}`)
			want := map[string]string{"by-scope": "not_applicable", "by-category": "not_eligible", "by-list": "not_eligible"}
			for _, c := range asked.at("explain").([]any) {
				c := c.(map[string]any)
				id, _ := c["offer"].(string)
				if reason, named := want[id]; named && (c["reason"] == reason) == line.coat {
					t.Errorf("%s: %v", id, c)
				}
			}
			if a := s.want(200, serverKey, "POST", "/v1/validations", `{"code":"COATS","profile":{"userId":"`+who+`"},"cart":`+cart+`}`); a.at("valid") != line.coat {
				t.Errorf("the code: %s", a.raw)
			}
			a := s.want(200, serverKey, "GET", "/v1/profiles/anonymous:"+who+"/decisions", "")
			if fired := a.at("decisions.0") != nil; fired != line.coat {
				t.Errorf("the trigger: %s", a.raw)
			}
		})
	}
}
