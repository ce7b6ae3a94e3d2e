package seal

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"testing"

	"boon"

	"pgregory.net/rapid"
)

// What is worked out in room that is used again is what the library works out.
func TestAuthenticateAndDeriveAreTheLibrarys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, text := rapid.SliceOfN(rapid.Byte(), 0, sha256.BlockSize).Draw(t, "key"), rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "text")
		m := hmac.New(sha256.New, key)
		m.Write(text)
		if got, want := authenticate(key, text), m.Sum(nil); !bytes.Equal(got[:], want) {
			t.Fatalf("authenticated as %x, want %x", got, want)
		}
		use := rapid.String().Draw(t, "use")
		want, err := hkdf.Key(sha256.New, text, nil, use, keySize)
		if err != nil {
			t.Fatal(err)
		}
		if got := expand(extract(text), use); !bytes.Equal(got[:], want) {
			t.Fatalf("derived %x, want %x", got, want)
		}
	})
}

// A cipher is found by its whole key, and once a key is dropped no longer kept.
func TestCiphersAreKeptByKey(t *testing.T) {
	var c ciphers
	one, other := &[keySize]byte{31: 1}, &[keySize]byte{31: 2} // of one place
	owner, nonce := boon.Identifier{}, make([]byte, nonceSize)
	sealed := append(nonce, c.of(one).Seal(nil, nonce, []byte("hello"), ownerBytes(owner))...)
	for range 2 {
		if _, err := open(c.of(other), owner, sealed); err == nil {
			t.Fatal("opened under another key")
		}
		if plain, err := open(c.of(one), owner, sealed); err != nil || string(plain) != "hello" {
			t.Fatalf("opened %q: %v", plain, err)
		}
	}
	if kept := c.of(one); c.of(one) != kept {
		t.Error("a cipher was made anew")
	} else if c.drop(); c.of(one) == kept {
		t.Error("a cipher outlived its key")
	}
}
