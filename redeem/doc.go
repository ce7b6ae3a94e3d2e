// Package redeem is the money path: issue, save, reserve, release, redeem, reverse, expire, revoke and settle.
//
// Invariants:
//
//  1. Every change of a grant, its one journal entry and its counters happen in one transaction of the [Book].
//  2. A refusal leaves no trace but the stored answer of its Idempotency-Key: whoever gets a *boon.Error back may go on with the same
//     transaction, except after [Desk.Issue] and the redemptions, which are to be wrapped in [Tx.Try].
//  3. Caps, frequency windows and budgets are exact: they are read and written inside the writing transaction.
//  4. A grant is redeemed at most once per order, and at most Uses times by calls. Only a paid order ([Desk.Settle]) goes beyond, and then it
//     is booked as settle: outside the cap, from what is available, and from overrun when nothing is.
//  5. An answer is given only after its transaction is durable. The same key and body get the same answer; a refusal is an answer,
//     an internal error is not.
//  6. What the redemptions of an order keep of a line, after reversals, never passes its amount, nor of shipping its charge; and two offers that
//     their stacking groups keep apart never join, whichever comes first. Several codes of one call are planned together and taken
//     all or none. What a paid order says that its codes took off is booked as it says, up to what the lines in their scopes are worth.
//  7. A code of a pool becomes somebody's once for ever, whether a decision gives it out or a shopper brings it: [CodeKey] counts it to one.
//
// Ordering: an order's redemptions go in the turn in which they were booked; [Desk.Sweep] works in the order (due time, id); [Desk.AutoRedeem]
// prefers the larger discount, then the smaller id.
package redeem
