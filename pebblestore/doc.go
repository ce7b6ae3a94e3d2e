// Package pebblestore keeps the event log and the online state in one Pebble database, so that both commit together.
//
// Invariants:
//
//  1. What [DB.Append] acknowledged is on disk, once: an entry whose MessageID is known already is not stored again.
//  2. The entries of one Append call, its duplicates' answers and the writes of its callback are one atomic batch; so are the writes of one Commit.
//  3. Positions of a partition start at 1 and have no gaps when they are given. A position is never given twice, trimmed or not.
//  4. [DB.Read] and [DB.Last] show nothing that is not on disk yet. [DB.Get] and [DB.Scan] show a write as soon as it is visible, durable or not.
//  5. Get is never older than a Commit or an Append that has returned. There is no cache of values in front of it: one was measured, made reads of
//     a hot set three times as fast, and cold reads two to three times as slow without a gain where a state is read, changed and written.
//  6. A slice that is passed in is not touched after the call has returned; a slice that is returned belongs to the caller.
//  7. A database that cannot write any more (disk full, I/O error) fails as a whole and stays failed until it is opened anew: each call is
//     refused as unavailable. Nothing is acknowledged afterwards, and no file is removed.
//  8. Flushes and merges are held to a pace while no more than one memtable is full and merges are less than eight flushes behind, and never when
//     somebody closes: writes do not come to wait for the pace.
//
// Ordering: one goroutine commits all Appends, a group at a time, in the order in which they came to its queue. Commits are ordered
// among themselves and against Appends by their completion only: two that overlap and write one key may land either way.
//
// Keys, by their first byte; numbers are big-endian:
//
//	'd' xxh3-128 of the MessageID           -> day received (days since 1970, UTC), position
//	'k' the caller's key                    -> the caller's value
//	'l' partition (4 bytes) position (8)    -> entry (see encodeEntry)
//	'm' "partitions"                        -> number of partitions, fixed when the folder is first opened
//	'm' "trimmed" partition (4 bytes)       -> highest position that Trim has seen
package pebblestore
