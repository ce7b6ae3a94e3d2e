// Package postgres is the system of record on PostgreSQL: what package sqlite is for one process, for any number of them on one database.
//
// Invariants:
//
//  1. All tables are in the first schema of the connection's search_path; two schemas of one database are two shops that know nothing of each
//     other.
//  2. The schema has a version (table versions); migrations only go forward, all of one start in one transaction, under an advisory lock, so
//     that processes that start together migrate once.
package postgres
