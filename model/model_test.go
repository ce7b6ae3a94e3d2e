package model

import (
	"bytes"
	"math"
	"reflect"
	"testing"

	"boon"

	"pgregory.net/rapid"
)

var testPrior = Prior{Order: 0.5, Elasticity: 4, Redeem: 0.6, Weight: 50, Nudge: 0.01}

func TestEstimateStartsAtThePriorAndMovesToWhatIsSeen(t *testing.T) {
	arm := Arm{"ten", 10 * boon.Unit}
	var tally Tally
	cold := Freeze(tally).Estimate(arm, 0.1, testPrior)
	want := 1 - 0.5*math.Exp(-0.4)
	if math.Abs(cold.P-want) > 1e-12 || cold.P0 != 0.5 || math.Abs(cold.Q-want*0.6) > 1e-12 {
		t.Fatalf("cold estimate = %+v, want p %.6f", cold, want)
	}
	for i := range 100_000 {
		tally.Given(arm)
		if i%5 == 0 {
			tally.Bought(arm)
		}
		if i%10 == 0 {
			tally.Redeemed(arm)
		}
	}
	warm := Freeze(tally).Estimate(arm, 0.1, testPrior)
	if math.Abs(warm.P-0.2) > 0.001 || math.Abs(warm.Q-0.1) > 0.001 {
		t.Fatalf("after 100,000 at 20%% bought and 10%% redeemed: %+v", warm)
	}
	if cold.P0 != warm.P0 {
		t.Fatal("an offer's outcomes moved the baseline")
	}
}

func TestFrozenRatesDoNotFollowTheTally(t *testing.T) {
	var tally Tally
	tally.Given(Arm{})
	frozen := Freeze(tally)
	before := frozen.Encode()
	tally.Bought(Arm{})
	if !bytes.Equal(before, frozen.Encode()) || Freeze(tally).ID == frozen.ID {
		t.Fatal("rates changed after they were frozen")
	}
}

func tallies() *rapid.Generator[Tally] {
	return rapid.Custom(func(r *rapid.T) Tally {
		var t Tally
		for range rapid.IntRange(0, 8).Draw(r, "n") {
			a := Arm{rapid.SampledFrom([]string{"", "a", "b"}).Draw(r, "offer"), boon.Micros(rapid.Int64Range(0, 3).Draw(r, "level"))}
			t.add(a, Count{rapid.Int64Range(0, 9).Draw(r, "g"), rapid.Int64Range(0, 9).Draw(r, "b"), rapid.Int64Range(0, 9).Draw(r, "r")})
		}
		return t
	})
}

func TestTallyMergeIsCommutativeAndCodecRoundTrips(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a, b := tallies().Draw(r, "a"), tallies().Draw(r, "b")
		var ab, ba Tally
		ab.Merge(a)
		ab.Merge(b)
		ba.Merge(b)
		ba.Merge(a)
		if !bytes.Equal(ab.Encode(), ba.Encode()) {
			r.Fatal("a+b differs from b+a")
		}
		back, err := DecodeTally(ab.Encode())
		if err != nil || !bytes.Equal(back.Encode(), ab.Encode()) {
			r.Fatalf("round trip: %v", err)
		}
		e := Freeze(ab).Estimate(Arm{"a", 1}, 0.2, testPrior)
		if e.P0 <= 0 || e.P0 >= 1 || e.P <= 0 || e.P >= 1 || e.Q > e.P {
			r.Fatalf("estimate out of range: %+v", e)
		}
	})
}

func FuzzDecodeTally(f *testing.F) {
	var t Tally
	t.Given(Arm{"a", 1})
	f.Add(t.Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		tally, err := DecodeTally(data)
		if err != nil {
			return
		}
		if again, err := DecodeTally(tally.Encode()); err != nil || !reflect.DeepEqual(again, tally) {
			t.Fatalf("decoded tally does not round trip: %v", err)
		}
	})
}
