package experiment

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"strconv"
	"testing"

	"boon"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite testdata")

type bucketCase struct {
	Salt, Unit string
	Bucket     int64
}

// A unit's bucket is a contract: other programs compute it too, and an assignment must outlive this version.
func TestBucketIsStable(t *testing.T) {
	cases := []bucketCase{{"holdout universal", "prf_1", 0}, {"holdout universal", "prf_2", 0}, {"", "", 0}, {"experiment depth", "prf_1", 0}, {"a", "b\x00c", 0}, {"a\x00b", "c", 0}}
	for i := range cases {
		cases[i].Bucket = Bucket(cases[i].Salt, cases[i].Unit)
	}
	got, err := json.MarshalIndent(cases, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/cases.json"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got)+"\n" {
		t.Fatalf("buckets moved:\n%s\nwant\n%s", got, want)
	}
}

func TestRaisingAShareMovesNobody(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		low := rapid.Int64Range(0, Buckets).Draw(r, "low")
		high := rapid.Int64Range(low, Buckets).Draw(r, "high")
		unit := rapid.String().Draw(r, "unit")
		if InHoldout(boon.Holdout{ID: "u", Share: boon.Micros(low)}, unit) && !InHoldout(boon.Holdout{ID: "u", Share: boon.Micros(high)}, unit) {
			r.Fatal("a unit left the holdout when its share was raised")
		}
	})
}

// 100,000 units, share 5%: a deviation beyond five standard errors (sqrt(.05*.95/100000) = .00069) has probability below 1e-6.
func TestSharesAndWeightsAreMet(t *testing.T) {
	const n = 100_000
	held, arms := 0, map[string]int{}
	e := boon.Experiment{ID: "depth", Arms: []boon.Arm{{ID: "control", Weight: 1}, {ID: "five", Weight: 1}, {ID: "ten", Weight: 2}}}
	for i := range n {
		unit := "prf_" + strconv.Itoa(i)
		if InHoldout(boon.Holdout{ID: "universal", Share: boon.Unit / 20}, unit) {
			held++
		}
		arm, ok := Assign(e, unit)
		if !ok {
			t.Fatal("no arm")
		}
		arms[arm.ID]++
	}
	near := func(name string, got int, share float64) {
		if se := math.Sqrt(share * (1 - share) / n); math.Abs(float64(got)/n-share) > 5*se {
			t.Errorf("%s: %d of %d, want a share of %.2f", name, got, n, share)
		}
	}
	near("holdout", held, 0.05)
	near("control", arms["control"], 0.25)
	near("five", arms["five"], 0.25)
	near("ten", arms["ten"], 0.5)
}

func TestNoWeightNoArm(t *testing.T) {
	if _, ok := Assign(boon.Experiment{ID: "x", Arms: []boon.Arm{{ID: "a"}}}, "u"); ok {
		t.Fatal("an arm without weight was given")
	}
}
