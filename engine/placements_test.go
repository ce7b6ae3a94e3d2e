package engine

import (
	"slices"
	"testing"
	"time"

	"boon"
)

// What a trigger tries first is what reaches the shopper soonest; who has gone away is written to before a page waits for them.
func TestPlacementsOfATriggerAreTriedInOrder(t *testing.T) {
	b := &boon.Bundle{
		Placements: []boon.Placement{{ID: "a-mail", Channel: "email"}, {ID: "b-text", Channel: "sms"}, {ID: "c-page", Channel: "web"}, {ID: "d-app", Channel: "app"}},
		Offers:     []boon.Offer{{ID: "x", Triggers: []string{"here", "gone", "named"}, Placements: []string{"a-mail", "d-app"}}, {ID: "y", Triggers: []string{"here", "gone", "fed"}, Placements: []string{"b-text", "c-page", "a-mail"}}},
		Triggers: []boon.Trigger{{ID: "here"}, {ID: "gone", When: boon.Pattern{Event: "A", Absent: &boon.Absence{Event: "B", For: time.Hour}}},
			{ID: "named", Placements: []string{"d-app", "a-mail"}}, {ID: "fed", Use: boon.UsePriceDrop}, {ID: "idle"}},
	}
	got := placements(b)
	for trigger, want := range map[string][]string{
		"here": {"c-page", "d-app", "b-text", "a-mail"}, "gone": {"b-text", "a-mail", "c-page", "d-app"},
		"fed": {"b-text", "a-mail", "c-page"}, "named": {"d-app", "a-mail"}, "idle": nil,
	} {
		if !slices.Equal(got[trigger], want) {
			t.Errorf("%s: %v, want %v", trigger, got[trigger], want)
		}
	}
}
