// Package journal is the ledger's journal as others read it: the text of hledger, beancount and CSV, and statements of account.
//
// Invariants:
//
//  1. An export is a stream: what a writer remembers grows with the accounts it has met, never with the entries.
//  2. Account names tell budgets apart, whatever their ids: two budgets never share a name.
//  3. Amounts are written in full, with the currency's own decimals; nothing is rounded.
//  4. An entry is dated by the calendar of the shop's time zone.
//
// Ordering: entries are written in journal order; a name is declared before its first use.
package journal
