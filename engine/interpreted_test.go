package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"boon/engine"
)

// Who publishes a condition that is not compiled is told so, of each with the part that is why; the condition holds all the same.
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
	said := a.text("warnings.0")
	for _, want := range []string{`Offer/o1.eligibility (segment("tagged") && cart.total > 1.0)`, `Offer/o2.eligibility (now.getFullYear())`, `Offer/o3.eligibility (math.greatest(profile.orders, 3))`,
		`Offer/o4.eligibility (context.country.lowerAscii())`, `Offer/o5.eligibility (cart.skus.exists(s, s == "Z"))`, " and 1 more"} {
		if !strings.Contains(said, want) {
			t.Errorf("want %s said, got %s", want, a.raw)
		}
	}
	if strings.Contains(said, "o0") {
		t.Errorf("o0 is compiled: %s", said)
	}
	d := s.want(200, serverKey, "POST", "/v1/decisions", `{"profile":{"userId":"u"},"placements":["p"],"explain":true,"context":{"country":"US"}}`)
	for _, c := range d.at("explain").([]any) {
		c := c.(map[string]any)
		if refused := c["verdict"] == "refused"; refused != (c["offer"] == "o1") {
			t.Errorf("%v", c)
		}
	}
}
