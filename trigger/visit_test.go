package trigger

import (
	"testing"
	"time"

	"boon"
	"boon/internal/rule"

	"pgregory.net/rapid"
)

// TestVisits tells in stories what is one visit: events of which each is closer than apart to the next.
func TestVisits(t *testing.T) {
	for name, story := range map[string]struct {
		trigger boon.Trigger
		lines   string
	}{
		"a visit lasts as long as it goes on": {second, `
			0s    | Product Viewed | category=TEA    |
			20m   | Product Viewed | category=TEA    |
			20m   | Product Viewed | category=COFFEE |
			49m   | Product Viewed | category=TEA    |
			78m   | Product Viewed | category=TEA    |
			80m   | Product Viewed | category=COFFEE | second
			108m  | Product Viewed | category=TEA    | second`},
		"what was told of a visit already changes nothing": {second, `
			0s    | Product Viewed | category=TEA |
			20m   | Product Viewed | category=TEA |
			10m   | Product Viewed | category=TEA |`},
		"a window is from the end of a visit to the start of the next": {second, `
			0s     | Product Viewed | category=TEA |
			20m    | Product Viewed | category=TEA |
			48h20m | Product Viewed | category=TEA | second`},
		"a visit that arrives in the wrong order is one": {second, `
			60m | Product Viewed | category=TEA |
			40m | Product Viewed | category=TEA |
			20m | Product Viewed | category=TEA |
			0s  | Product Viewed | category=TEA |
			90m | Product Viewed | category=TEA | second`},
		"what comes between two visits makes them one": {with(second, func(t *boon.Trigger) { t.When.Count = 3 }), `
			0s   | Product Viewed | category=TEA |
			40m  | Product Viewed | category=TEA |
			20m  | Product Viewed | category=TEA |
			70m  | Product Viewed | category=TEA |
			100m | Product Viewed | category=TEA | second`},
	} {
		t.Run(name, func(t *testing.T) { tell(t, machine(t, story.trigger), story.lines) })
	}
}

// TestAVisitIsOne: a visit grows at either end by events that are closer to it than apart, under whichever identifier, and stays one.
func TestAVisitIsOne(t *testing.T) {
	env := environment(t)
	m, err := Compile(env, []boon.Trigger{second})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		var mem [2]Memory
		views := func(at time.Time) bool {
			by := rapid.IntRange(0, 1).Draw(t, "identifier")
			fired, _, _, _ := m.Match(&boon.Event{Name: boon.ProductViewed, Time: at}, func() rule.Row { return &row{category: "TEA"} }, &mem[by], &mem[1-by])
			return len(fired) > 0
		}
		first, last := noon, noon
		views(noon)
		for range rapid.IntRange(0, 8).Draw(t, "more") {
			gap := time.Duration(rapid.IntRange(1, 29).Draw(t, "minutes")) * time.Minute
			at := last.Add(gap)
			if rapid.Bool().Draw(t, "earlier") {
				at, first = first.Add(-gap), first.Add(-gap)
			} else {
				last = at
			}
			if views(at) {
				t.Fatalf("%v: one visit is two", at)
			}
		}
		if !views(last.Add(30 * time.Minute)) {
			t.Fatal("the next visit is not counted")
		}
	})
}
