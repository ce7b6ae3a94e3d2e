package decide_test

import (
	"bytes"
	"testing"

	"boon"
	"boon/bench"
	"boon/decide"
)

// BenchmarkCompute is one decision of the load test's shop, apart from what it reads and writes: 20 of a thousand offers may be had.
func BenchmarkCompute(b *testing.B) {
	var text bytes.Buffer
	if err := (bench.Shop{Offers: 1000, Matching: 20}).Write(&text); err != nil {
		b.Fatal(err)
	}
	shop := parse(b, text.String())
	policy, frozen, in := compile(b, shop), rates(), inputs(shop, "place-0")
	in.Request.Cart.Lines = append(in.Request.Cart.Lines, boon.Line{ID: "l3", SKU: "cola", Category: "GROCERY/SOFT DRINKS", Quantity: 6, Price: boon.Unit})
	b.ReportAllocs()
	for b.Loop() {
		if r := decide.Compute(policy, frozen, in); len(r.Candidates) < 20 {
			b.Fatal(len(r.Candidates))
		}
	}
}
