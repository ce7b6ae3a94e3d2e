package publish

import (
	"os"
	"testing"
)

// One bundle with every limit and way back is read, written and read again as it was; it warns of arms that share a budget only when they do.
func TestLimitsSurviveExport(t *testing.T) {
	src, err := Load(os.DirFS("testdata"), "limits.yaml")
	if err != nil {
		t.Fatal(err)
	}
	sameAgain(t, src.Bundle)
	if w := Warnings(src.Bundle); len(w) != 0 {
		t.Errorf("a split budget is warned of: %v", w)
	}
	src.Bundle.Experiments[0].Split = false
	if w := Warnings(src.Bundle); len(w) != 1 {
		t.Errorf("arms on one budget: warnings %v, want one", w)
	}
}

// A group that means to stack offers of which none combines is warned of, and survives export.
func TestALonelyGroupIsWarnedOf(t *testing.T) {
	src, err := Parse("api", []byte(minimal+`---
{kind: Budget, id: b, amount: 10}
---
{kind: StackingGroup, id: sale, price: original, priority: 2, excludes: [order], alone: true}
---
{kind: Offer, id: a, budget: b, reward: {type: free_shipping}, codes: {mode: public, code: AA}, stacking: {group: sale, policy: combine, priority: 7}}
---
{kind: Offer, id: o, budget: b, reward: {type: free_shipping}, codes: {mode: public, code: OO}, stacking: {group: sale}}
---
{kind: Offer, id: p, budget: b, reward: {type: free_shipping}, codes: {mode: public, code: PP}}
`))
	if err != nil {
		t.Fatal(err)
	}
	sameAgain(t, src.Bundle)
	if w := Warnings(src.Bundle); len(w) != 1 {
		t.Errorf("warnings %v, want one", w)
	}
	src.Bundle.Offers[1].Stacking.Policy = "combine"
	if w := Warnings(src.Bundle); len(w) != 0 {
		t.Errorf("two that combine: warnings %v", w)
	}
}
