// Package offer knows what an offer is worth on a cart: scope, reward arithmetic, cost, schedule, codes and messages; and which offers stack.
//
// Invariants:
//
//  1. A discount's lines add up to its total less free shipping; no part is negative or above the amount of its line.
//  2. A discount never passes the offer's maximum nor the amount in its scope. Rounding is half-even, once, on the whole.
//  3. Cost never passes WorstCase for one use, whatever the cart, when WorstCase says that it is bounded.
//  4. A message that CheckMessage accepts always renders: a missing token gives its default or nothing.
//  5. A code differs from every other code in more than one character or one transposition, else Valid says no.
//  6. A [Plan] of several uses takes off no line, and of shipping, more than it comes to; no use applies beside one that excludes it, and each that
//     does not apply says why, with figures. Up to 12 uses, a best combination is the best of all allowed ones.
//
// Ordering: lines of a discount are in the cart's order. Equal arguments give equal results; nothing here reads a clock. A plan goes by priority, then by
// id, never by the order in which uses are given.
package offer
