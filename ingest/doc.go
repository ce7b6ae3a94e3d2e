// Package ingest takes Segment messages to the event log (accept) and from the log into state (apply).
//
// Invariants of the edge (decode, normalise, codec, accept):
//
//  1. What [Accept] has answered for is durable in the log; what it refused or dropped left nothing behind but, for a dropped message,
//     the consent choice that it carried.
//  2. No raw identifier and no known personal value is in an encoded [boon.Event]: identifiers are hashed, personal fields become [Contact]s,
//     and text that repeats one of them is left out.
//  3. Decoding never panics, never recurses past a bound and never reads a number through a float.
//  4. A refusal names its field by JSON path, relative to its own message. In a batch a bad message does not sink the good ones.
//  5. Normalise and the codec are pure: equal messages and options give equal bytes.
//
// Ordering: messages of one [Acceptor.Accept] call reach the log in their order; messages of one owner share a partition, so
// they stay in order among themselves. Concurrent calls have no order between them.
package ingest
