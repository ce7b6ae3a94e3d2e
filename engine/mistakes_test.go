package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"boon/engine"
)

// A field and an expression that are wrong are told at once to whoever publishes, proposes or reads a folder.
func TestMistakesOfBothLanguagesAreTold(t *testing.T) {
	const bundle = `{kind: Shop, id: s, currency: USD, timezone: UTC}
---
{kind: Placement, id: p, channel: web, colour: red}
---
{kind: Offer, id: o, reward: {type: nudge, nudge: social_proof}, placements: [p], eligibility: cart.totl > 1.0}
`
	told := func(by, text string) {
		if !strings.Contains(text, `unknown field`) || !strings.Contains(text, "there is no field cart.totl") {
			t.Errorf("%s: %s", by, text)
		}
	}
	file := filepath.Join(t.TempDir(), "shop.yaml")
	if err := os.WriteFile(file, []byte(bundle), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := engine.ReadBundle([]string{file})
	told("read", err.Error())
	s := start(t, engine.Config{})
	told("apply", string(s.want(400, serverKey, "PUT", "/v1/bundle", bundle, "Content-Type", "application/yaml").raw))
	told("propose", string(s.want(400, serverKey, "POST", "/v1/releases", bundle).raw))
}

// A condition that would stop at the cost limit on any usual cart is refused when it is published; one of a few lists is not.
func TestExpressionsThatAreTooExpensiveAreRefused(t *testing.T) {
	s := start(t, engine.Config{})
	for depth, want := range map[int]int{2: 200, 3: 200, 6: 400} {
		condition := "true"
		for i := range depth {
			condition = fmt.Sprintf("cart.skus.all(x%d, x%d != 'a' && %s)", i, i, condition)
		}
		a := s.want(want, serverKey, "PUT", "/v1/bundle", `{kind: Shop, id: s, currency: USD, timezone: UTC}
---
{kind: Placement, id: p, channel: web}
---
{kind: Offer, id: o, reward: {type: nudge, nudge: social_proof}, placements: [p], eligibility: "`+condition+`"}
`)
		if too := strings.Contains(string(a.raw), "Offer/o.eligibility: the expression is too expensive"); too != (want == 400) {
			t.Errorf("depth %d: %s", depth, a.raw)
		}
	}
}
