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

// events complains of events that are misspelt, and warns of those that do nothing: of a name that nothing knows, and of a known one where the triggers
// of a step are looked at though none can hear it.
func (n names) events(s *Scenario) {
	heard := hearing(n.b.Triggers...)
	for i, e := range s.Given.Events {
		n.known(s, fmt.Sprintf("given.events[%d].event", i), e.Name, heard)
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		path, name := step.Path+"when.event", step.When.Event.Name
		if n.known(s, path, name, heard) && name != "" && !heard[name] && step.Expect.Triggers != nil && step.After == 0 {
			n.warn(s, path, "no trigger of the bundle hears %s, so that none can fire by it", name)
		}
	}
}

// known reports whether a trigger, Boon or Segment knows an event of this name, or there is none.
func (n names) known(s *Scenario, path, name string, heard map[string]bool) bool {
	if name == "" || heard[name] || slices.Contains(eventNames(), name) {
		return true
	}
	const nobody = "no trigger of the bundle hears an event %q, and it is none that Boon knows"
	if hint := Suggestion(name, slices.Concat(slices.Sorted(maps.Keys(heard)), eventNames())); hint != "" {
		n.lack(path, fmt.Sprintf(nobody, shorten(name))+hint)
	} else {
		n.warn(s, path, nobody+": it does nothing", shorten(name))
	}
	return false
}

func (n names) warn(s *Scenario, path, format string, args ...any) {
	s.Warnings = append(s.Warnings, n.at.Locate(fmt.Sprintf("%s.%s: %s", n.doc, path, fmt.Sprintf(format, args...))))
}
