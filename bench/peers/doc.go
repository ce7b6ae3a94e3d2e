// Command peers asks Boon and other rule engines the same question of the same promotions: which apply to this cart, and what does the best of
// them take off. It prints how often a second each can answer.
//
// Invariants:
//
//  1. No figure without agreement: an engine that answers any request otherwise than the reference ends the run, and nothing is printed.
//  2. An engine that was asked for and cannot run is named with the reason; none is left out silently.
//  3. Everybody gets the best form we know for them: compiled once, requests brought into the engine's own form beforehand, asked by one
//     caller, warmed by the answers that are checked.
//  4. A path that also applies what it finds is no rule engine: its figures stand in a table of their own. What it takes off in all is compared
//     where it applies promotions in the order of the set.
//
// Ordering: engines in the order of the table, promotions from few to many.
package main
