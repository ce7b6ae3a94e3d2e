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
	for _, i := range got.Matches {
		if !slices.Contains(want.Matches, i) {
			return fmt.Sprintf("p%d does not apply", i)
		}
	}
	whole := e.path && got.Best == s.Requests[q].Cart.Total // nothing was left to take off
	for _, i := range want.Matches {
		if !whole && !slices.Contains(got.Matches, i) {
			return fmt.Sprintf("p%d applies and was not found", i)
		}
	}
	if !e.path && got.Best != want.Best {
		return fmt.Sprintf("the best discount is %d, not %d", want.Best, got.Best)
	}
	if !e.path && len(got.Matches) != len(want.Matches) {
		return "some promotion was found twice"
	}
	return ""
}
