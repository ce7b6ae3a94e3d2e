package engine

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/bench"
	"boon/catalog"
	"boon/feature"
	"boon/identity"
	"boon/ingest"
)

// How many are known before bursts of events come in, and how many events a burst brings.
const (
	knownPeople = 400_000
	burst       = 20
)

// populate writes the state of so many shoppers, each as one event left it.
func populate(t testing.TB, e *Engine, people int) {
	t.Helper()
	var writes []boon.Write
	for who := range people {
		id := e.hasher.Hash(boon.NamespaceUser, fmt.Sprintf("shopper-%d", who))
		p := ingest.Person{Node: identity.Node{ID: id, First: boon.Position(who + 1)}}
		cart := asking(e, who, "").Cart
		cart.ID = fmt.Sprintf("order-%d", who)
		feature.Fold(&p.State, boon.Event{Kind: boon.KindTrack, Name: boon.OrderCompleted, Owner: id, Time: time.Date(2017, 2, 1, 0, 0, who, 0, time.UTC),
			Context: boon.Context{Channel: "web", Country: "US"}, Order: &cart}, "USD")
		writes = append(writes, boon.Write{Key: append([]byte{'p', byte(id.Namespace)}, id.Hash[:]...), Value: p.Encode()})
		if len(writes) < 10_000 && who+1 < people {
			continue
		}
		if err := e.store.Commit(t.Context(), writes, false); err != nil {
			t.Fatal(err)
		}
		writes = nil
	}
}

// crowded is an engine of the load test's shop that knows many people; what it knows of them has gone to the disk.
func crowded(t testing.TB, people int) *Engine {
	t.Helper()
	config := Config{Data: t.TempDir(), Seed: "bench"}
	for known := 0; ; known = people {
		e, err := Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		if known > 0 {
			t.Cleanup(func() { _ = e.Close() })
			return e
		}
		if _, err := e.Apply(t.Context(), generated(t), "bench"); err != nil {
			t.Fatal(err)
		}
		var products bytes.Buffer
		if err := bench.ProductFile(&products); err != nil {
			t.Fatal(err)
		}
		if _, err := e.loadFeed(t.Context(), "products", catalog.CSV, &products); err != nil {
			t.Fatal(err)
		}
		populate(t, e, people)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// come puts events onto the log, as requests bring them.
func come(t testing.TB, e *Engine, next func() string, n int) {
	t.Helper()
	lines := make([]string, n)
	for i := range lines {
		lines[i] = next()
	}
	batch, err := ingest.DecodeBatch([]byte(`{"batch":[`+strings.Join(lines, ",")+`]}`), e.config.Now())
	if err != nil {
		t.Fatal(err)
	}
	messages := make([]ingest.Message, n)
	for i, item := range batch.Items {
		messages[i], messages[i].Verified = item.Message, true
	}
	if _, err := (events{e}).Accept(t.Context(), messages); err != nil {
		t.Fatal(err)
	}
}

// asked puts what calls decided onto the log: nothing, for one shopper after the other.
func asked(t testing.TB, e *Engine, from, n int) {
	t.Helper()
	own := make([]boon.Event, n)
	for i := range own {
		r := asking(e, from+i, "")
		r.Identifiers = []boon.Identifier{e.hasher.Hash(boon.NamespaceUser, fmt.Sprintf("shopper-%d", (from+i)*7919%knownPeople))}
		var err error
		if own[i], err = ingest.DecidedEvent(r, boon.Decision{Picks: []boon.Pick{{Outcome: boon.OutcomeNone}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.record(t.Context(), nil, own...); err != nil {
		t.Fatal(err)
	}
}

// TestApplyAllocates guards what a batch of events allocates beside the calls that it shares the processors with. The bound has a margin of a quarter.
func TestApplyAllocates(t *testing.T) {
	const people, batches, most = 1000, 50, 1400
	e := crowded(t, people)
	next := bench.Shoppers{Seed: 7, Count: people, Browse: 3}.Events()
	for range burst {
		come(t, e, next, batches+1)
	}
	got := testing.AllocsPerRun(batches, func() {
		if n, err := e.applier.Step(t.Context(), burst); n != burst || err != nil {
			t.Fatal(n, err)
		}
	})
	t.Logf("%.0f allocations for %d events", got, burst)
	if got > most {
		t.Errorf("%.0f allocations for %d events, at most %d are expected", got, burst, most)
	}
}

// BenchmarkApply is a batch as the load test of decisions makes them, of shoppers drawn from many whose state is on disk: twenty events of a request, and
// what one call decided.
func BenchmarkApply(b *testing.B) {
	e := crowded(b, knownPeople)
	next, calls := bench.Shoppers{Seed: 7, Count: knownPeople, Browse: 3}.Events(), 0
	b.Run("request", func(b *testing.B) { applying(b, e, burst, func(n int) { come(b, e, next, n) }) })
	b.Run("decided", func(b *testing.B) { applying(b, e, 1, func(n int) { asked(b, e, calls, n); calls += n }) })
}

func applying(b *testing.B, e *Engine, size int, more func(n int)) {
	const atOnce = 500
	waiting := 0
	b.ReportAllocs()
	for b.Loop() {
		if waiting == 0 {
			b.StopTimer()
			for range size {
				more(atOnce)
			}
			waiting = atOnce
			b.StartTimer()
		}
		waiting--
		if n, err := e.applier.Step(b.Context(), size); n != size || err != nil {
			b.Fatal(n, err)
		}
	}
	for b.StopTimer(); waiting > 0; waiting-- {
		if _, err := e.applier.Step(b.Context(), size); err != nil {
			b.Fatal(err)
		}
	}
}
