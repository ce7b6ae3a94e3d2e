package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"sync/atomic"
)

// ciphers are those made of late, by key: what one process seals it opens soon after, when it applies it. Each is some 1,500 bytes and takes as long to
// make as to seal a short event. Nobody finds one who does not have the key.
type ciphers [2048]atomic.Pointer[keyedCipher]

type keyedCipher struct {
	key [keySize]byte
	cipher.AEAD
}

// of is AES-256-GCM under a key.
func (c *ciphers) of(key *[keySize]byte) cipher.AEAD {
	place := &c[binary.LittleEndian.Uint64(key[:])%uint64(len(c))]
	if known := place.Load(); known != nil && known.key == *key {
		return known
	}
	made := &keyedCipher{*key, newGCM(key)}
	place.Store(made)
	return made
}

// drop forgets all.
func (c *ciphers) drop() {
	for i := range c {
		c[i].Store(nil)
	}
}

func newGCM(key *[keySize]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the key has the right size
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the right block size
	}
	return aead
}
