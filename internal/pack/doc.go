// Package pack makes decision records small: they are texts of many KB that resemble each other, and each is written to a log, to a table and, as tables
// are merged, to others.
//
// Invariants:
//
//  1. Unpack(Pack(text)) is text, to the byte. What was stored before there was packing, a JSON object, is given back as it is.
//  2. A dictionary is never changed, only followed by another: what it packed names it and needs it for ever.
//
// Packed bytes are no identity: another version of the library may pack the same text otherwise. Compare texts.
//
// The form is an S2 block (Snappy's format, extended) with a dictionary; what was packed before is Zstandard (RFC 8878) with the same one. S2 takes a
// quarter of the processor's time and a fifth of its cache, for records two thirds longer: a decision's record is packed beside the answer.
package pack
