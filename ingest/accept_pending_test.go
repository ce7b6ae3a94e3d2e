package ingest

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"boon"

	"pgregory.net/rapid"
)

func named(b byte) boon.Identifier {
	return boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{b}}
}

func TestPendingWaits(t *testing.T) {
	p, ann, bob := NewPending(), named(1), named(2)
	p.Note(0, 3, ann)
	p.Note(1, 1, ann)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Wait(gone, []boon.Identifier{bob}); err != nil {
		t.Errorf("bob has nothing to wait for: %v", err)
	}
	if err := p.Wait(gone, []boon.Identifier{bob, ann}); !errors.Is(err, context.Canceled) {
		t.Errorf("ann's events are not applied: %v", err)
	}
	done := make(chan error)
	go func() { done <- p.Wait(t.Context(), []boon.Identifier{ann}) }()
	p.Applied(0, 3)
	if p.Settled([]boon.Identifier{ann}) {
		t.Error("partition 1 is still to come")
	}
	p.Applied(1, 5)
	if err := <-done; err != nil {
		t.Error(err)
	}
	p.Note(1, 4, bob) // acknowledged after it was applied
	if err := p.Wait(gone, []boon.Identifier{bob}); err != nil {
		t.Errorf("already applied: %v", err)
	}
}

// TestPendingModel holds it against the plain list of what was noted, in any order, and checks that it forgets.
func TestPendingModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPending()
		noted := map[boon.Identifier]boon.Position{}
		var applied boon.Position
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			at := boon.Position(rapid.IntRange(0, 30).Draw(t, "at"))
			id := named(byte(rapid.IntRange(1, 4).Draw(t, "who")))
			if rapid.Bool().Draw(t, "note") {
				p.Note(0, at, id)
				noted[id] = max(noted[id], at)
			} else {
				p.Applied(0, at)
				applied = max(applied, at)
			}
			if behind := !p.Settled([]boon.Identifier{id}); behind != (noted[id] > applied) {
				t.Fatalf("behind %v, noted %d, applied %d", behind, noted[id], applied)
			}
		}
		p.Applied(0, 31)
		if l := p.lanes[0]; len(l.last)+len(l.noted) > 0 {
			t.Fatalf("it keeps %d and %d marks", len(l.last), len(l.noted))
		}
	})
}

// What a rush of shoppers took is given back when they are applied, and those who came meanwhile are still waited for.
func TestPendingGivesRoomBack(t *testing.T) {
	const rush = 100_000
	p, before := NewPending(), heap()
	for n := range rush {
		p.Note(0, boon.Position(n+1), boon.Identifier{Hash: [16]byte{byte(n), byte(n >> 8), byte(n >> 16), 1}})
	}
	p.Note(0, rush+1, named(1))
	full := heap()
	p.Applied(0, rush)
	if kept := heap() - before; kept > (full-before)/8 {
		t.Errorf("%d bytes of %d are kept", kept, full-before)
	}
	if _, behind := p.behind([]boon.Identifier{named(1)}); !behind {
		t.Error("who came last is not waited for")
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestAcceptNotes: a decision of any identifier that the message names waits for it.
func TestAcceptNotes(t *testing.T) {
	s := newStores()
	a := s.acceptor()
	a.Pending = NewPending()
	batch := messages(t, `{"type":"page","messageId":"m1","userId":"u1","anonymousId":"a1"}`)
	receipts, err := a.Accept(t.Context(), batch, receipt, nil)
	if err != nil {
		t.Fatal(err)
	}
	for ns, raw := range map[boon.Namespace]string{boon.NamespaceUser: "u1", boon.NamespaceAnonymous: "a1"} {
		if _, behind := a.Pending.behind([]boon.Identifier{testHasher.Hash(ns, raw)}); !behind {
			t.Errorf("%s is not waited for", raw)
		}
	}
	a.Pending.Applied(0, receipts[0].Position)
	if _, behind := a.Pending.behind([]boon.Identifier{testHasher.Hash(boon.NamespaceUser, "u1")}); behind {
		t.Error("still waiting after it was applied")
	}
}
