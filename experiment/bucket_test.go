package experiment

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"testing"

	"boon"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite golden files")

type bucketCase struct {
	Salt   string `json:"salt"`
	Unit   string `json:"unit"`
	Bucket int64  `json:"bucket"`
}

// The cases are the contract for every other implementation: they must never change.
func TestBucketCases(t *testing.T) {
	const path = "testdata/cases.json"
	if *update {
		writeCases(t, path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []bucketCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 20 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		if got := Bucket(c.Salt, c.Unit); got != c.Bucket {
			t.Errorf("Bucket(%q, %q) = %d, want %d", c.Salt, c.Unit, got, c.Bucket)
		}
	}
}

func writeCases(t *testing.T, path string) {
	var cases []bucketCase
	for _, salt := range []string{"", "holdout/universal", "experiment/depth", "campaign/spring-basket", "ümlaut"} {
		for _, unit := range []string{"", "prf_1", "prf_2", "a|b", "日本"} {
			cases = append(cases, bucketCase{salt, unit, Bucket(salt, unit)})
		}
	}
	raw, err := json.MarshalIndent(cases, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(raw, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRaisingAShareMovesNobodyOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.String().Draw(t, "unit")
		low := boon.Micros(rapid.Int64Range(0, Buckets).Draw(t, "low"))
		high := low + boon.Micros(rapid.Int64Range(0, Buckets-int64(low)).Draw(t, "more"))
		if InHoldout(boon.Holdout{ID: "h", Share: low}, unit) && !InHoldout(boon.Holdout{ID: "h", Share: high}, unit) {
			t.Fatal("a held-out unit was let go")
		}
		if CampaignHoldout(boon.Campaign{ID: "c", Holdout: low}, unit) && !CampaignHoldout(boon.Campaign{ID: "c", Holdout: high}, unit) {
			t.Fatal("a held-out unit was let go")
		}
		if InHoldout(boon.Holdout{ID: "h"}, unit) || !InHoldout(boon.Holdout{ID: "h", Share: boon.Unit}, unit) {
			t.Fatal("a share of 0 holds nobody and a share of 1 everybody")
		}
	})
}

// Scaling all weights, and listing an arm of weight zero, changes nobody's arm.
func TestAssignmentIsByShareOfWeight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64Range(1, 1000).Draw(t, "a"), rapid.Int64Range(0, 1000).Draw(t, "b")
		unit := rapid.String().Draw(t, "unit")
		e := boon.Experiment{ID: "e", Arms: []boon.Arm{{ID: "x", Weight: a}, {ID: "y", Weight: b}}}
		scaled := boon.Experiment{ID: "e", Arms: []boon.Arm{{ID: "x", Weight: 7 * a}, {ID: "none", Weight: 0}, {ID: "y", Weight: 7 * b}}}
		one, ok := Assign(e, unit)
		two, _ := Assign(scaled, unit)
		if !ok || one.ID != two.ID {
			t.Fatalf("%q and %q", one.ID, two.ID)
		}
	})
	if _, ok := Assign(boon.Experiment{ID: "e", Arms: []boon.Arm{{ID: "x"}}}, "u"); ok {
		t.Error("an experiment without weight assigned someone")
	}
}

// Shares come out within 4.5 standard deviations, and two salts are independent (chi-squared by hand: the joint share is the product).
func TestSharesAndIndependence(t *testing.T) {
	const n = 100_000
	e := boon.Experiment{ID: "e", Arms: []boon.Arm{{ID: "control", Weight: 1}, {ID: "five", Weight: 2}, {ID: "ten", Weight: 1}}}
	h := boon.Holdout{ID: "universal", Share: boon.Unit / 10}
	arms, held, joint := map[string]int{}, 0, 0
	for i := range n {
		unit := fmt.Sprintf("prf_%d", i)
		arm, _ := Assign(e, unit)
		arms[arm.ID]++
		if InHoldout(h, unit) {
			held++
			if arm.ID == "five" {
				joint++
			}
		}
	}
	within := func(name string, got int, p float64) {
		if math.Abs(float64(got)-n*p) > 4.5*math.Sqrt(n*p*(1-p)) {
			t.Errorf("%s: %d of %d, want a share of %v", name, got, n, p)
		}
	}
	within("control", arms["control"], 0.25)
	within("five", arms["five"], 0.5)
	within("ten", arms["ten"], 0.25)
	within("held out", held, 0.1)
	within("held out and five", joint, 0.05)
}

func BenchmarkAssign(b *testing.B) {
	b.ReportAllocs()
	e := boon.Experiment{ID: "depth", Arms: []boon.Arm{{ID: "a", Weight: 1}, {ID: "b", Weight: 1}}}
	for b.Loop() {
		Assign(e, "prf_01h2xcejqtf2nbrexx3vqjhp41")
	}
}
