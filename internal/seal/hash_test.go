package seal_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"

	"boon"
	"boon/internal/seal"
)

func TestHashIsTruncatedHMAC(t *testing.T) {
	h := seal.NewHasher([]byte("key"))
	for _, value := range []string{"ann@example.com", "", "u1"} {
		m := hmac.New(sha256.New, []byte("key"))
		m.Write(append([]byte{byte(boon.NamespaceEmail)}, value...))
		got := h.Hash(boon.NamespaceEmail, value)
		if want := m.Sum(nil)[:16]; string(got.Hash[:]) != string(want) || got.Namespace != boon.NamespaceEmail {
			t.Errorf("%q hashes to %v, want %x", value, got, want)
		}
	}
}

func TestHashTellsApart(t *testing.T) {
	h, other := seal.NewHasher([]byte("key")), seal.NewHasher([]byte("another"))
	user, email := h.Hash(boon.NamespaceUser, "a@b.c"), h.Hash(boon.NamespaceEmail, "a@b.c")
	if user.Hash == email.Hash {
		t.Error("one value in two namespaces has one hash")
	}
	if user == other.Hash(boon.NamespaceUser, "a@b.c") {
		t.Error("two instances share a hash")
	}
}

func TestHashConcurrently(t *testing.T) {
	h := seal.NewHasher([]byte("key"))
	want := make([]boon.Identifier, 100)
	for i := range want {
		want[i] = h.Hash(boon.NamespaceUser, fmt.Sprint(i))
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range want {
				if h.Hash(boon.NamespaceUser, fmt.Sprint(i)) != want[i] {
					t.Errorf("value %d changed its hash", i)
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkHash(b *testing.B) {
	h := seal.NewHasher(make([]byte, 32))
	b.ReportAllocs()
	for b.Loop() {
		h.Hash(boon.NamespaceEmail, "ann.lee@example.com")
	}
}
