// Package govern judges: whether a figure has passed the bound that stops an offer.
//
// Invariants:
//
//  1. A verdict follows from the rule, the figures and the currency alone; it is exact, in whole numbers.
//  2. Nothing holds below a rule's least number of redemptions, nor at the bound itself.
//  3. More of what a figure counts never takes a verdict back.
package govern
