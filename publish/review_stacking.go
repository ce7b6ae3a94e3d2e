package publish

import (
	"fmt"

	"boon"
)

func (v *reviewer) stackingGroup(at string, g boon.StackingGroup) {
	if g.BestFor != "" && g.Mode != boon.StackBest {
		v.problem(at+".bestFor", "bestFor belongs to mode best, and the mode is %s", g.Mode)
	}
	if g.Per == boon.PerLine && (g.Mode == boon.StackAll || g.Mode == boon.StackBest) {
		v.problem(at+".per", "mode %s gives an order several offers, so it chooses none for a line; use first, highest or lowest", g.Mode)
	}
	for i, id := range g.Excludes {
		if id == g.ID {
			v.problem(fmt.Sprintf("%s.excludes[%d]", at, i), "a group excludes itself; policy: exclusive lets one of its offers stand alone")
		} else {
			v.refer(fmt.Sprintf("%s.excludes[%d]", at, i), "stacking group", id)
		}
	}
}

// stackingNames are the groups that have a document or an offer.
func (v *reviewer) stackingNames() {
	for _, g := range v.b.StackingGroups {
		v.ids["stacking group"] = append(v.ids["stacking group"], g.ID)
	}
	v.lost["stacking group"] = v.lost["StackingGroup"] || v.lost["Offer"]
	for _, o := range v.b.Offers {
		v.ids["stacking group"] = append(v.ids["stacking group"], o.Stacking.Group)
	}
}

// lonely warns of groups that mean to combine offers of which none may be combined.
func lonely(b boon.Bundle) (all []string) {
	for _, g := range b.StackingGroups {
		offers, combine := 0, 0
		for _, o := range b.Offers {
			if o.Stacking.Group == g.ID {
				offers++
				if o.Stacking.Policy == "combine" {
					combine++
				}
			}
		}
		if (g.Mode == boon.StackAll || g.Mode == boon.StackBest) && offers > 1 && combine < 2 {
			all = append(all, fmt.Sprintf("StackingGroup/%s: mode %s stacks the offers that combine, and of its %d offers %d do; set stacking.policy: combine", g.ID, g.Mode, offers, combine))
		}
	}
	return all
}
