// Package pack makes decision records small: they are texts of many KB that resemble each other, and each is written to a log, to a table and, as tables
// are merged, to others.
//
// Invariants:
//
//  1. Unpack(Pack(text)) is text, to the byte, and of short text what AppendText makes of it. What was stored before there was packing, a JSON object,
//     is given back as it is.
//  2. A dictionary is never changed, only followed by another: what it packed names it and needs it for ever. So with the lists of words
//     and of names, which may only grow at their ends, with what words are mostly followed by, and with the columns of a table.
//
// Packed bytes are no identity: another version of the library may pack the same text otherwise. Compare texts.
//
// Short text is JSON in which a mark and eight bytes stand for a double, and a mark and a number for one of the names that every record has; features
// that are empty are only counted, and of candidates stands what is not as it was in those before. It is a quarter as long, and neither are doubles made
// decimal to be stored, nor is the same name looked for again and again.
//
// The form is an S2 block (Snappy's format, extended) of short text. Before there were counts and candidates in rows it had a first byte of its own. What
// was packed before that is an S2 block of JSON with a dictionary, which the library's assembly knows nothing of, and before that Zstandard (RFC 8878) with
// the same one.
package pack
