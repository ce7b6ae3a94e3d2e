// Package wire writes and reads the flat binary form that states, events and keys are stored in.
//
// Invariants:
//
//  1. What a Writer wrote in some order, a Reader reads back in the same order, to the same values.
//  2. A Reader never panics and never allocates more than the input could hold: the first malformed field sets Err,
//     and every read after it gives the zero value.
//
// Ordering: none beyond the caller's own. A codec starts with a version byte of its own.
package wire
