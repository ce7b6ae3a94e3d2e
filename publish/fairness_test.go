package publish

import (
	"strings"
	"testing"
)

// A bound is filled up with the four fifths of the guidelines; who decides by what it splits people by is warned.
func TestFairnessDefaultsAndWarnings(t *testing.T) {
	src, err := Parse("api", []byte(minimal+`---
{kind: Budget, id: b, amount: 10}
---
{kind: Offer, id: a, budget: b, reward: {type: free_shipping}, eligibility: 'profile.traits["gender"] == "male"', codes: {mode: public, code: AA}}
---
{kind: Offer, id: o, budget: b, reward: {type: free_shipping}, eligibility: profile.orders > 2, codes: {mode: public, code: OO}}
---
{kind: Segment, id: near, where: context.country == "DE"}
---
{kind: Fairness, id: alike, by: {trait: gender}, groups: [female, male], covers: {kind: offer}}
---
{kind: Fairness, id: lands, by: {context: country}, groups: [DE, FR], covers: {kind: shop}}
`))
	if err != nil {
		t.Fatal(err)
	}
	f := src.Bundle.Fairness[0]
	if f.Ratio.String() != "0.8" || f.Alpha.String() != "0.05" || f.Days() != 30 || f.AtLeast != 100 || f.Action != "alarm" || f.Outcome != "offered" || f.Refuse {
		t.Errorf("by default: %+v", f)
	}
	want := []string{`Offer/a: its condition reads profile.traits["gender"], by which Fairness/alike`, "Segment/near: its condition reads context.country, by which Fairness/lands"}
	warned := Warnings(src.Bundle)
	for i := range want {
		if len(warned) != len(want) || !strings.HasPrefix(warned[i], want[i]) {
			t.Fatalf("warnings %q, want %q", warned, want)
		}
	}
}

func TestBoundsOnFairnessAreFew(t *testing.T) {
	text := minimal
	for i := range maxFairness + 1 {
		text += "---\n{kind: Fairness, id: f" + string(rune('a'+i)) + ", by: {trait: t}, groups: [x, y], covers: {kind: shop}}\n"
	}
	if _, err := Parse("api", []byte(text)); err == nil || !strings.Contains(err.Error(), "Fairness/fu: a bundle has at most 20 bounds on fairness") {
		t.Errorf("one more than 20: %v", err)
	}
}
