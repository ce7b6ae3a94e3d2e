package sketch

import (
	"crypto/sha256"
	"fmt"
	"testing"
)

func TestFilter(t *testing.T) {
	const keys = 10_000
	f := NewFilter(keys * 10 / 8 / 64 * 64)
	key := func(kind string, i int) [16]byte {
		sum := sha256.Sum256(fmt.Append(nil, kind, i))
		return [16]byte(sum[:16])
	}
	f.Add(key("known", 0))
	if f.IsNew(key("new", 0)) {
		t.Error("a filter that is not complete knows better")
	}
	f.Complete()
	mistaken := 0
	for i := range keys {
		f.Add(key("known", i))
	}
	for i := range keys {
		if f.IsNew(key("known", i)) {
			t.Fatalf("key %d was added and is new", i)
		}
		if !f.IsNew(key("new", i)) {
			mistaken++
		}
	}
	if mistaken > keys/25 {
		t.Errorf("%d of %d new keys are taken for known, want at most 4%%", mistaken, keys)
	}
}
