package publish

import (
	"fmt"

	"boon"
)

func (v *reviewer) offer(at string, o boon.Offer) {
	v.refer(at+".campaign", "Campaign", o.Campaign)
	v.refer(at+".budget", "Budget", o.Budget)
	v.funds(at+".budget", o.Budget)
	v.referAll(at+".triggers", "Trigger", o.Triggers)
	v.referAll(at+".placements", "Placement", o.Placements)
	v.offerSchedule(at, o)
	v.funding(at, o)
	v.hold(at, o)
	v.reward(at+".reward", o.Reward)
	v.scope(at+".scope", o.Scope)
	if len(o.Placements) == 0 && o.Codes.Mode != "public" && o.Codes.Mode != "pool" {
		v.problem(at, "placements is missing: without a placement, a public code or a pool nobody can get the offer")
	}
	if o.Clawback && o.Minimum == 0 {
		v.problem(at+".clawback", "a clawback needs a minimum: what a return leaves is compared with it")
	}
	if o.Reward.Type == boon.RewardNudge && o.Codes.Mode != "auto" {
		v.problem(at+".codes", "a nudge grants nothing, so it has no codes")
	}
}

func (v *reviewer) offerSchedule(at string, o boon.Offer) {
	v.schedule(at, o.Starts, o.Ends)
	c, ok := v.b.Campaign(o.Campaign)
	switch {
	case !ok:
	case !o.Starts.IsZero() && !c.Ends.IsZero() && !o.Starts.Before(c.Ends):
		v.problem(at+".starts", "the offer starts when its campaign %q has ended", c.ID)
	case !o.Ends.IsZero() && !c.Starts.IsZero() && !c.Starts.Before(o.Ends):
		v.problem(at+".ends", "the offer ends before its campaign %q starts", c.ID)
	}
}

// funding checks that a budget pays, in the shop's money, and that the worst case is known where it is promised.
func (v *reviewer) funding(at string, o boon.Offer) {
	if o.Reward.Type == boon.RewardNudge {
		if o.Budget != "" {
			v.problem(at+".budget", "a nudge costs nothing, so it has no budget")
		}
		return
	}
	if o.Budget == "" {
		if _, known := v.b.Campaign(o.Campaign); o.Campaign != "" && (!known || v.broken["Campaign/"+o.Campaign]) {
			return // what is wrong with the campaign was told
		}
		v.problem(at, "budget is missing: name one on the offer or on its campaign")
		return
	}
	budget, ok := v.b.Budget(o.Budget)
	switch {
	case !ok || v.broken["Budget/"+budget.ID]:
	case budget.Currency != v.b.Shop.Currency:
		v.problem(at+".budget", "the budget %q is in %s, but the shop sells in %s", budget.ID, budget.Currency, v.b.Shop.Currency)
	case budget.Quantile > 0 && o.Reward.Type == boon.RewardPercentage && o.Reward.MaxDiscount == 0:
		v.problem(at+".reward", "maxDiscount is missing: the reserve of the budget %q is for what the offer can cost at most, and a percentage has no such bound without it", budget.ID)
	case budget.Commitment == "worst_case" && o.Reward.Type == boon.RewardPercentage && o.Reward.MaxDiscount == 0:
		v.problem(at+".reward", "maxDiscount is missing: the budget %q commits the worst case, and a percentage has none without it", budget.ID)
	}
}

// belongs lists which types of reward a field is for.
var belongs = []struct {
	field string
	given func(boon.Reward) bool
	types []boon.RewardType
}{
	{"values", func(r boon.Reward) bool { return len(r.Levels) > 0 }, []boon.RewardType{boon.RewardPercentage, boon.RewardFixed, boon.RewardPoints}},
	{"maxDiscount", func(r boon.Reward) bool { return r.MaxDiscount > 0 }, []boon.RewardType{boon.RewardPercentage, boon.RewardFixed, boon.RewardFreeShipping}},
	{"pointValue", func(r boon.Reward) bool { return r.PointValue > 0 }, []boon.RewardType{boon.RewardPoints}},
	{"validFor", func(r boon.Reward) bool { return r.ValidFor > 0 }, []boon.RewardType{boon.RewardPoints}},
	{"sku", func(r boon.Reward) bool { return r.SKU != "" }, []boon.RewardType{boon.RewardGift}},
	{"nudge", func(r boon.Reward) bool { return r.Nudge != "" }, []boon.RewardType{boon.RewardNudge}},
}

