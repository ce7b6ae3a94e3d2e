package publish

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"boon"
	"boon/trigger"
)

// misheard warns of triggers that wait for an event whose name is all but one that Boon knows, so that it most likely never comes.
func misheard(b boon.Bundle) (all []string) {
	for _, t := range b.Triggers {
		for _, name := range slices.Sorted(maps.Keys(hearing(t))) {
			if meant := nearly(name); meant != "" {
				all = append(all, fmt.Sprintf("Trigger/%s.when: no event that Boon knows is called %q; %q is, and a trigger hears a name only as it is written", t.ID, name, meant))
			}
		}
	}
	return all
}

// nearly is the name of an event that is written with another case, or with a letter or two that are not as in name; "" for a known name too.
func nearly(name string) (meant string) {
	known := eventNames()
	if slices.Contains(known, name) {
		return ""
	}
	for _, k := range known {
		if strings.EqualFold(k, name) || distance(k, name) <= 2 {
			return k
		}
	}
	return ""
}

// hearing holds the names of the events that triggers wait for, or whose absence they do.
func hearing(triggers ...boon.Trigger) map[string]bool {
	heard := map[string]bool{}
	hear := func(event string, steps ...boon.Step) {
		heard[event] = true
		for _, s := range steps {
			heard[s.Event] = true
		}
	}
	for _, t := range triggers {
		when := trigger.Expand(t).When
		hear(when.Event, slices.Concat(when.Any, when.Sequence)...)
		if when.Absent != nil {
			hear(when.Absent.Event, when.Absent.Any...)
		}
	}
	delete(heard, "")
	return heard
}
