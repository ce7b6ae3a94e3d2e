// Package boon holds the nouns of the engine: what a shopper did, what can be offered, what was decided and what it cost.
//
// Invariants:
//
//  1. Money is int64 minor units of one ISO 4217 currency. No float is ever added to, or rounded into, money.
//  2. A raw identifier (cookie, user id, e-mail, phone) never reaches a noun that is stored: an [Identifier] is a keyed hash.
//  3. A noun neither reads the clock nor draws a random number: time and seeds are arguments.
//  4. Everything here is a value. A noun that is handed over is not changed afterwards by either side.
//
// This package imports no other package of the module but internal/wire.
package boon
