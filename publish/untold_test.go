package publish

import (
	"strings"
	"testing"

	"boon"
)

// Only the end of a wait knows nothing of a cart's lines: what anything else can bring up is no reason to warn.
func TestWhatAWaitCannotTellIsWarnedOf(t *testing.T) {
	wait := boon.Trigger{ID: "left", Use: boon.UseCartAbandoned}
	own := boon.Trigger{ID: "quiet", When: boon.Pattern{Event: "Product Added", Absent: &boon.Absence{Event: boon.OrderCompleted, For: 1}}}
	event := boon.Trigger{ID: "began", When: boon.Pattern{Event: boon.CheckoutStarted}}
	reads := map[string][]string{
		"lines": {"profile.orders", "cart.lines", "cart.category()"},
		"total": {"cart.total", "cart.percentile", "cart.currency", "profile.cart_lines"},
	}
	for name, c := range map[string]struct {
		offer boon.Offer
		want  string
	}{
		"a bag that is left":        {boon.Offer{Eligibility: "lines", Triggers: []string{"left"}}, "cart.lines, cart.category()"},
		"two waits":                 {boon.Offer{Eligibility: "lines", Triggers: []string{"left", "quiet"}}, "left, quiet"},
		"what the cart came to":     {boon.Offer{Eligibility: "total", Triggers: []string{"left"}}, ""},
		"an event brings it up too": {boon.Offer{Eligibility: "lines", Triggers: []string{"left", "began"}}, ""},
		"a call brings it up too":   {boon.Offer{Eligibility: "lines"}, ""},
		"a code brings it up too":   {boon.Offer{Eligibility: "lines", Triggers: []string{"left"}, Codes: boon.Codes{Mode: "public"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.offer.ID = "back"
			got := strings.Join(Untold(boon.Bundle{Offers: []boon.Offer{c.offer}, Triggers: []boon.Trigger{event, wait, own}}, reads), "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) || got != "" && !strings.HasPrefix(got, "Offer/back.eligibility: ") {
				t.Errorf("warned %q, want %q", got, c.want)
			}
		})
	}
}
