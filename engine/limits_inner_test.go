package engine

import (
	"testing"
	"time"
)

// Calls go on with limits of a moment ago while they are read anew; what is older is read by the call itself.
func TestLimitsAreReadBesideCalls(t *testing.T) {
	e := openInner(t)
	live, noon := e.live.Load(), time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ at, want time.Duration }{
		{0, 0},
		{limitsYoung - 1, 0},
		{limitsYoung, 0}, // and they are read anew
	} {
		if got := e.limitsAt(live, noon.Add(c.at)).at.Sub(noon); got != c.want {
			t.Errorf("after %v: limits of %v, want %v", c.at, got, c.want)
		}
	}
	for end := time.Now().Add(10 * time.Second); e.limits.Load().at.Equal(noon); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("they were not read anew")
		}
	}
	for _, c := range []struct{ at, want time.Duration }{
		{limitsYoung + 1, limitsYoung},
		{limitsYoung + limitsOld, limitsYoung + limitsOld},
	} {
		if got := e.limitsAt(live, noon.Add(c.at)).at.Sub(noon); got != c.want {
			t.Errorf("after %v: limits of %v, want %v", c.at, got, c.want)
		}
	}
}

// What was read beside the calls does not hide what a human did meanwhile.
func TestLimitsReadBesideCallsYieldToHumans(t *testing.T) {
	e := openInner(t)
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	known := e.limitsAt(e.live.Load(), noon)
	e.limits.Store(nil) // as a pause does
	e.renew(known, noon.Add(limitsYoung))
	if e.limits.Load() != nil {
		t.Error("limits of before stand")
	}
}

func openInner(t *testing.T) *Engine {
	t.Helper()
	e, err := Open(t.Context(), Config{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}
