package main

import (
	"fmt"
	"slices"

	"boon/bench/peers/workload"
)

// check compares an engine's answers with the reference's; the error names the request and what differs.
func check(e engine, s workload.Set, want, got []workload.Answer) error {
	if least := e.leastAnswered(want); len(got) < least || len(got) > len(want) {
		return fmt.Errorf("%s answers %d of %d requests", e.name, len(got), len(want))
	}
	for q := range got {
		if why := e.differs(s, q, want[q], got[q]); why != "" {
			return fmt.Errorf("%s disagrees with the reference, %d promotions, request %d: %s", e.name, len(s.Promotions), q, why)
		}
	}
	return nil
}

// leastAnswered is every request; of a path, which takes seconds for each, the first eight.
func (e engine) leastAnswered(want []workload.Answer) int {
	if e.path {
		return min(8, len(want))
	}
	return len(want)
}

func (e engine) differs(s workload.Set, q int, want, got workload.Answer) string {
	if i, more := firstOutside(want.Matches, got.Matches); more {
		return fmt.Sprintf("p%d does not apply", i)
	}
	loose := e.path && !e.stacks // it applies them in an order of its own, as long as something is left to take off
	if loose && got.Best == s.Requests[q].Cart.Total {
		return ""
	}
	if i, less := firstOutside(got.Matches, want.Matches); less {
		return fmt.Sprintf("p%d applies and was not found", i)
	}
	if off := e.discount(s, q, want); !loose && got.Best != off {
		return fmt.Sprintf("the discount is %d, not %d", off, got.Best)
	}
	if !loose && len(got.Matches) != len(want.Matches) {
		return "some promotion was found twice"
	}
	return ""
}

// firstOutside is the first of the matches that a list does not hold.
func firstOutside(list, matches []int32) (int32, bool) {
	for _, i := range matches {
		if !slices.Contains(list, i) {
			return i, true
		}
	}
	return 0, false
}

// discount is that of the best promotion, or of all of them.
func (e engine) discount(s workload.Set, q int, want workload.Answer) int64 {
	if e.stacks {
		return s.Stacked(q, want.Matches)
	}
	return want.Best
}
