package seal

import (
	"testing"

	"boon"
)

// TestReadyKeepsWhatIsUsed: what is asked for again stays, however many come; all others go; and there are never more than max.
func TestReadyKeepsWhatIsUsed(t *testing.T) {
	r := ready{max: 10}
	id := func(n int) boon.Identifier { return boon.Identifier{Hash: [16]byte{byte(n), byte(n >> 8)}} }
	for n := range 1000 {
		r.add(map[boon.Identifier]sealer{id(n): {check: [checkSize]byte{byte(n)}}}, r.dropped())
		if s, ok := r.get(id(0)); !ok || s.check[0] != 0 {
			t.Fatalf("after %d others the one in use is gone", n)
		}
		if have := len(r.young) + len(r.old); have > r.max {
			t.Fatalf("%d at hand, want %d at most", have, r.max)
		}
	}
	if s, ok := r.get(id(999)); !ok || s.check[0] != 999%256 {
		t.Errorf("the latest is %v %v", s.check, ok)
	}
	if _, ok := r.get(id(500)); ok {
		t.Error("one that nobody used for long is still at hand")
	}
}

// TestReadyDrops: a dropped key is gone, also when it was fetched before it was dropped and is added after.
func TestReadyDrops(t *testing.T) {
	r := ready{max: 10}
	found := map[boon.Identifier]sealer{{}: {}}
	before := r.dropped()
	r.add(found, before)
	r.drop([]boon.Identifier{{}})
	if _, ok := r.get(boon.Identifier{}); ok {
		t.Error("a dropped key is at hand")
	}
	r.add(found, before)
	if _, ok := r.get(boon.Identifier{}); ok {
		t.Error("a key that was fetched before its drop is at hand")
	}
}
