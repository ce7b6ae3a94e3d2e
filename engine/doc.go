// Package engine ties the rooms together: it opens the data folder, wires every port to its adapter, runs the loops and serves the API.
//
// Invariants:
//
//  1. One process holds a data folder; a second one is refused with a plain sentence.
//  2. Online state changes only by applying the log: what a call decides, links or cuts goes onto the log as an event of its own kind.
//  3. The live configuration is one atomic pointer; a decision uses one release from its first read to its record.
//
// Ordering: a call that concerns a person waits, up to 50 ms, until that person's acknowledged events are applied.
package engine
