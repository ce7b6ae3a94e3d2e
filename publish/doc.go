// Package publish turns a bundle as people write it, YAML documents, into one immutable release, and says exactly where a bundle is wrong.
//
// Invariants:
//
//  1. A bundle is read whole or not at all: [Load] gives a bundle without a single problem, or every problem found, never a part. [LoadChecked] counts
//     what is wrong in expressions among them. What only follows from another problem is none.
//  2. Every [Problem] names file, line, column and field path, and says in a sentence what is wrong.
//  3. Nothing is guessed. An unknown field, kind or reference, a key given twice, an inexact decimal and an alias are problems.
//  4. Equal bundles have equal bytes ([Encode]), hence equal release ids, however they are spread over files and documents.
//  5. Load of [Export] is the bundle that was exported.
//  6. A release is stored, audited and activated in one transaction, or nothing happened ([Service.Apply]).
//
// Ordering: elements of a kind are sorted by id, levels by size; problems by file, line and column; changes by kind and id.
package publish
