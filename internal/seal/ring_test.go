package seal_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"boon"
	"boon/internal/seal"

	"pgregory.net/rapid"
)

// shelf keeps wrapped keys in a map.
type shelf struct {
	sync.Mutex
	keys  map[boon.Identifier][]byte
	calls int
	asked int    // for how many keys
	hook  func() // runs after the keys are read, before they are handed over
}

func newShelf() *shelf { return &shelf{keys: map[boon.Identifier][]byte{}} }

func (s *shelf) DataKeys(_ context.Context, ids []boon.Identifier, fresh func(boon.Identifier) []byte) (map[boon.Identifier][]byte, error) {
	s.Lock()
	defer s.Unlock()
	s.calls++
	s.asked += len(ids)
	found := map[boon.Identifier][]byte{}
	for _, id := range ids {
		if s.keys[id] == nil && fresh != nil {
			s.keys[id] = fresh(id)
		}
		if s.keys[id] != nil {
			found[id] = s.keys[id]
		}
	}
	if s.hook != nil {
		s.hook()
	}
	return found, nil
}

func (s *shelf) drop(id boon.Identifier) {
	s.Lock()
	defer s.Unlock()
	delete(s.keys, id)
}

func user(n int) boon.Identifier {
	return seal.NewHasher([]byte("key")).Hash(boon.NamespaceUser, fmt.Sprint(n))
}

var master = bytes.Repeat([]byte{7}, 32)

