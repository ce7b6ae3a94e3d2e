package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
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
// cost the garbage collector nothing; the cipher is made anew for each use, a fraction of what sealing takes.
type sealer struct {
	encryption, mac [keySize]byte
	check           [checkSize]byte // tells this key from a later one of the same owner
}

func newSealer(key []byte) (s sealer, err error) {
	if len(key) != keySize {
		return s, fmt.Errorf("key of %d bytes, want %d", len(key), keySize)
	}
	for _, d := range []struct {
		into  []byte
		label string
	}{{s.encryption[:], "boon seal encryption"}, {s.mac[:], "boon seal nonce"}, {s.check[:], "boon seal check"}} {
		derived, err := derive(key, d.label)
		if err != nil {
			return s, err
		}
		copy(d.into, derived)
	}
	return s, nil
}

func (s *sealer) aead() cipher.AEAD {
	block, err := aes.NewCipher(s.encryption[:])
	if err != nil {
		panic(err) // the key has the right size
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the right block size
	}
	return aead
}

// seal appends nonce, ciphertext and tag.
func (s *sealer) seal(dst []byte, owner boon.Identifier, plain []byte) []byte {
	m := hmac.New(sha256.New, s.mac[:])
	m.Write(plain)
	var sum [sha256.Size]byte
	nonce := m.Sum(sum[:0])[:nonceSize]
	dst = append(dst, nonce...)
	return s.aead().Seal(dst, nonce, plain, ownerBytes(owner))
}

func (s *sealer) open(owner boon.Identifier, sealed []byte) ([]byte, error) {
	if len(sealed) < nonceSize+tagSize {
		return nil, ErrCorrupt
	}
	plain, err := s.aead().Open([]byte{}, sealed[:nonceSize], sealed[nonceSize:], ownerBytes(owner))
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
