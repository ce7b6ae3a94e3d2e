// Package rule checks expressions in CEL (github.com/google/cel-spec) against declared fields and compiles them for the hot path.
//
// Invariants:
//
//  1. A program that compiled reads declared fields only, each at its declared type; an unknown field is an error that names the nearest one.
//  2. A compiled closure and cel-go's own interpreter agree on every row: on the value, and on whether there is one (a test compares them).
//  3. Evaluation neither writes to a row nor keeps it, reads no clock, and is bounded: a tree has at most 2,000 nodes, and what needs
//     the interpreter (comprehensions, optionals, calendar methods) stops at a cost limit, which [Env.Affordable] foresees.
//  4. [Program.Parts] splits a condition without loss: it is false exactly when a part is, and otherwise without a value when a part has none.
//  5. "and" and "or" absorb errors as CEL has it: an error on one side does not matter when the other side decides.
//
// Ordering: conjuncts are tried from left to right; Fields and Indexes ascend by declaration.
// An Env and its Programs may be used by many goroutines.
package rule
