package trigger

import (
	"errors"
	"slices"
	"testing"
	"time"

	"boon"
	"boon/feature"
	"boon/internal/rule"
)

// TestReadyMadeCompile holds every ready-made pattern to the language and the features that there are.
func TestReadyMadeCompile(t *testing.T) {
	env, err := rule.NewEnv(feature.Fields(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []boon.Trigger
	for _, r := range ReadyMade() {
		all = append(all, boon.Trigger{ID: string(r.Use), Use: r.Use})
	}
	m, err := Compile(env, all)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range m.patterns {
		if p.Use != "" || len(p.steps) == 0 || p.Cooldown != ReadyMade()[i].Cooldown {
			t.Errorf("%s is not written out: %+v", p.ID, p.Trigger)
		}
	}
	for _, event := range []string{boon.ExitIntent, boon.PriceCompared, boon.ProductListViewed, boon.ShippingQuoted, boon.PaymentFailed, boon.CartViewed,
		boon.OrderCompleted, boon.ProductBackInStock, boon.ProductPriceDropped} {
		if !m.Listens(event) {
			t.Errorf("nothing listens to %s", event)
		}
	}
}

func TestParametersAdaptWhatIsReadyMade(t *testing.T) {
	all := boon.Parameters{Percentile: 95, Above: boon.Unit, Count: 3, Within: 4 * time.Hour, Apart: time.Hour, For: 2 * time.Hour, Cycles: 2 * boon.Unit}
	for _, r := range ReadyMade() {
		has := append(given(r.Defaults), r.Besides...)
		bad := Check(boon.Trigger{ID: "t", Use: r.Use, With: all})
		if !errors.Is(bad, boon.Refusal(boon.ReasonInvalidRequest)) {
			t.Errorf("%s takes every parameter: %v", r.Use, bad)
		}
		mine := boon.Trigger{ID: "t", Use: r.Use, Cooldown: time.Minute, With: only(has, all)}
		if err := Check(mine); err != nil {
			t.Errorf("%s does not take %v: %v", r.Use, has, err)
		}
		as := Expand(mine)
		if as.Cooldown != time.Minute {
			t.Errorf("%s has its own cooldown, not the trigger's", r.Use)
		}
		w := as.When
		for name, taken := range map[string]bool{
			"count": w.Count == 3, "within": w.Within == 4*time.Hour, "apart": w.Apart == time.Hour,
			"for": w.Absent != nil && w.Absent.For == 2*time.Hour, "cycles": w.Absent != nil && w.Absent.Cycles == 2*boon.Unit,
			"percentile": w.Where == "cart.percentile >= 95 || session.cart_percentile >= 95",
			"above": len(w.Any) > 0 && w.Any[0].Where == "session.shipping_over_usual > 1.0 * profile.usual_shipping" ||
				w.Where == "has(product.price_gap) && product.price_gap > 1.0",
		} {
			if taken != slices.Contains(has, name) {
				t.Errorf("%s: %s is taken: %v", r.Use, name, taken)
			}
		}
	}
}

// only is p without the parameters that are not named.
func only(names []string, p boon.Parameters) (q boon.Parameters) {
	for _, name := range names {
		switch name {
		case "percentile":
			q.Percentile = p.Percentile
		case "above":
			q.Above = p.Above
		case "count":
			q.Count = p.Count
		case "within":
			q.Within = p.Within
		case "apart":
			q.Apart = p.Apart
		case "for":
			q.For = p.For
		case "cycles":
			q.Cycles = p.Cycles
		}
	}
	return q
}