func newRing(t testing.TB, keys seal.KeyStore, source seal.Source) *seal.Ring {
	t.Helper()
	r, err := seal.NewRing(master, keys, source, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustSeal(t testing.TB, r *seal.Ring, owner boon.Identifier, plain string) []byte {
	t.Helper()
	sealed, err := r.Seal(t.Context(), owner, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealOpens(t *testing.T) {
	r := newRing(t, newShelf(), seal.Random(rand.Reader))
	rapid.Check(t, func(rt *rapid.T) {
		owner, plain := user(rapid.IntRange(0, 5).Draw(rt, "owner")), rapid.SliceOf(rapid.Byte()).Draw(rt, "plain")
		sealed, err := r.Seal(t.Context(), owner, plain)
		if err != nil {
			rt.Fatal(err)
		}
		if again, _ := r.Seal(t.Context(), owner, plain); !bytes.Equal(again, sealed) {
			rt.Fatal("sealing twice gives other bytes")
		}
		opened, err := r.Open(t.Context(), owner, sealed)
		if err != nil || !bytes.Equal(opened, plain) || opened == nil {
			rt.Fatalf("opened %v, want %v (%v)", opened, plain, err)
		}
	})
}

func TestSealSurvivesRestart(t *testing.T) {
	keys := newShelf()
	sealed := mustSeal(t, newRing(t, keys, seal.Random(rand.Reader)), user(1), "ann@example.com")
	plain, err := newRing(t, keys, seal.Random(rand.Reader)).Open(t.Context(), user(1), sealed)
	if err != nil || string(plain) != "ann@example.com" {
		t.Errorf("a new ring opens %q (%v)", plain, err)
	}
}

func TestSeededRunsAreEqual(t *testing.T) {
	var runs [2][]byte
	for i := range runs {
		runs[i] = mustSeal(t, newRing(t, newShelf(), seal.Seeded([]byte("seed"))), user(1), "x")
	}
	if !bytes.Equal(runs[0], runs[1]) {
		t.Error("two runs of one seed differ")
	}
	if other := mustSeal(t, newRing(t, newShelf(), seal.Seeded([]byte("other"))), user(1), "x"); bytes.Equal(other, runs[0]) {
		t.Error("two seeds give one key")
	}
	if other := mustSeal(t, newRing(t, newShelf(), seal.Seeded([]byte("seed"))), user(2), "x"); bytes.Equal(other, runs[0]) {
		t.Error("two owners share a key")
	}
}

func TestNonceFollowsPlaintext(t *testing.T) {
	r := newRing(t, newShelf(), seal.Seeded([]byte("seed")))
	seen := map[string]int{}
	for i := range 2000 {
		nonce := string(mustSeal(t, r, user(1), fmt.Sprint(i))[5:17])
		if first, taken := seen[nonce]; taken {
			t.Fatalf("plaintexts %d and %d share a nonce", first, i)
		}
		seen[nonce] = i
	}
}

// TestCorruptionIsSeen flips every bit, cuts at every length, and opens as somebody else.
func TestCorruptionIsSeen(t *testing.T) {
	r := newRing(t, newShelf(), seal.Seeded([]byte("seed")))
	sealed := mustSeal(t, r, user(1), "hello")
	for bit := range 8 * len(sealed) {
		changed := slices.Clone(sealed)
		changed[bit/8] ^= 1 << (bit % 8)
		want := seal.ErrCorrupt
		if bit/8 >= 1 && bit/8 < 5 {
			want = seal.ErrErased // names a key that the owner does not have
		}
		if _, err := r.Open(t.Context(), user(1), changed); !errors.Is(err, want) {
			t.Errorf("bit %d changed: %v, want %v", bit, err, want)
		}
	}
	for n := range sealed {
		if _, err := r.Open(t.Context(), user(1), sealed[:n]); !errors.Is(err, seal.ErrCorrupt) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
	mustSeal(t, r, user(2), "")
	if _, err := r.Open(t.Context(), user(2), sealed); err == nil {
		t.Error("another owner opened it")
	}
}

func TestErasure(t *testing.T) {
	keys := newShelf()
	r := newRing(t, keys, seal.Random(rand.Reader))
	sealed, other := mustSeal(t, r, user(1), "gone"), mustSeal(t, r, user(2), "stays")
	keys.drop(user(1))
	r.Forget(user(1))
	for name, ring := range map[string]*seal.Ring{"same": r, "new": newRing(t, keys, seal.Random(rand.Reader))} {
		if _, err := ring.Open(t.Context(), user(1), sealed); !errors.Is(err, seal.ErrErased) {
			t.Errorf("%s ring: %v, want erased", name, err)
		}
		if _, err := ring.Open(t.Context(), user(2), other); err != nil {
			t.Errorf("%s ring: another's data went too: %v", name, err)
		}
	}
	if keys.keys[user(1)] != nil {
		t.Error("opening made a key")
	}
	again := mustSeal(t, r, user(1), "new life")
	if _, err := r.Open(t.Context(), user(1), sealed); !errors.Is(err, seal.ErrErased) {
		t.Errorf("under a later key: %v, want erased", err)
	}
	if _, err := r.Open(t.Context(), user(1), again); err != nil {
		t.Errorf("under its own key: %v", err)
	}
}

// TestForgetDuringFetch drops a key between its reading and its keeping: it must not be kept.
func TestForgetDuringFetch(t *testing.T) {
	keys := newShelf()
	sealed := mustSeal(t, newRing(t, keys, seal.Random(rand.Reader)), user(1), "gone")
	r := newRing(t, keys, seal.Random(rand.Reader))
	keys.hook = func() {
		delete(keys.keys, user(1))
		r.Forget(user(1))
	}
	if _, err := r.Open(t.Context(), user(1), sealed); err != nil {
		t.Fatalf("the fetch that came first: %v", err)
	}
	if _, err := r.Open(t.Context(), user(1), sealed); !errors.Is(err, seal.ErrErased) {
		t.Errorf("after Forget: %v, want erased", err)
	}
}

func TestPrepareBatches(t *testing.T) {
	keys := newShelf()
	r := newRing(t, keys, seal.Random(rand.Reader))
	ids := []boon.Identifier{user(1), user(2), user(3), user(1)}
	for range 2 {
		if err := r.Prepare(t.Context(), ids); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range ids {
		mustSeal(t, r, id, "x")
	}
	if keys.calls != 1 || keys.asked != 3 || len(keys.keys) != 3 {
		t.Errorf("%d calls asked for %d keys of %d, want 1 for 3 of 3", keys.calls, keys.asked, len(keys.keys))
	}
}

func TestFailures(t *testing.T) {
	keys := newShelf()
	mustSeal(t, newRing(t, keys, seal.Random(rand.Reader)), user(1), "x")
	if _, err := seal.NewRing([]byte("short"), keys, nil, 1); err == nil {
		t.Error("a short master key was taken")
	}
	if _, err := seal.NewRing(master, keys, nil, 0); err == nil {
		t.Error("a cache of nothing was taken")
	}
	other, err := seal.NewRing(bytes.Repeat([]byte{8}, 32), keys, seal.Random(rand.Reader), 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Seal(t.Context(), user(1), nil); !errors.Is(err, seal.ErrCorrupt) {
		t.Errorf("another master: %v", err)
	}
	dry := newRing(t, newShelf(), seal.Random(strings.NewReader("too little")))
	if _, err := dry.Seal(t.Context(), user(1), nil); err == nil {
		t.Error("sealed without a key")
	}
}

func TestConcurrentFirstSeals(t *testing.T) {
	r := newRing(t, newShelf(), seal.Random(rand.Reader))
	start := make(chan struct{})
	var all sync.WaitGroup
	sealed := make([][]byte, 16)
	for i := range sealed {
		all.Go(func() {
			<-start
			sealed[i], _ = r.Seal(t.Context(), user(1), []byte("same"))
		})
	}
	close(start)
	all.Wait()
	for i := range sealed {
		if sealed[i] == nil || !bytes.Equal(sealed[i], sealed[0]) {
			t.Fatalf("caller %d sealed under another key", i)
		}
	}
}

func FuzzOpen(f *testing.F) {
	r := newRing(f, newShelf(), seal.Seeded([]byte("seed")))
	owner := user(1)
	genuine, err := r.Seal(context.Background(), owner, []byte("hello"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(genuine)
	f.Add(genuine[:20])
	f.Add([]byte{})
	f.Add(make([]byte, 64))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		plain, err := r.Open(t.Context(), owner, sealed)
		if err == nil && string(plain) != "hello" {
			t.Fatalf("forged %q", plain)
		}
		if err != nil && !errors.Is(err, seal.ErrCorrupt) && !errors.Is(err, seal.ErrErased) {
			t.Fatalf("untyped error %v", err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	r := newRing(b, newShelf(), seal.Seeded([]byte("seed")))
	plain := make([]byte, 1024)
	b.SetBytes(int64(len(plain)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Seal(b.Context(), user0, plain); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstSeal is that of a shopper who is new: a key is made, wrapped, and made ready.
func BenchmarkFirstSeal(b *testing.B) {
	r := newRing(b, newShelf(), seal.Seeded([]byte("seed")))
	plain, n := make([]byte, 256), 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		if _, err := r.Seal(b.Context(), boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{byte(n), byte(n >> 8), byte(n >> 16)}}, plain); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPrepare makes the keys of a request's shoppers ready: known ones who were away.
func BenchmarkPrepare(b *testing.B) {
	keys := newShelf()
	r, err := seal.NewRing(master, keys, seal.Seeded([]byte("seed")), 1)
	if err != nil {
		b.Fatal(err)
	}
	ids := make([]boon.Identifier, 20)
	for i := range ids {
		ids[i] = user(i / 3)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Prepare(b.Context(), ids); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	r := newRing(b, newShelf(), seal.Seeded([]byte("seed")))
	sealed, err := r.Seal(b.Context(), user0, make([]byte, 1024))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(1024)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Open(b.Context(), user0, sealed); err != nil {
			b.Fatal(err)
		}
	}
}

var user0 = user(0)
