// Package batch is the group commit that the SQL books share: many updates, one transaction, each row written once.
//
// Invariants:
//
//  1. One goroutine runs the updates, one after the other. It takes what waits into one transaction of the [Store] and answers after the commit:
//     nil says that the update is durable. A commit that fails answers all of its updates with its error; nothing of them happened.
//     Batches of fewer than eight begin 2 ms apart where others are seen to join them meanwhile; an update that comes alone goes at once.
//  2. What a batch changes is held in memory, where taking back is cheap, and written before the commit: every row once, a counter or balance as
//     one addition with its bounds, for the store to check. An update that fails or panics takes back its own changes only; the panic reaches
//     the update's caller.
//  3. A row is read at most once in a batch. What callers told ahead is read for all of them together, when the transaction begins.
//  4. Counters and balances stay in memory from batch to batch, as long as the store says that nobody else wrote in between.
//
// Ordering: a caller's updates run in the order of their arrival. Callers that [From] tells apart take turns, an update each, so that a caller
// that queues a thousand delays another by one. Entries, and rows that are new, are handed to the store in the order in which they were made.
package batch
