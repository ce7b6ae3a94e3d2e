package engine_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"boon/engine"
)

// Who publishes a condition that is not compiled is told so, of each with the part that is why, and who rolls back too; the condition holds all the same.
func TestWhatTheInterpreterRunsIsSaid(t *testing.T) {
	bundle := `{kind: Shop, id: s, currency: USD, timezone: UTC, regime: {default: opt-out}}
---
{kind: Placement, id: p, channel: web, capacity: 9}
---
{kind: Segment, id: tagged, where: 'profile.tags.exists(t, t == "vip")'}
---
{kind: Guardrail, id: g, where: 'cart.skus.filter(s, s.startsWith("X")).size() > 1', suppress: [points]}
`
	for i, condition := range []string{`profile.orders == 0 && context.country in ["US", "DE"]`, `segment("tagged") && cart.total > 1.0`, `now.getFullYear() > 2000`, `math.greatest(profile.orders, 3) == 3`,
		`context.country.lowerAscii() == "us"`, `!cart.skus.exists(s, s == "Z")`} {
		bundle += fmt.Sprintf("---\n{kind: Offer, id: o%d, reward: {type: nudge, nudge: social_proof}, placements: [p], eligibility: '%s'}\n", i, condition)
	}
	s := start(t, engine.Config{})
	a := s.want(200, serverKey, "PUT", "/v1/bundle", bundle, "Content-Type", "application/yaml")
	second := s.want(200, serverKey, "PUT", "/v1/bundle", strings.ReplaceAll(bundle, "capacity: 9", "capacity: 8"), "Content-Type", "application/yaml")
	back := s.want(200, serverKey, "POST", "/v1/releases/"+a.text("release")+"/rollback", "")
	for _, answer := range []answer{a, second, back} {
		said := answer.at("warnings")
		const runs = ": CEL's interpreter runs what has no compiled form; it says the same, and takes longer: "
		want := []any{"Offer/o1.eligibility" + runs + `segment("tagged") && cart.total > 1.0`, "Offer/o2.eligibility" + runs + "now.getFullYear()",
			"Offer/o3.eligibility" + runs + "math.greatest(profile.orders, 3)", "Offer/o4.eligibility" + runs + "context.country.lowerAscii()",
			"Offer/o5.eligibility" + runs + `cart.skus.exists(s, s == "Z")`, "CEL's interpreter runs 1 more of the conditions"}
		if !reflect.DeepEqual(said, want) {
			t.Errorf("%s", answer.raw)
		}
	}
	d := s.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"userId":"u"},"placements":["p"],"explain":true,"context":{"country":"US"}}`)
	for _, c := range d.at("explain").([]any) {
		c := c.(map[string]any)
		if refused := c["verdict"] == "refused"; refused != (c["offer"] == "o1") {
			t.Errorf("%v", c)
		}
	}
}
