// Package consent says what a person's data may be used for, now.
//
// Invariants:
//
//  1. Per purpose the latest choice stands; of two choices at one instant the denial stands. So Fold and Merge are commutative, associative
//     and idempotent: the order in which choices arrive is irrelevant.
//  2. An objection to marketing is absolute: no other grant, however late, opens what it closes. Only a later yes to marketing itself lifts it.
//  3. Global Privacy Control denies sale (and what the shop lists besides) until a yes to that very purpose that is later than the last signal.
//  4. Silence is the regime's default; SMS never defaults to yes. A shop that names no regime is opt-in.
//  5. Withdrawing a choice never allows more than before.
//
// Ordering: none.
package consent
