// Package sim runs the money path against the worst that can happen, from one seed.
//
// Invariants:
//
//  1. A run is a function of its [Options]: the same seed gives the same operations, faults and clock.
//  2. After every tick the books verify, every acknowledged answer still stands, and a call that is repeated with its key ends as it ended.
//  3. A failure names the seed, the tick, what does not hold and the last operations, and the command that repeats it.
//  4. The harness is itself tested: each [Plant] is a defect that runs must find.
//
// Ordering: operations run one after the other; faults decide whether the caller learns of an effect, not in which order effects happen.
package sim
