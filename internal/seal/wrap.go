package seal

import (
	"errors"
	"fmt"

	"boon"
)

// ErrWrongKey says that a secret was wrapped under another key than the one given.
var ErrWrongKey = errors.New("wrapped under another key")

// Wrap seals a secret, such as an instance's key, under a wrapping key of 32 bytes that is kept elsewhere. Equal input gives equal bytes.
func Wrap(key, secret []byte) ([]byte, error) {
	s, err := newWrapper(key)
	if err != nil {
		return nil, fmt.Errorf("wrap: %w", err)
	}
	return s.seal(newGCM(&s.encryption), append([]byte{version}, s.check[:]...), boon.Identifier{}, secret), nil
}

// Unwrap opens what [Wrap] made: [ErrWrongKey] under another key, [ErrCorrupt] when the bytes were cut short or changed.
func Unwrap(key, wrapped []byte) ([]byte, error) {
	s, err := newWrapper(key)
	if err != nil {
		return nil, fmt.Errorf("unwrap: %w", err)
	}
	check, rest, err := keyCheck(wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrap: %w", err)
	}
	if check != s.check {
		return nil, fmt.Errorf("unwrap: %w", ErrWrongKey)
	}
	secret, err := open(newGCM(&s.encryption), boon.Identifier{}, rest)
	if err != nil {
		return nil, fmt.Errorf("unwrap: %w", err)
	}
	return secret, nil
}

// newWrapper derives a key of its own, so that a wrapping key that is used elsewhere too never meets the same cipher.
func newWrapper(key []byte) (sealer, error) {
	if len(key) != keySize {
		return sealer{}, fmt.Errorf("key of %d bytes, want %d", len(key), keySize)
	}
	own := expand(extract(key), "boon wrapping")
	return newSealer(own[:])
}
