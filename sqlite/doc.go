// Package sqlite is the system of record on SQLite: money, wallet, releases, audit, data keys, access keys, contact vault and settings.
//
// Invariants:
//
//  1. One process holds the data folder: [Open] takes an exclusive lock on a file in it, and says so when another process has it.
//  2. One goroutine writes, as package batch says: it takes every queued [DB.Update] into one transaction (BEGIN IMMEDIATE ... COMMIT) and answers
//     them all after the commit is on disk (WAL, synchronous FULL). Plain statements run in it too, in a savepoint each.
//  3. Balances and counters are written as one conditional UPDATE each. A condition that does not hold fails the whole transaction; it cannot happen
//     while invariants 1 and 2 do.
//  4. The journal is appended to and never changed: no statement of this package updates or deletes an entry.
//  5. The schema has a version (user_version); migrations only go forward, each in a transaction of its own.
//
// Ordering: updates run in the order that package batch gives them; entries carry it in seq.
package sqlite
