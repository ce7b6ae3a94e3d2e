package seal

import (
	"crypto/sha256"
	"hash"
	"sync"
)

// turn computes HMAC-SHA-256 (RFC 2104) under one key after the other. What crypto/hmac makes for a key is thrown away with it, and here nearly each
// text has a key of its own.
type turn struct {
	hash hash.Hash
	pad  [sha256.BlockSize]byte
	sum  []byte
}

var turns = sync.Pool{New: func() any { return &turn{hash: sha256.New()} }}

// authenticate is the HMAC of a text under a key of at most a block.
func authenticate(key, text []byte) (sum [sha256.Size]byte) {
	t := turns.Get().(*turn)
	defer turns.Put(t)
	t.begin(key, 0x36)
	t.hash.Write(text)
	t.sum = t.hash.Sum(t.sum[:0])
	t.begin(key, 0x5c)
	t.hash.Write(t.sum)
	t.sum = t.hash.Sum(t.sum[:0])
	copy(sum[:], t.sum)
	clear(t.pad[:])
	clear(t.sum)
	return sum
}

func (t *turn) begin(key []byte, fill byte) {
	n := copy(t.pad[:], key)
	clear(t.pad[n:])
	for i := range t.pad {
		t.pad[i] ^= fill
	}
	t.hash.Reset()
	t.hash.Write(t.pad[:])
}
