package publish

import (
	"testing"

	"boon"

	"github.com/google/go-cmp/cmp"
)

// Who writes a percentage as a share gives next to nothing, and is told so.
func TestPercentagesThatAreSharesAreWarnedOf(t *testing.T) {
	offer := func(id string, kind boon.RewardType, levels ...boon.Micros) boon.Offer {
		return boon.Offer{ID: id, Reward: boon.Reward{Type: kind, Levels: levels}}
	}
	got := Warnings(boon.Bundle{Offers: []boon.Offer{
		offer("share", boon.RewardPercentage, boon.Unit/20, boon.Unit/10),
		offer("small", boon.RewardPercentage, boon.Unit/2, boon.Unit),
		offer("cents", boon.RewardFixed, boon.Unit/10),
		offer("nudge", boon.RewardNudge),
	}})
	want := []string{"Offer/share.reward.values: 0.1 takes 0.1% off; a percentage is written in per cent, 10 for a share of 0.1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
