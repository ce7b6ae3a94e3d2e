// Package contact answers whether a person may be contacted once more, by what they were contacted with so far and by the hour where they are.
//
// Invariants:
//
//  1. Everything is a function of its arguments. A person's contacts may come in any order.
//  2. No sequence of contacts that [Frequent] lets pass one by one, in the order of their times and in one zone, has more than Max in any window: not
//     in any span of Per, and in no calendar day, week or month of the zone. What comes out of order is counted against what is later, too.
//  3. A calendar window is the local one, whatever its length: a day of 23 or 25 hours is one day, a day that the zone skips is none. Weeks begin
//     on Monday. A window belongs to its first instant, and its end to the next.
//  4. A suppression ends For after the dismissal that completed the number; no later one prolongs it.
package contact
