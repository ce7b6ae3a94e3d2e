package memory_test

import (
	"testing"

	"boon/conformance"
	"boon/memory"
)

// TestStore keeps one store a folder, which is what reopening means in memory.
func TestStore(t *testing.T) {
	stores := map[string]*memory.Store{}
	conformance.RunStore(t, func(_ testing.TB, dir string, partitions int) conformance.Store {
		if stores[dir] == nil {
			stores[dir] = memory.NewStore(partitions)
		}
		return stores[dir]
	})
}
