// Package memory holds the stores, of events and state and of money, in memory: for tests, for simulation, and as the reference that other stores are compared with.
//
// Invariants:
//
//  1. A store answers as its durable counterpart does, by the same conformance suite; only nothing survives the process.
//  2. Equal calls in equal order leave equal content: no clock, no randomness, no map order reaches a caller.
//  3. A slice that is passed in is not kept; a slice that is returned belongs to the caller.
//  4. A reader sees one moment: a Scan goes on over what stood when it began.
//
// Ordering: calls take effect one after the other, in some order that agrees with each caller's own.
package memory
