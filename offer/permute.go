package offer

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"math/bits"
)

// permutation orders the numerals of a fixed length at random under a key: FF1 of NIST SP 800-38G (2016) with an empty tweak, restricted to numbers
// whose halves fit into 32 bits. FF1 is a Feistel network of ten rounds over radix^u and radix^v, so that a space that is a power of the radix needs no
// cycle walking; each round costs one AES block.
type permutation struct {
	block cipher.Block
	first [aes.BlockSize]byte // of the block P, which is the same in every round
	size  [2]uint64           // radix^u, radix^v
	bytes int                 // of a half in Q
}

// newPermutation takes an AES key of 16, 24 or 32 bytes.
func newPermutation(key []byte, radix, length int) (permutation, error) {
	u := length / 2
	p := permutation{size: [2]uint64{power(radix, u), power(radix, length-u)}}
	p.bytes = (bits.Len64(p.size[1]-1) + 7) / 8
	block, err := aes.NewCipher(key)
	if err != nil {
		return p, err
	}
	p.block = block
	head := [aes.BlockSize]byte{1, 2, 1, byte(radix >> 16), byte(radix >> 8), byte(radix), rounds, byte(u)}
	binary.BigEndian.PutUint32(head[8:], uint32(length))
	block.Encrypt(p.first[:], head[:])
	return p, nil
}

const rounds = 10

func power(radix, exponent int) uint64 {
	n := uint64(1)
	for range exponent {
		n *= uint64(radix)
	}
	return n
}

// at is the number in place n.
func (p *permutation) at(n uint64) uint64 {
	a, b := n/p.size[1], n%p.size[1]
	for i := range rounds {
		m := p.size[i%2]
		a, b = b, (a+p.round(i, b)%m)%m
	}
	return a*p.size[1] + b
}

// place is the inverse of at.
func (p *permutation) place(n uint64) uint64 {
	a, b := n/p.size[1], n%p.size[1]
	for i := rounds - 1; i >= 0; i-- {
		m := p.size[i%2]
		a, b = (b+m-p.round(i, a)%m)%m, a
	}
	return a*p.size[1] + b
}

// round is the number that FF1 calls y: of eight bytes, since a half has at most four.
func (p *permutation) round(i int, half uint64) uint64 {
	var q [aes.BlockSize]byte
	binary.BigEndian.PutUint64(q[8:], half)
	q[aes.BlockSize-1-p.bytes] = byte(i)
	for j := range q {
		q[j] ^= p.first[j]
	}
	p.block.Encrypt(q[:], q[:])
	return binary.BigEndian.Uint64(q[:8])
}
