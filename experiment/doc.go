// Package experiment puts units into holdouts and arms by a hash, without a record of who is where.
//
// Invariants:
//
//  1. A unit's place depends on the salt and the unit alone: not on time, order, process or other units.
//  2. Raising a share adds units and moves none: who was in stays in.
//  3. Different salts are independent.
package experiment
