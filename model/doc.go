// Package model estimates what a shopper does with an offer and without one.
//
// For now the estimates are observed rates, smoothed towards a prior; later models stand behind the same [Rates.Estimate].
//
// Invariants:
//
//  1. A [Rates] is frozen: it is made from a [Tally] at the end of an epoch, named by its content, and never changes, so that a
//     decision which names it can be computed again.
//  2. Tallies are integers, and adding two tallies is commutative and associative: the order of outcomes does not matter.
//  3. Estimates lie strictly between 0 and 1, and q <= p: nobody redeems without buying.
package model
