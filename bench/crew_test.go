package bench

import "testing"

// One caller does what comes one after the other; another is hired only for what comes meanwhile, and beyond the most it waits, the oldest first.
func TestCrewIsAsSmallAsTheLoadNeeds(t *testing.T) {
	var callers []func() (due, bool)
	c := &crew{hire: func(_ int, next func() (due, bool)) { callers = append(callers, next) }, most: 2}
	want := func(caller, n int) {
		t.Helper()
		if d, ok := callers[caller](); !ok || d.n != n {
			t.Fatalf("caller %d got %d (%v), want %d", caller, d.n, ok, n)
		}
	}
	c.give(due{n: 0})
	want(0, 0)
	c.take(make(chan due, 1)) // nothing waits: one that asks is idle
	c.idle = c.idle[:0]
	for n := 1; n < 5; n++ {
		c.give(due{n: n})
	}
	if len(callers) != 2 {
		t.Fatalf("%d callers, want the most", len(callers))
	}
	want(1, 1)
	want(0, 2)
	want(1, 3)
	want(0, 4)
	own := make(chan due, 1)
	c.take(own)
	c.give(due{n: 5})
	if d := <-own; d.n != 5 || len(callers) != 2 {
		t.Errorf("the idle caller got %d, and there are %d callers", d.n, len(callers))
	}
	c.dismiss()
	if d, ok := callers[0](); ok {
		t.Errorf("after the end came %d", d.n)
	}
}
