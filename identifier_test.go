package boon_test

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"boon"
)

func TestIdentifierText(t *testing.T) {
	id := boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{0x3f, 0x0c, 15: 0xff}}
	const want = "user:3f0c00000000000000000000000000ff"
	if id.String() != want {
		t.Fatalf("String: %s, want %s", id, want)
	}
	var again boon.Identifier
	if err := again.UnmarshalText([]byte(want)); err != nil || again != id {
		t.Fatalf("read as %v, %v", again, err)
	}
	for _, bad := range []string{"", "user", "user:", "user:3f0c", "user:3f0c00000000000000000000000000ff00", "user:zz0c00000000000000000000000000ff", "cookie:3f0c00000000000000000000000000ff", ":3f0c00000000000000000000000000ff"} {
		again = id
		if err := again.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was read as %v", bad, again)
		} else if again != id {
			t.Errorf("%q was refused, but changed the identifier to %v", bad, again)
		}
	}
}

func drawIdentifier(t *rapid.T, label string) boon.Identifier {
	id := boon.Identifier{Namespace: boon.Namespace(rapid.IntRange(int(boon.NamespaceAnonymous), int(boon.NamespaceDevice)).Draw(t, label+" namespace"))}
	copy(id.Hash[:], rapid.SliceOfN(rapid.Byte(), len(id.Hash), len(id.Hash)).Draw(t, label+" hash"))
	return id
}

func TestIdentifierReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := map[boon.Identifier][]boon.Identifier{drawIdentifier(t, "key"): {drawIdentifier(t, "value")}}
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got map[boon.Identifier][]boon.Identifier
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		for k, v := range want {
			if !slices.Equal(got[k], v) {
				t.Fatalf("%s was read as %v", data, got)
			}
		}
	})
}

func TestIdentifierOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawIdentifier(t, "a"), drawIdentifier(t, "b")
		if (a.Compare(b) < 0) != (b.Compare(a) > 0) {
			t.Fatalf("%v and %v: %d and %d", a, b, a.Compare(b), b.Compare(a))
		}
		if (a.Compare(b) == 0) != (a == b) {
			t.Fatalf("%v and %v compare as %d", a, b, a.Compare(b))
		}
		if a.Namespace < b.Namespace && a.Compare(b) >= 0 {
			t.Fatalf("%v does not come before %v", a, b)
		}
	})
	a, b := boon.Identifier{Namespace: 1}, boon.Identifier{Namespace: 1, Hash: [16]byte{1}}
	if n := testing.AllocsPerRun(100, func() { _ = a.Compare(b) }); n != 0 {
		t.Errorf("Compare: %v allocations, want 0", n)
	}
}

// FuzzIdentifier: what is read is written as it was read, hex digits' case aside.
func FuzzIdentifier(f *testing.F) {
	f.Add("user:3f0c00000000000000000000000000ff")
	f.Add("email:")
	f.Fuzz(func(t *testing.T, text string) {
		var id, again boon.Identifier
		if id.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(id.String())); err != nil || again != id {
			t.Fatalf("%q is %v, which is read as %v, %v", text, id, again, err)
		}
		if len(id.String()) != len(text) {
			t.Fatalf("%q is written as %q", text, id)
		}
	})
}
