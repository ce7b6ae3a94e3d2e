package bench

import "testing"

// One caller does what comes one after the other; another is hired only for what comes meanwhile, up to the most. Beyond them whoever ends first leads.
func TestCrewIsAsSmallAsTheLoadNeeds(t *testing.T) {
	hired := 0
	c := &crew{hire: func() { hired++ }, most: 2}
	turns := [2]chan struct{}{make(chan struct{}, 1), make(chan struct{}, 1)}
	want := func(what string, got, want bool) {
		t.Helper()
		if got != want {
			t.Fatalf("%s: %t", what, got)
		}
	}
	c.follow()
	if hired != 1 {
		t.Fatalf("%d callers for the first operation", hired)
	}
	c.follow()
	c.follow()
	if hired != 2 {
		t.Fatalf("%d callers, want the most", hired)
	}
	want("nobody leads, and the first comes back", c.first(turns[0]), true)
	want("it leads, and the second comes back", c.first(turns[1]), false)
	c.follow()
	want("the second waits to lead", c.lead(turns[1]), true)
	c.idle = nil
	for _, turn := range turns {
		want("both idle", c.first(turn), false)
	}
	c.follow()
	want("the last to come idle leads", len(turns[1]) == 1 && len(turns[0]) == 0, true)
	c.dismiss()
	if _, open := <-turns[0]; open {
		t.Error("who was idle at the end goes on")
	}
	want("who ends its work after the end", c.lead(make(chan struct{}, 1)), false)
}
