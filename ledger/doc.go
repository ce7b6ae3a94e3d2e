// Package ledger is the double-entry side of promotions: which transitions a grant may take, what each one posts, and whether a journal is sound.
//
// Invariants:
//
//  1. [Table] is the only place that says which transition follows which state, what it posts and what it does to the offer's cap.
//     Postings, documentation, verification and the property tests are all derived from it.
//  2. Every entry sums to zero and touches one budget in one currency.
//  3. available, committed, reserved and liability are never below zero. funding, vendor_funding and overrun are sources: they stand at zero or below in the journal.
//  4. While a grant is open, committed plus reserved hold exactly its Committed for it; when it is closed they hold nothing.
//  5. A coupon that expires gives back what was set aside for it. Only points become breakage, out of the liability that they are.
//  6. What is given back to a period that has closed goes back to funding, not to the running period.
//
// Ordering: entries are verified in journal order; the state of a grant is a fold of its own entries in that order.
package ledger

//go:generate go test . -run TestTableIsDocumented -update
