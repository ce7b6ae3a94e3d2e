package seal

import (
	"crypto/cipher"
	"errors"
	"fmt"

	"boon"
)

const (
	version   = 1
	checkSize = 4
	nonceSize = 12
	tagSize   = 16
)

// ErrErased says that the key of what should be opened has been dropped, and with it the content.
var ErrErased = errors.New("the key of this data was erased")

// ErrCorrupt says that sealed bytes were cut short, changed, or belong to another owner.
var ErrCorrupt = errors.New("sealed data is corrupt")

// sealer is one key made ready: AES-256-GCM (NIST SP 800-38D) whose nonce is a MAC of the plaintext. It holds no pointer, so that many of them at hand
// cost the garbage collector nothing; its cipher comes beside it.
type sealer struct {
	encryption, mac [keySize]byte
	check           [checkSize]byte // tells this key from a later one of the same owner
}

func newSealer(key []byte) (s sealer, err error) {
	if len(key) != keySize {
		return s, fmt.Errorf("key of %d bytes, want %d", len(key), keySize)
	}
	secret := extract(key)
	s.encryption, s.mac = expand(secret, "boon seal encryption"), expand(secret, "boon seal nonce")
	check := expand(secret, "boon seal check")
	copy(s.check[:], check[:])
	return s, nil
}

// seal appends nonce, ciphertext and tag. aead is the cipher of the key.
func (s *sealer) seal(aead cipher.AEAD, dst []byte, owner boon.Identifier, plain []byte) []byte {
	sum := authenticate(s.mac[:], plain)
	at := len(dst)
	dst = append(dst, sum[:nonceSize]...)
	return aead.Seal(dst, dst[at:], plain, ownerBytes(owner))
}

// open reads what seal appended.
func open(aead cipher.AEAD, owner boon.Identifier, sealed []byte) ([]byte, error) {
	if len(sealed) < nonceSize+tagSize {
		return nil, ErrCorrupt
	}
	plain, err := aead.Open([]byte{}, sealed[:nonceSize], sealed[nonceSize:], ownerBytes(owner))
	if err != nil {
		return nil, ErrCorrupt
	}
	return plain, nil
}

// keyCheck reads which key sealed bytes need.
func keyCheck(sealed []byte) (check [checkSize]byte, rest []byte, err error) {
	if len(sealed) < 1+checkSize+nonceSize+tagSize || sealed[0] != version {
		return check, nil, ErrCorrupt
	}
	return [checkSize]byte(sealed[1 : 1+checkSize]), sealed[1+checkSize:], nil
}
