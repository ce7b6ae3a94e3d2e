// Package sketch holds a mergeable histogram of integers that can forget as exactly as it learns.
//
// Invariants:
//
//  1. Buckets are log-linear and computed with integers alone: values below 2^Bits have a bucket each, above that a bucket spans less than
//     2^-(Bits-1) of its lower bound. The lower bound is what a quantile reports, so its relative error is below 2^-(Bits-1).
//  2. Remove undoes Add to the bit; Merge is commutative and associative; equal contents encode to equal bytes.
//  3. A histogram has at most 2^(Bits-1) * (65-Bits) + 2^(Bits-1) buckets, whatever it is fed, and holds only those that are not zero.
//
// Ordering: the order of Add, Remove and Merge is irrelevant.
//
// Sources: relative-error quantile buckets after C. Masson, J. E. Rim, H. K. Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with
// Relative-Error Guarantees", PVLDB 12(12), 2019; the log-linear index, which needs no logarithm, after G. Tene's HdrHistogram.
package sketch
