// Package bench makes load and measures it: a synthetic shop, synthetic shoppers, and callers that keep to a schedule.
// Other rule engines and shops are asked by peers, a module of its own with a workload of its own, so that Boon depends on none of them.
//
// Invariants:
//
//  1. One seed gives the same bytes: bundle, products and events come from the seed and the counts alone.
//  2. With a rate, latency counts from the moment an operation was due, not from the moment a caller was free to begin it, so that a server
//     that falls behind cannot hide its queue (Tene, "How NOT to Measure Latency": coordinated omission).
//  3. An operation that fails ends the run: a figure never averages errors in.
//
// Ordering: operations are numbered from 0 and begin in that order; they may end in any.
package bench
