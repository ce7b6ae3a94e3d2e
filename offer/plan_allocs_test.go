//go:build !race

package offer

import (
	"testing"

	"boon"
)

// What a plan allocates follows the number of uses, not the combinations that are searched. The race detector adds some of its own.
func TestPlanAllocatesByUse(t *testing.T) {
	for _, mode := range []boon.StackMode{boon.StackAll, boon.StackHighest, boon.StackBest} {
		for _, n := range []int{3, 12} {
			s := benchStack(n, mode)
			if got := testing.AllocsPerRun(20, func() { s.Plan() }); got > float64(30+20*n) {
				t.Errorf("mode %s with %d uses allocates %v times", mode, n, got)
			}
		}
	}
}
