// Package eligibility finds the offers that may be considered and says in a merchandiser's words why the others may not;
// its guardrails bar what an offer would do to a line of the order.
//
// An Index takes equalities, memberships, intervals, flags, categories, schedules, placements and triggers out of the offers' conditions and answers
// each for all offers at once, 64 offers a machine word; only what is left of a condition is evaluated, offer by offer, for those that still stand.
//
// Invariants:
//
//  1. An offer outside its schedule, paused, of another trigger or placement, or whose condition is not true is refused; a condition that
//     cannot be evaluated refuses too (evaluation_error), and so does a guardrail: doubt never gives a discount.
//  2. No offer that the guardrails pass takes a line below zero, deeper than any matching maxDepth, or under any matching minMargin.
//     Shares are compared exactly, in integers.
//  3. [Index.Match] finds exactly the offers that [Index.Scan] finds, which asks each in turn; where a row lacks a field, the index leaves the
//     answer to the condition itself.
//  4. A refusal's text is made when it is refused, never on the way to a yes.
//
// Ordering: hits ascend by their place in the release; guardrails are asked in the order of the release, and within one by line;
// the first refusal is the answer. An Index and its Rails may be used by many goroutines.
package eligibility
