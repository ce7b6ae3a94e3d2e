// Package decide takes one request to one decision: which offer, at which level, or nothing.
//
// Invariants:
//
//  1. [Compute] is a pure function of a policy, frozen rates and [Inputs]. Inputs hold everything that was read; the record holds the inputs.
//     So [Replay] computes a past decision again, and its record comes out byte for byte the same.
//  2. "No offer" is a decision with a reason, never an error.
//  3. Guardrails, caps and budgets are asked before scores; no score brings a refused candidate back.
//  4. The logged propensity is the probability with which the pick was drawn, given the inputs and the seed's distribution.
//  5. A held-out shopper goes the whole path; the pick is kept as a ghost, nothing is granted.
//
// Ordering: what can change the pick is read before the choice; limits are taken after it. When a limit refuses at commit, the refusal becomes an
// input and the choice is made again, so a record never shows an offer that was not granted.
package decide
