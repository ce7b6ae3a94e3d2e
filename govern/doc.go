// Package govern judges: whether a figure has passed the bound that stops an offer, whether groups of people fare alike, and who may let a change come
// into force.
//
// Invariants:
//
//  1. A verdict on a figure follows from the rule, the figures and the currency alone; it is exact, in whole numbers.
//  2. Nothing holds below a rule's least number of redemptions, nor at the bound itself.
//  3. More of what a figure counts never takes a verdict back.
//  4. Who proposed a change never approves it, and nothing is approved on another configuration than the one it was proposed on.
//  5. Groups are unequal only where the ratio of their outcomes is below the bound, exactly, and chance is not why. Where all are treated alike, a bound
//     finds that, over all that it compares within its window, with at most the probability that it names.
//  6. Sheets count people, and what is taken back of them is what was added.
package govern
