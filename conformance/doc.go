// Package conformance holds the suites that every implementation of a port must pass.
//
// Invariants:
//
//  1. A suite knows its port and nothing of an implementation: what one store may do, all may.
//  2. A suite neither sleeps nor reads the clock: time is an argument, waiting is for a signal.
//  3. A case opens its own empty store, so that cases are independent and may run in any order.
//
// Ordering: none between cases.
package conformance
