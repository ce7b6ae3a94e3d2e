// Package workload makes the promotions and requests that every engine is asked about, and answers them itself by asking each promotion in turn.
//
// Invariants:
//
//  1. One seed gives the same promotions and requests; the smaller set is the beginning of the larger one.
//  2. A promotion applies when all its conditions hold. The best discount is the highest of those that apply, 0 when none does.
//  3. The reference shares no code with any engine: it is the plainest reading of the conditions.
//
// Ordering: promotions and the matches of an answer ascend by index.
package workload
