package engine

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"boon"
	"boon/bench"
	"boon/publish"
	"boon/redeem"
)

// openWith opens an engine of a bundle, for calls without a network between.
func openWith(t testing.TB, b boon.Bundle) *Engine {
	t.Helper()
	ctx := context.Background()
	noon := time.Date(2017, 6, 1, 12, 0, 0, 0, time.UTC)
	e, err := Open(ctx, Config{Data: t.TempDir(), Seed: "bench", Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := e.Apply(ctx, b, "bench"); err != nil {
		t.Fatal(err)
	}
	return e
}

func grocer(t testing.TB) boon.Bundle {
	t.Helper()
	b, err := LoadBundle([]string{"../examples/grocer"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// generated is the load test's shop of a hundred offers, all of them at one place.
func generated(t testing.TB) boon.Bundle {
	t.Helper()
	b := synthetic(t, bench.Shop{Offers: 100, Matching: 100})
	for i := range b.Offers {
		b.Offers[i].Placements = []string{"place-0"}
	}
	return b
}

// mostly is the load test's shop of a thousand offers, of which 20 are for everybody.
func mostly(t testing.TB) boon.Bundle {
	t.Helper()
	return synthetic(t, bench.Shop{Offers: 1000, Matching: 20})
}

func synthetic(t testing.TB, s bench.Shop) boon.Bundle {
	t.Helper()
	var text bytes.Buffer
	if err := s.Write(&text); err != nil {
		t.Fatal(err)
	}
	src, err := publish.Parse("bench.yaml", text.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return src.Bundle
}

// asking is a shopper with a full basket; each number is another shopper.
func asking(e *Engine, n int, trigger string, places ...string) boon.Request {
	now := e.config.Now()
	return boon.Request{
		ID: boon.NewID(boon.PrefixDecision, now, fmt.Sprint(n)), At: now, Trusted: true, Placements: places, Trigger: trigger,
		Identifiers: []boon.Identifier{{Namespace: boon.NamespaceUser, Hash: [16]byte{byte(n), byte(n >> 8), byte(n >> 16), 1}}},
		Context:     boon.Context{Channel: "web", Country: "US"},
		Cart: boon.Order{Currency: "USD", Shipping: 400, Lines: []boon.Line{
			{ID: "l1", SKU: "tea", Category: "GROCERY/TEA", Quantity: 2, Price: 12 * boon.Unit},
			{ID: "l2", SKU: "steak", Category: "MEAT/BEEF", Quantity: 1, Price: 21 * boon.Unit},
			{ID: "l3", SKU: "cola", Category: "GROCERY/SOFT DRINKS", Quantity: 6, Price: boon.Unit},
		}},
	}
}

// shops are the bundles that decisions are measured in, with what they are asked.
var shops = []struct {
	name    string
	bundle  func(testing.TB) boon.Bundle
	trigger string
	places  []string
	allocs  float64 // of one dry decision, with a margin for the race detector, under which pools forget
}{
	{"grocer", grocer, "checkout-started", []string{"checkout", "app"}, 225},
	{"generated-100", generated, "", []string{"place-0"}, 125},
	{"20-of-1000", mostly, "checkout-started", []string{"place-0"}, 125},
}

func BenchmarkDecide(b *testing.B) {
	for _, s := range shops {
		bundle := s.bundle(b)
		b.Run(s.name, func(b *testing.B) {
			e := openWith(b, bundle)
			service, n := decisions{e}, 0
			b.ReportAllocs()
			for b.Loop() {
				n++
				if _, err := service.Decide(b.Context(), asking(e, n, s.trigger, s.places...), redeem.Once{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
		})
		b.Run(s.name+"/dry", func(b *testing.B) {
			e := openWith(b, bundle)
			r := asking(e, 1, s.trigger, s.places...)
			r.DryRun = true
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (decisions{e}).Decide(b.Context(), r, redeem.Once{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestDecideAllocates guards what a decision without effect allocates: the garbage collector decides about the slowest answers.
func TestDecideAllocates(t *testing.T) {
	for _, s := range shops {
		e := openWith(t, s.bundle(t))
		r := asking(e, 1, s.trigger, s.places...)
		r.DryRun = true
		made, err := decisions{e}.Decide(t.Context(), r, redeem.Once{})
		if err != nil {
			t.Fatal(err)
		}
		candidates := len(made.Candidates())
		got := testing.AllocsPerRun(100, func() {
			if _, err := (decisions{e}).Decide(t.Context(), r, redeem.Once{}); err != nil {
				t.Fatal(err)
			}
		})
		t.Logf("%s: %.0f allocations over %d candidates", s.name, got, candidates)
		if candidates < 6 || got > s.allocs {
			t.Errorf("%s: %.0f allocations, at most %.0f are expected; %d candidates", s.name, got, s.allocs, candidates)
		}
	}
}
