// Package experiment puts units into holdouts and arms by hash.
//
// Invariants:
//
//  1. An assignment depends on (salt, unit) and the configuration alone: no state, no clock, no order.
//  2. Raising a holdout's share never moves a unit out of it, and lowering never moves one in.
//  3. Assignments under different salts are independent: holdouts, campaigns and experiments do not line up.
//  4. Bucket is a contract across versions and languages, held by testdata/cases.json.
//
// Ordering: arms take their stretches of [0, 1000000) in the order in which they are listed.
package experiment
