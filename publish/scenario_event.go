package publish

import (
	"fmt"
	"maps"
	"slices"

	"boon"
	"boon/feature"
)

// alsoSegment are the names of Segment's Ecommerce v2 that carry no meaning of their own; a trigger may hear them.
var alsoSegment = []string{"Product List Filtered", "Product Clicked", "Product Shared", "Product Reviewed", "Cart Shared",
	"Product Added to Wishlist", "Product Removed from Wishlist", "Wishlist Product Added to Cart"}

// eventNames lists what events are called that Boon or Segment knows.
func eventNames() []string {
	return slices.Concat(boon.EventNames(), []string{boon.ProductBackInStock, boon.ProductPriceDropped}, feature.EventNames(), alsoSegment)
}

// events complains of events that are most likely misspelt, as nothing waits for them and nobody sends them, and warns where the triggers of a step
// are looked at though none can hear its event.
func (n names) events(s *Scenario) {
	heard := hearing(n.b.Triggers...)
	for i, e := range s.Given.Events {
		n.event(fmt.Sprintf("given.events[%d].event", i), e.Name, heard)
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		path := step.Path + "when.event"
		if n.event(path, step.When.Event.Name, heard) || step.Expect.Triggers == nil || step.After > 0 {
			continue
		}
		s.Warnings = append(s.Warnings, n.at.Locate(fmt.Sprintf("%s.%s: no trigger of the bundle hears %s, so that none can fire by it", n.doc, path, step.When.Event.Name)))
	}
}

// event complains of a name that nothing knows, and reports whether there is no more to say of it.
func (n names) event(path, name string, heard map[string]bool) bool {
	if name == "" || heard[name] {
		return true
	}
	if slices.Contains(eventNames(), name) {
		return false
	}
	hint := Suggestion(name, slices.Concat(slices.Sorted(maps.Keys(heard)), eventNames()))
	if hint == "" {
		hint = "; name one that a trigger hears, or one of docs/events.md"
	}
	n.lack(path, fmt.Sprintf("no trigger of the bundle hears an event %q, and it is none that Boon knows%s", shorten(name), hint))
	return true
}
