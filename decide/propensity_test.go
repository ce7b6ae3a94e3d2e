package decide_test

import (
	"math"
	"testing"

	"boon/decide"
)

// TestPropensity: over seeds, picks are as frequent as the logged propensities say. With n draws a share p has a standard error of
// sqrt(p(1-p)/n); five of them are passed by chance once in a million. The seeds are fixed, so the test is too.
func TestPropensity(t *testing.T) {
	const draws = 20_000
	b := parse(t, base(t)+menu)
	b.Shop.Priors["explore"] = 20_000 // 2%: some 75 minor units, of deltas that are 30 to 130 apart
	p := compile(t, b)
	in := inputs(b, "checkout")
	picked, logged := map[string]int{}, map[string]float64{}
	for seed := range uint64(draws) {
		in.Seed = seed
		pick := decide.Compute(p, rates(), in).Decision.Picks[0]
		picked[pick.Offer]++
		if was, ok := logged[pick.Offer]; ok && was != pick.Propensity {
			t.Fatalf("the propensity of %q depends on the seed: %v and %v", pick.Offer, was, pick.Propensity)
		}
		logged[pick.Offer] = pick.Propensity
	}
	var sum, chi float64
	for offer, propensity := range logged {
		sum += propensity
		expected := draws * propensity
		chi += (float64(picked[offer]) - expected) * (float64(picked[offer]) - expected) / expected
		share, se := float64(picked[offer])/draws, math.Sqrt(propensity*(1-propensity)/draws)
		if math.Abs(share-propensity) > 5*se {
			t.Errorf("%q: picked %.4f of the time, logged %.4f, standard error %.4f", offer, share, propensity, se)
		}
	}
	if len(logged) < 4 || math.Abs(sum-1) > 1e-9 {
		t.Errorf("the propensities of three offers and nothing add up to %v: %v", sum, logged)
	}
	if chi > 27.9 { // chi-square with 3 degrees of freedom, p = 4e-6
		t.Errorf("chi-square is %.1f", chi)
	}
}

// TestPropensityOfWhatIsCertain: what is pinned or in the wallet is no draw.
func TestPropensityOfWhatIsCertain(t *testing.T) {
	b := parse(t, base(t)+menu)
	b.Offers[2].Pinned = true
	for seed := range uint64(50) {
		in := inputs(b, "checkout")
		in.Seed = seed
		if pick := decide.Compute(compile(t, b), rates(), in).Decision.Picks[0]; pick.Propensity != 1 || pick.Offer != b.Offers[2].ID {
			t.Fatalf("seed %d: %+v", seed, pick)
		}
	}
}
