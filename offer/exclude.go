package offer

import (
	"fmt"
	"slices"

	"boon"
)

// Groups finds the stacking group of an id; [boon.Bundle.StackingGroup] does.
type Groups func(id string) boon.StackingGroup

// Excludes says why an order that carries one offer may not carry another besides; "" when it may. It is the same either way round. Points and
// nudges take nothing off and stand beside all.
func (groups Groups) Excludes(carried, o *boon.Offer) string {
	if !takesOff(carried) || !takesOff(o) {
		return ""
	}
	a, b := groups(carried.Stacking.Group), groups(o.Stacking.Group)
	switch {
	case a.ID != b.ID:
		return apart(a, b, carried, o)
	case single(a) && a.Per == boon.PerLine:
		return "" // each line has its own
	case single(a):
		return fmt.Sprintf("group %q gives an order one of its offers, and that is %s here, not %s", a.ID, carried.ID, o.ID)
	case carried.Stacking.Policy != "combine" || o.Stacking.Policy != "combine":
		return fmt.Sprintf("offer %s is on the order, and offer %s does not combine with it", carried.ID, o.ID)
	}
	return ""
}

func takesOff(o *boon.Offer) bool {
	return o.Reward.Type != boon.RewardPoints && o.Reward.Type != boon.RewardNudge
}

// single says that a group gives one of its offers: to an order, or to each line.
func single(g boon.StackingGroup) bool {
	return g.Mode == boon.StackFirst || g.Mode == boon.StackHighest || g.Mode == boon.StackLowest
}

func apart(a, b boon.StackingGroup, carried, o *boon.Offer) string {
	for _, g := range []boon.StackingGroup{a, b} {
		if g.Alone {
			return fmt.Sprintf("offers of group %q stand alone: %s is on the order, so %s is not", g.ID, carried.ID, o.ID)
		}
	}
	if slices.Contains(a.Excludes, b.ID) || slices.Contains(b.Excludes, a.ID) {
		return fmt.Sprintf("group %q of offer %s and group %q of offer %s exclude each other", a.ID, carried.ID, b.ID, o.ID)
	}
	return ""
}
