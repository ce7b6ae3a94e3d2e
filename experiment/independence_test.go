package experiment

import (
	"fmt"
	"math"
	"testing"

	"boon"
)

// A holdout, a campaign's holdout and an experiment cut the same people independently: the joint share is the product of the shares,
// within 4.5 standard deviations.
func TestSaltsAreIndependent(t *testing.T) {
	const n = 100_000
	e := boon.Experiment{ID: "x", Arms: []boon.Arm{{ID: "a", Weight: 1}, {ID: "b", Weight: 1}}}
	h, c := boon.Holdout{ID: "x", Share: boon.Unit / 10}, boon.Campaign{ID: "x", Holdout: boon.Unit / 5}
	var holdoutAndArm, holdouts int
	for i := range n {
		unit := fmt.Sprintf("prf_%d", i)
		if !InHoldout(h, unit) {
			continue
		}
		if arm, _ := Assign(e, unit); arm.ID == "a" {
			holdoutAndArm++
		}
		if InCampaignHoldout(c, unit) {
			holdouts++
		}
	}
	for name, x := range map[string]struct {
		got   int
		share float64
	}{"holdout and arm": {holdoutAndArm, 0.05}, "both holdouts": {holdouts, 0.02}} {
		if math.Abs(float64(x.got)-n*x.share) > 4.5*math.Sqrt(n*x.share*(1-x.share)) {
			t.Errorf("%s: %d of %d, want a share of %v", name, x.got, n, x.share)
		}
	}
}

func BenchmarkAssign(b *testing.B) {
	b.ReportAllocs()
	e := boon.Experiment{ID: "depth", Arms: []boon.Arm{{ID: "a", Weight: 1}, {ID: "b", Weight: 1}}}
	for b.Loop() {
		Assign(e, "prf_01h2xcejqtf2nbrexx3vqjhp41")
	}
}
