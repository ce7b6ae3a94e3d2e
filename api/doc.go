// Package api answers HTTP: events in, decisions, wallet and redemption, feeds, configuration and operations.
//
// Invariants:
//
//  1. Every route is one row of the table in routes.go. Scopes, the OpenAPI document and the metrics' route label derive from that row,
//     so a path that is not in the table does not exist.
//  2. An error becomes bytes in exactly one place (problem.go). What is not a *boon.Error is logged there and answered as "internal"
//     without its text.
//  3. No answer to an event is sent before Events.Accept returned: success means on disk.
//  4. A body is read once, within its limit, before anything is decoded; for gzip the limit counts the decompressed bytes.
//  5. A raw identifier lives for the length of its request: it is hashed by the Hasher port before it enters a noun, and neither it,
//     nor a key, nor a client's address is logged, labelled or stored.
//  6. A public key (its only scope is ingest) and a request without a key never open a wallet. A token opens only the profile
//     it was minted for.
//  7. Money enters and leaves as decimal text. No float touches it.
//
// Ordering: events of one request are accepted in the order of the body; two requests are ordered only by the log. An answer to an
// idempotent call is what the first call was answered, byte for byte, with the header Idempotent-Replayed: true.
package api
