// Package scenario runs what merchandisers expect of a bundle against the engine itself (docs/testing-policies.md).
//
// Invariants:
//
//  1. Nothing here decides. A scenario's events, requests and codes go through the HTTP handler of an engine with a data folder, a ledger and a
//     log of its own; what it expects is compared with the record of each decision.
//  2. Two runs of the same scenario come to the same: keys, ids and the shopper follow from fixed seeds, time is told, and the choice does not
//     explore.
//  3. Scenarios know nothing of each other: each has an engine of its own, and their order and number at once do not matter.
//  4. Every expectation that is not met is told, with its place in the file.
package scenario
