// Package sim runs the money path against the worst that can happen, from one seed.
//
// Invariants:
//
//  1. A run is a function of its [Options]: the same seed gives the same clients, interleaving, faults and clock.
//  2. While calls are in flight the books verify again and again, every acknowledged redemption stands and no order is settled twice.
//  3. At the end the history of calls is linearizable: there is one order of all effects, each between its call's begin and end, in which the
//     model gives every answer that was given. A refusal has to be justified by the state that the model is in.
//  4. A failure names the seed, the step, what does not hold and the last operations, and the command that repeats it.
//  5. The harness is itself tested: each [Plant] is a defect that runs must find.
//
// Ordering: one client runs at a time. It is suspended before an update of the book, after its commit and before the answer, and around a view;
// who goes on next is drawn from the seed.
package sim
