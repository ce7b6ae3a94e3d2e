package offer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"unicode"
)

// alphabet leaves out what looks alike (0 O, 1 I L). Its 31 characters are a prime number, which makes the check below perfect.
const alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

const (
	codeLength = 10
	modulus    = len(alphabet)
	// radix is a primitive root of 31, so that the weights of no two places within 30 are equal.
	radix = 3
)

// Code is the code of a grant under the instance's key: ten characters from HMAC-SHA-256 (49.5 bits) and one check character, grouped
// as XXXX-XXXX-XXX. Equal arguments give equal codes; without the key codes cannot be guessed from ids.
func Code(key []byte, grantID string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("code\x00" + grantID))
	n := binary.BigEndian.Uint64(mac.Sum(nil))
	var raw [codeLength + 1]byte
	for i := range codeLength {
		raw[i] = alphabet[n%uint64(modulus)]
		n /= uint64(modulus)
	}
	raw[codeLength] = checkCharacter(raw[:codeLength])
	return string(raw[:4]) + "-" + string(raw[4:8]) + "-" + string(raw[8:])
}

// Valid reports whether a text has the form of a code of Code and its check character. The check is a pure system of ISO/IEC 7064
// (section 6) with modulus 31 and radix 3: it catches every substitution of one character and every swap of two.
func Valid(code string) bool { return OwnShape.Spelt(Normalise(code)) }

// Normalise is the form in which codes are compared: upper case, without spaces and dashes. It serves public codes too.
func Normalise(code string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		switch {
		case r == '-', r == '\u2010', r == '\u2011', r == '\u2013', unicode.IsSpace(r):
			return -1
		}
		return r
	}, code))
}

// checkCharacter makes the weighted sum of all characters congruent to 1, as ISO/IEC 7064 has it.
func checkCharacter(raw []byte) byte {
	sum := 0
	for _, c := range raw {
		sum = (sum + strings.IndexByte(alphabet, c)) * radix % modulus
	}
	return alphabet[(modulus+1-sum)%modulus]
}
