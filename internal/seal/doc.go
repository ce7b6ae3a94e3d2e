// Package seal turns raw identifiers into keyed hashes, and personal data into bytes that can be made unreadable by dropping one key.
//
// Invariants:
//
//  1. Nothing raw leaves: an identifier's value is normalised, then hashed with HMAC-SHA-256 under the instance's key together with its
//     namespace, so that one value in two namespaces cannot be told to be one.
//  2. Sealing is deterministic: equal owner, key and plaintext give equal bytes. The nonce is a MAC of the plaintext under a key of its own, as in
//     RFC 8452 and RFC 5297, so under one key two different plaintexts share a nonce only by a collision of 96 bits. What an observer
//     learns is that one owner's two plaintexts are equal.
//  3. What was sealed for one owner opens for no other. What was changed does not open.
//  4. A data key exists wrapped in the key store before anything is sealed under it. Opening never makes a key.
//  5. Once a key is dropped from the store and [Ring.Forget] has returned, what was sealed under it does not open in this process: [ErrErased].
//  6. Neither clock nor random source is read: data keys come from a [Source] that the caller makes.
//
// Formats. Sealed: version 1, key check (4 bytes), nonce (12), AES-256-GCM ciphertext and tag; additional data: the owner. Wrapped key: version 1,
// nonce (12), AES-256-GCM of the data key under the master; additional data: the owner. Wrapped secret ([Wrap]): version 1, key check (4), nonce (12),
// AES-256-GCM under a key derived from the wrapping key.
//
// Ordering: none; a Ring is safe for concurrent use.
package seal
