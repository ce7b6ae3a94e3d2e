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

// sealer is one key made ready: AES-256-GCM (NIST SP 800-38D) whose nonce is a MAC of the plaintext.
type sealer struct {
	aead  cipher.AEAD
	mac   []byte
	check [checkSize]byte // tells this key from a later one of the same owner
}

func newSealer(key []byte) (*sealer, error) {
	if len(key) != keySize {
		return nil, fmt.Errorf("key of %d bytes, want %d", len(key), keySize)
	}
	encryption, err := derive(key, "boon seal encryption")
	if err != nil {
		return nil, err
	}
	mac, err := derive(key, "boon seal nonce")
	if err != nil {
		return nil, err
	}
	check, err := derive(key, "boon seal check")
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(encryption)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return &sealer{aead: aead, mac: mac, check: [checkSize]byte(check[:checkSize])}, nil
}

// seal appends nonce, ciphertext and tag.
func (s *sealer) seal(dst []byte, owner boon.Identifier, plain []byte) []byte {
	m := hmac.New(sha256.New, s.mac)
	m.Write(plain)
	var sum [sha256.Size]byte
	nonce := m.Sum(sum[:0])[:nonceSize]
	dst = append(dst, nonce...)
	return s.aead.Seal(dst, nonce, plain, ownerBytes(owner))
}

func (s *sealer) open(owner boon.Identifier, sealed []byte) ([]byte, error) {
	if len(sealed) < nonceSize+tagSize {
		return nil, ErrCorrupt
	}
	plain, err := s.aead.Open([]byte{}, sealed[:nonceSize], sealed[nonceSize:], ownerBytes(owner))
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
