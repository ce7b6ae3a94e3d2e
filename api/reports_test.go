package api

import (
	"encoding/json"
	"testing"

	"boon"
	"boon/govern"

	"pgregory.net/rapid"
)

// Whatever was counted, nothing at all among it, a comparison can be written: JSON has no word for what is no number.
func TestAnyComparisonIsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bound := boon.Fairness{Outcome: rapid.SampledFrom([]boon.FairOutcome{boon.FairOffered, boon.FairValue}).Draw(t, "outcome"), Ratio: 800_000, Alpha: 50_000, AtLeast: 10}
		groups := make([]govern.Group, rapid.IntRange(0, 4).Draw(t, "groups"))
		for i := range groups {
			n := rapid.SampledFrom([]int64{0, 1, 10, 6000, 40000}).Draw(t, "people")
			given := rapid.Int64Range(0, n).Draw(t, "given")
			each := rapid.SampledFrom([]int64{0, 1, 500}).Draw(t, "each")
			groups[i] = govern.Group{Name: string(rune('a' + i)), Units: n, Favoured: given, Value: given * each, Squares: govern.Square{Low: uint64(given * each * each)}}
		}
		c := NewCompared(bound, groups, govern.Compare(bound, groups, 1), "USD")
		if _, err := json.Marshal(c); err != nil || c.Sentence == "" {
			t.Fatalf("%+v: %v", c, err)
		}
		if (c.Worst == nil) != (c.Verdict == govern.TooFew) {
			t.Fatalf("%s with the pair %+v", c.Verdict, c.Worst)
		}
	})
}
