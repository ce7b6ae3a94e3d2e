package memory

import (
	"maps"
	"slices"
	"testing"

	"boon"

	"pgregory.net/rapid"
)

// The tree answers as a sorted map does, and a version that was kept stays as it was.
func TestTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var root *tree
		model := map[string]string{}
		key := rapid.StringOfN(rapid.SampledFrom([]rune("ab")), 0, 3, -1)
		for range rapid.IntRange(0, 40).Draw(t, "writes") {
			kept, before := root, maps.Clone(model)
			k := key.Draw(t, "key")
			if rapid.Bool().Draw(t, "delete") {
				delete(model, k)
				root = root.with(boon.Write{Key: []byte(k)})
			} else {
				model[k] = rapid.String().Draw(t, "value")
				root = root.with(boon.Write{Key: []byte(k), Value: []byte(model[k])})
			}
			wantTree(t, kept, before, key.Draw(t, "from"))
			wantTree(t, root, model, key.Draw(t, "from"))
		}
	})
}

func wantTree(t *rapid.T, root *tree, model map[string]string, from string) {
	var want, got []string
	for _, k := range slices.Sorted(maps.Keys(model)) {
		if value, ok := root.get([]byte(k)); !ok || string(value) != model[k] {
			t.Fatalf("get %q gives %q %v, want %q", k, value, ok, model[k])
		}
		if k >= from {
			want = append(want, k)
		}
	}
	root.ascend([]byte(from), func(k, _ []byte) bool { got = append(got, string(k)); return true })
	if !slices.Equal(got, want) {
		t.Fatalf("from %q: %q, want %q", from, got, want)
	}
}
