package identity

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"testing"
)

var known = Weights{Lambda: .5, M: []float64{.7, .9, .95}, U: []float64{.1, .025, .2}}

// vectors are splink's 4,000 comparison vectors, drawn from the known weights.
func vectors(t *testing.T) []Pattern {
	dir := os.Getenv("BOON_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "splink_fake1000", "known_params_comparison_vectors.csv.gz"))
	if err != nil {
		t.Skipf("splink's vectors are absent; set BOON_SHARED_DATA to the folder that has splink_fake1000/: %v", err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(unzipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	patterns := make([]Pattern, 8)
	for _, row := range rows[1:] {
		var agree uint64
		for i := range 3 {
			if row[i] == "1" {
				agree |= 1 << i
			}
		}
		patterns[agree].Agree = agree
		patterns[agree].Count++
	}
	return patterns
}

func TestFitRecoversSplinksWeights(t *testing.T) {
	patterns := vectors(t)
	start := Weights{Lambda: .3, M: []float64{.8, .8, .8}, U: []float64{.3, .3, .3}}
	if got := Fit(start, patterns, 1000, 1e-10); got.distance(known) > 1e-4 {
		t.Errorf("fitted %+v, want %+v", got, known)
	}
}

func TestProbabilityIsBayesRule(t *testing.T) {
	for agree, want := range map[uint64]float64{0b000: .0021321961620469083, 0b010: .4285714285714287} { // as splink publishes them
		if got := known.Probability(agree); math.Abs(got-want) > 1e-12 {
			t.Errorf("outcome %03b: %v, want %v", agree, got, want)
		}
	}
	if got := (Weights{Lambda: .5, M: []float64{0}, U: []float64{0}}).Probability(1); got != 0 {
		t.Errorf("an outcome that cannot be has probability %v, want 0", got)
	}
}

func TestFitOfNothingIsTheStart(t *testing.T) {
	if got := Fit(known, nil, 10, 1e-9); got.distance(known) != 0 {
		t.Errorf("fitted %+v", got)
	}
}
