package decide_test

import (
	"encoding/json"
	"testing"

	"boon"
	"boon/decide"
	"boon/feature"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What is written by hand reads as what the library would have written.
func TestCandidatesAreWrittenAsJSON(t *testing.T) {
	b := parse(t, base(t))
	in := inputs(b, "checkout")
	rapid.Check(t, func(t *rapid.T) {
		var k boon.Candidate
		k.Placement, k.Offer, k.By, k.Detail = rapid.String().Draw(t, "placement"), rapid.String().Draw(t, "offer"), rapid.String().Draw(t, "by"), rapid.String().Draw(t, "detail")
		k.Level, k.Cost = boon.Micros(rapid.Int64().Draw(t, "level")), rapid.Int64().Draw(t, "cost")
		k.Verdict, k.Reason = boon.VerdictRefused, boon.ReasonScarce
		for _, f := range []*float64{&k.P0, &k.P, &k.Q, &k.Delta, &k.Score} {
			*f = rapid.Float64().Draw(t, "figure")
		}
		record := decide.Record{Engine: decide.Engine, Inputs: in, Candidates: []boon.Candidate{k, {}, k}}
		body, err := record.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := decide.DecodeRecord(body)
		if err != nil {
			t.Fatal(err)
		}
		library, err := json.Marshal(record.Candidates)
		if err != nil {
			t.Fatal(err)
		}
		var want []boon.Candidate
		if err := json.Unmarshal(library, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, back.Candidates); diff != "" {
			t.Fatalf("-library +own:\n%s", diff)
		}
	})
}

func BenchmarkEncodeRecord(b *testing.B) {
	shop := parse(b, base(b)+menu)
	r := decide.Compute(compile(b, shop), rates(), inputs(shop, "checkout", "email"))
	r.Inputs.Vector = feature.Compute(&feature.State{}, feature.Cuts{}, &feature.Input{Now: noon, Shop: &shop.Shop})
	for len(r.Candidates) < 48 {
		r.Candidates = append(r.Candidates, r.Candidates...)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}
