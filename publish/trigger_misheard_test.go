package publish

import (
	"testing"

	"boon"

	"github.com/google/go-cmp/cmp"
)

// A trigger that waits for what is all but the name of an event is warned of; one of an event of the shop's own is not.
func TestEventsOfTriggersThatAreMisspelt(t *testing.T) {
	named := func(id string, events ...string) boon.Trigger {
		x := boon.Trigger{ID: id}
		for _, e := range events {
			x.When.Any = append(x.When.Any, boon.Step{Event: e})
		}
		return x
	}
	got := Warnings(boon.Bundle{Triggers: []boon.Trigger{
		named("fine", "Checkout Started", "Product Back In Stock", "Error Shown", "Product Clicked", "Order Shipped", "Quiz Completed"),
		named("off", "checkout started", "Product Veiwed"),
		{ID: "gone", When: boon.Pattern{Event: "Cart Viewed", Absent: &boon.Absence{Event: "Order Complete"}}},
		{ID: "ready", Use: "cart_abandoned"},
	}})
	const rest = ` is, and a trigger hears a name only as it is written`
	want := []string{
		`Trigger/off.when: no event that Boon knows is called "Product Veiwed"; "Product Viewed"` + rest,
		`Trigger/off.when: no event that Boon knows is called "checkout started"; "Checkout Started"` + rest,
		`Trigger/gone.when: no event that Boon knows is called "Order Complete"; "Order Completed"` + rest,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
