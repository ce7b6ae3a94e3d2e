// Package zone finds IANA time zones by the names that shoppers and shops give.
//
// Invariants:
//
//  1. A name that is no zone is passed over; without any that is, the zone is UTC.
//  2. A zone is loaded once, from data that is compiled in where the machine has none. Wrong names, which come from outside, take up bounded memory.
package zone
