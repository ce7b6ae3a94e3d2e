package journal

import "testing"

// What the chain adds to each entry that is written.
func BenchmarkFollow(b *testing.B) {
	e := story()[3].Entry
	var head Hash
	b.ReportAllocs()
	for b.Loop() {
		head = Follow(head, e)
	}
}
