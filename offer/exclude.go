package offer

import (
	"fmt"
	"slices"

	"boon"
)

// Groups finds the stacking group of an id; [boon.Bundle.StackingGroup] does.
type Groups func(id string) boon.StackingGroup

// Excludes says why an order that carries one offer may not carry another besides; "" when it may.
func (groups Groups) Excludes(carried, o *boon.Offer) string {
	if !groups.Apart(carried, o) {
		return ""
	}
	a, b := groups(carried.Stacking.Group), groups(o.Stacking.Group)
	switch {
	case a.ID == b.ID && single(a):
		return fmt.Sprintf("group %q gives an order one of its offers, and that is %s here, not %s", a.ID, carried.ID, o.ID)
	case a.ID == b.ID:
		return fmt.Sprintf("offer %s is on the order, and offer %s does not combine with it", carried.ID, o.ID)
	case a.Alone:
		return alone(a, carried, o)
	case b.Alone:
		return alone(b, carried, o)
	}
	return fmt.Sprintf("group %q of offer %s and group %q of offer %s exclude each other", a.ID, carried.ID, b.ID, o.ID)
}

func alone(g boon.StackingGroup, carried, o *boon.Offer) string {
	return fmt.Sprintf("offers of group %q stand alone: %s is on the order, so %s is not", g.ID, carried.ID, o.ID)
}

// Apart says that an order which carries one offer may not carry another besides. It is the same either way round. Points and nudges take nothing off
// and stand beside all.
func (groups Groups) Apart(carried, o *boon.Offer) bool {
	if !takesOff(carried) || !takesOff(o) {
		return false
	}
	a, b := groups(carried.Stacking.Group), groups(o.Stacking.Group)
	switch {
	case a.ID != b.ID:
		return a.Alone || b.Alone || slices.Contains(a.Excludes, b.ID) || slices.Contains(b.Excludes, a.ID)
	case single(a):
		return a.Per != boon.PerLine // each line has its own
	}
	return carried.Stacking.Policy != "combine" || o.Stacking.Policy != "combine"
}

func takesOff(o *boon.Offer) bool {
	return o.Reward.Type != boon.RewardPoints && o.Reward.Type != boon.RewardNudge
}

// single says that a group gives one of its offers: to an order, or to each line.
func single(g boon.StackingGroup) bool {
	return g.Mode == boon.StackFirst || g.Mode == boon.StackHighest || g.Mode == boon.StackLowest
}
