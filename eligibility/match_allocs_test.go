//go:build !race

package eligibility

import (
	"testing"

	"boon"
)

// Under the race detector pools forget at random what they are given.
func TestMatchAllocatesNothing(t *testing.T) {
	offers := shop(1000)
	x, err := Compile(manyEnv(t), offers, make([]boon.Campaign, len(offers)))
	if err != nil {
		t.Fatal(err)
	}
	r := shopper()
	hits := x.Match("checkout", "", r, noon, nil)
	if len(hits) != 20 {
		t.Fatalf("%d offers match", len(hits))
	}
	if n := testing.AllocsPerRun(100, func() { hits = x.Match("checkout", "", r, noon, hits[:0]) }); n > 0.1 { // the pool may have been swept
		t.Errorf("%v allocations", n)
	}
}
