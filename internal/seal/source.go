package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"
	"sync"

	"boon"
)

// keySize is that of master and data keys, bytes.
const keySize = 32

// Source makes the data key of an identifier that has none: 32 bytes.
type Source func(boon.Identifier) ([]byte, error)

// Random reads data keys from r, which should be crypto/rand's Reader.
func Random(r io.Reader) Source {
	var mu sync.Mutex
	return func(boon.Identifier) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		key := make([]byte, keySize)
		if _, err := io.ReadFull(r, key); err != nil {
			return nil, fmt.Errorf("draw data key: %w", err)
		}
		return key, nil
	}
}

// Seeded derives data keys from a seed and the identifier (HKDF-SHA-256, RFC 5869), so that two runs of one input are equal. Whoever knows the
// seed can make a dropped key again: it is for replays and tests.
func Seeded(seed []byte) Source {
	seed = append([]byte(nil), seed...)
	return func(id boon.Identifier) ([]byte, error) {
		key, err := hkdf.Key(sha256.New, seed, nil, "boon data key "+string(ownerBytes(id)), keySize)
		if err != nil {
			return nil, fmt.Errorf("derive data key: %w", err)
		}
		return key, nil
	}
}

// extract is the first half of HKDF-SHA-256 (RFC 5869), without a salt: what keys for several uses of one secret are expanded from.
func extract(secret []byte) [keySize]byte { return authenticate(nil, secret) }

// expand is its second half: a key for one use, as long as the first block.
func expand(extracted [keySize]byte, use string) [keySize]byte {
	return authenticate(extracted[:], append([]byte(use), 1))
}

// ownerBytes is what binds a ciphertext to its owner.
func ownerBytes(id boon.Identifier) []byte {
	return append([]byte{byte(id.Namespace)}, id.Hash[:]...)
}
