//go:build !race

package seal_test

import (
	"testing"

	"boon"
	"boon/internal/seal"
)

// The race detector makes sync.Pool drop at random, so this runs without it.
func TestHashAllocatesNothing(t *testing.T) {
	h := seal.NewHasher([]byte("key"))
	if got := testing.AllocsPerRun(200, func() { h.Hash(boon.NamespaceEmail, "ann@example.com") }); got >= 1 {
		t.Errorf("%v allocations a hash, want none", got)
	}
}
