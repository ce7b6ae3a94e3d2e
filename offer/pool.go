package offer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"boon"
)

// Bounds of generated codes.
const (
	MinPoolLength = 6
	MaxPoolLength = 13 // twelve characters of 31 are the most that fit into 64 bits
	// GuessShare bounds the density of a pool: at most one code in so many may be one that the pool has.
	GuessShare = 1_000_000
)

// Shape is how codes of one kind look: a prefix, in the form of Normalise, and then Length characters, the last of which is a check character.
type Shape struct {
	Prefix string
	Length int
}

// OwnShape is that of the codes of grants.
var OwnShape = Shape{Length: codeLength + 1}

// ShapeOf is that of a generated pool.
func ShapeOf(g boon.Generate) Shape { return Shape{Normalise(g.Prefix), int(g.Length)} }

// Fits reports whether a code, in the form of Normalise, has this shape; Spelt, whether its check character is right too. The check is a pure system of
// ISO/IEC 7064 with modulus 31 (see Valid): after the prefix it finds every substitution of one character and every swap of two.
func (s Shape) Fits(code string) bool {
	body, ok := strings.CutPrefix(code, s.Prefix)
	return ok && len(body) == s.Length && strings.Trim(body, alphabet) == ""
}

// Spelt reports whether a code has this shape and its check character.
func (s Shape) Spelt(code string) bool {
	return s.Fits(code) && code[len(code)-1] == checkCharacter([]byte(code[len(s.Prefix):len(code)-1]))
}

// Meets reports whether some code can have both shapes.
func (s Shape) Meets(t Shape) bool {
	if len(s.Prefix) > len(t.Prefix) {
		s, t = t, s
	}
	rest, ok := strings.CutPrefix(t.Prefix, s.Prefix)
	return ok && s.Length == len(rest)+t.Length && strings.Trim(rest, alphabet) == ""
}

// MostCodes is how many codes of a length a pool may have, so that a guess hits one with a chance of at most 1 in GuessShare.
func MostCodes(length int) int64 { return int64(power(modulus, length-1) / GuessShare) }

// Pool is a pool of generated codes. Nothing of it is stored: the n-th code is the n-th number of a keyed permutation of all codes, so that codes are
// unlike each other, cannot be guessed from one another, and lead back to n by arithmetic. A larger count keeps the codes that there were.
type Pool struct {
	Shape
	Count  int64
	prefix string // as written
	order  permutation
}

// NewPool is the pool of an offer under the instance's key. Another offer, prefix or length is another pool. Length is in MinPoolLength..MaxPoolLength.
func NewPool(key []byte, offerID string, g boon.Generate) (Pool, error) {
	mac := hmac.New(sha256.New, key)
	for _, part := range []string{"pool", offerID, Normalise(g.Prefix)} {
		_ = binary.Write(mac, binary.BigEndian, uint32(len(part))) // a hash takes everything
		mac.Write([]byte(part))
	}
	order, err := newPermutation(mac.Sum(nil), modulus, int(g.Length)-1)
	return Pool{Shape: ShapeOf(g), Count: g.Count, prefix: strings.ToUpper(g.Prefix), order: order}, err
}

// Code is the n-th code, n in 0..Count-1, as it is printed: after the prefix in groups of four.
func (p *Pool) Code(n int64) string {
	var room [48]byte
	out, raw := append(room[:0], p.prefix...), make([]byte, p.Length)
	for i, x := p.Length-2, p.order.at(uint64(n)); i >= 0; i-- {
		raw[i] = alphabet[x%uint64(modulus)]
		x /= uint64(modulus)
	}
	raw[p.Length-1] = checkCharacter(raw[:p.Length-1])
	for i, c := range raw {
		if i > 0 && i%4 == 0 && i < p.Length-1 {
			out = append(out, '-')
		}
		out = append(out, c)
	}
	return string(out)
}

// Index is the n of a code, in the form of Normalise, that the pool has.
func (p *Pool) Index(code string) (n int64, ok bool) {
	if !p.Spelt(code) {
		return 0, false
	}
	var x uint64
	for _, c := range []byte(code[len(p.Prefix) : len(code)-1]) {
		x = x*uint64(modulus) + uint64(strings.IndexByte(alphabet, c))
	}
	n = int64(p.order.place(x))
	return n, n < p.Count
}
