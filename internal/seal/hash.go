package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"

	"boon"
)

// Hasher turns normalised values into identifiers. It is safe for concurrent use.
type Hasher struct{ macs sync.Pool }

type mac struct {
	hash.Hash
	buf []byte
}

// NewHasher hashes under key, which is the instance's and should hold 32 random bytes. Another key makes other identifiers of the same people.
func NewHasher(key []byte) *Hasher {
	key = append([]byte(nil), key...)
	h := &Hasher{}
	h.macs.New = func() any { return &mac{Hash: hmac.New(sha256.New, key)} }
	return h
}

// Hash is the identifier of a value that [Normalise] gave: the first 128 bits of HMAC-SHA-256 (RFC 2104) over the namespace's number and the value.
func (h *Hasher) Hash(namespace boon.Namespace, normalised string) boon.Identifier {
	m := h.macs.Get().(*mac)
	defer h.macs.Put(m)
	m.Reset()
	m.buf = append(append(m.buf[:0], byte(namespace)), normalised...)
	m.Write(m.buf)
	clear(m.buf)
	m.buf = m.Sum(m.buf[:0])
	id := boon.Identifier{Namespace: namespace}
	copy(id.Hash[:], m.buf)
	return id
}