func (v *reviewer) reward(at string, r boon.Reward) {
	for _, f := range belongs {
		mine := false
		for _, t := range f.types {
			mine = mine || t == r.Type
		}
		switch {
		case f.given(r) && !mine:
			v.problem(at+"."+f.field, "%s is not for a reward of type %s", f.field, r.Type)
		case !f.given(r) && mine && f.field != "maxDiscount" && f.field != "validFor":
			v.problem(at, "%s is missing: a reward of type %s needs it", f.field, r.Type)
		}
	}
	if r.SKU != "" {
		v.sku(at+".sku", r.SKU)
	}
	if !menu(r.Type) {
		return
	}
	if len(r.Levels) > maxLevels {
		v.problem(at+".values", "%d values; a menu has at most %d", len(r.Levels), maxLevels)
	}
	for _, l := range r.Levels {
		v.level(at, r.Type, l)
	}
}

func (v *reviewer) level(at string, t boon.RewardType, l boon.Micros) {
	cent := boon.Unit
	for range v.b.Shop.Currency.Exponent() {
		cent /= 10
	}
	switch {
	case t == boon.RewardPercentage && l > 100*boon.Unit:
		v.problem(v.menuAt(at), "%s%% off is more than the price", l)
	case t == boon.RewardFixed && v.b.Shop.Currency != "" && l%cent != 0:
		v.problem(v.menuAt(at), "%s %s cannot be paid: it has parts of a minor unit", l, v.b.Shop.Currency)
	case t == boon.RewardPoints && l%boon.Unit != 0:
		v.problem(v.menuAt(at), "%s points: points are whole", l)
	}
}

// menuAt is the path of whichever of the two spellings of the menu was used.
func (v *reviewer) menuAt(at string) string {
	if _, ok := v.at[at+".range"]; ok {
		return at + ".range"
	}
	return at + ".values"
}

func (v *reviewer) scope(at string, s boon.Scope) {
	switch {
	case len(s.Categories) > 0 && s.Kind != "category":
		v.problem(at+".categories", "categories is not for a scope of kind %s", s.Kind)
	case len(s.SKUs) > 0 && s.Kind != "sku" && s.Kind != "bundle":
		v.problem(at+".skus", "skus is not for a scope of kind %s", s.Kind)
	case s.Each > 0 && s.Kind != "bundle":
		v.problem(at+".each", "each is not for a scope of kind %s", s.Kind)
	case s.Kind == "category" && len(s.Categories) == 0:
		v.problem(at, "categories is missing: a scope of kind category needs it")
	case (s.Kind == "sku" || s.Kind == "bundle") && len(s.SKUs) == 0:
		v.problem(at, "skus is missing: a scope of kind %s needs it", s.Kind)
	}
	for i, sku := range s.SKUs {
		v.sku(fmt.Sprintf("%s.skus[%d]", at, i), sku)
	}
}

// tiny warns of percentages that are written as shares: "0.10" is a tenth of a per cent.
func tiny(b boon.Bundle) (all []string) {
	for _, o := range b.Offers {
		if n := len(o.Reward.Levels); o.Reward.Type == boon.RewardPercentage && n > 0 && o.Reward.Levels[n-1] < boon.Unit {
			most := o.Reward.Levels[n-1]
			all = append(all, fmt.Sprintf("Offer/%s.reward.values: %s takes %s%% off; a percentage is written in per cent, %s for a share of %s", o.ID, most, most, 100*most, most))
		}
	}
	return all
}
