// Package govern judges: whether a figure has passed the bound that stops an offer, and who may let a change come into force.
//
// Invariants:
//
//  1. A verdict follows from the rule, the figures and the currency alone; it is exact, in whole numbers.
//  2. Nothing holds below a rule's least number of redemptions, nor at the bound itself.
//  3. More of what a figure counts never takes a verdict back.
//  4. Who proposed a change never approves it, and nothing is approved on another configuration than the one it was proposed on.
package govern
