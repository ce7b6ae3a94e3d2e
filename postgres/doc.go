// Package postgres is the system of record on PostgreSQL: what package sqlite is for one process, for any number of them on one database.
//
// Invariants:
//
//  1. All tables are in the first schema of the connection's search_path; two schemas of one database are two shops that know nothing of each
//     other.
//  2. The schema has a version (table versions); migrations only go forward, all of one start in one transaction, under an advisory lock, so
//     that processes that start together migrate once.
//  3. The batches of money (package batch) of all processes come one after the other: each waits for a turn, an advisory lock that its transaction
//     holds to its end, and only then reads. PostgreSQL gives turns in the order in which they were asked for.
//  4. Table clock counts batches. A batch that does not find the clock as it left it drops every counter and balance that it holds from earlier
//     ones. It moves the clock from the number that it read to the next one, or fails.
//  5. Whatever the lock and the clock are worth, a counter or balance is written by an UPDATE that holds its bounds, a CHECK stands behind it, and
//     the COMMIT is reached only when every statement before it changed as many rows as it had to.
//  6. An answer is given when the COMMIT came back. When the connection was lost meanwhile, a new one asks, in a turn of its own, whether the
//     batch's token is in table batches. Only if that cannot be found out the caller hears that it is not known, and repeats with its key.
//  7. A process that dies or hangs in its turn loses it: the server takes its transaction back.
//
// Ordering: entries and grants get their seq from the clock: the order of seq is that of the commits, without gaps. Turns come first money, then
// record; no transaction that holds the record's waits for money's.
package postgres
