// Package feature folds events into a person's state, and reads named, typed features out of it.
//
// Invariants:
//
//  1. Every aggregate of a State is a commutative monoid of integers: sums, minima, maxima, bit sets, and registers where the latest (time, value)
//     wins. So Merge is commutative and associative with the zero State as its unit, and any order of folding gives one State:
//     fold(all) = merge(fold(some), fold(the rest)). A sum is not idempotent: de-duplication comes before Fold.
//  2. What is bounded is bounded by key, the least keys (the oldest) falling first, never by a sum; so what falls would have fallen in any order.
//     Days fall 730 days before the latest, session slots six hours before it; 256 (month, category), 64 (day, SKU), 64 traits,
//     16 returns and 16 receipts stay.
//  3. Money is int64 minor units of the shop's currency. An order in another currency is counted, and its money is not added.
//     Features give money as double in major units, for comparison only.
//  4. Decay is applied when read, with integers; the state never ages by itself.
//  5. A Vector is a pure function of (State, Cuts, Input). Its JSON gives back the very same Vector, floats to the bit.
//  6. The zero State gives the vector of someone of whom nothing may be known: that of a shopper who has not consented to personalisation.
//  7. Bytes that any version wrote decode for ever.
//  8. Nothing is read but arguments, save time zone data (for context.hour and context.weekday), which is built in and read once a zone.
//
// Ordering: none; see 1.
package feature

//go:generate go test -run TestFeaturesDocument -update .
