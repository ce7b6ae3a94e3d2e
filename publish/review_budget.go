package publish

import (
	"fmt"
	"slices"

	"boon"
)

// budget checks what a ceiling or a quantile needs, and what only the one or the other can have.
func (v *reviewer) budget(at string, b boon.Budget) {
	if b.Covers == nil {
		if b.Measure != "" {
			v.problem(at+".measure", "measure is for a ceiling; give it covers")
		}
		if b.Quantile > 0 && b.Commitment != "expected" {
			v.problem(at+".quantile", "quantile is for commitment: expected; the worst case needs no reserve")
		}
		return
	}
	if b.Quantile > 0 {
		v.problem(at+".quantile", "a ceiling commits nothing, so it has no quantile")
	}
	if b.Currency != v.b.Shop.Currency {
		v.problem(at+".currency", "the ceiling is in %s, but the shop sells in %s", b.Currency, v.b.Shop.Currency)
	}
	v.covers(at+".covers", *b.Covers)
}

func (v *reviewer) covers(at string, c boon.Covers) {
	switch {
	case c.Kind == "shop" && len(c.IDs) > 0:
		v.problem(at+".ids", "a ceiling over the shop covers everything, so it names nothing")
	case c.Kind != "shop" && len(c.IDs) == 0:
		v.problem(at, "ids is missing: name what the ceiling covers")
	case c.Kind == "campaign":
		v.referAll(at+".ids", "Campaign", c.IDs)
	case c.Kind == "offer":
		v.referAll(at+".ids", "Offer", c.IDs)
	}
}

// funds refuses a ceiling where money is needed.
func (v *reviewer) funds(at, id string) {
	if b, ok := v.b.Budget(id); ok && b.Covers != nil {
		v.problem(at, "the budget %q is a ceiling: it funds nothing", id)
	}
}

// split checks that what is split is the experiment's own.
func (v *reviewer) split(at string, e boon.Experiment) {
	if !e.Split {
		return
	}
	for _, other := range v.b.Experiments {
		if other.Split && other.ID < e.ID && other.Campaign == e.Campaign {
			v.problem(at+".split", "the experiment %q splits the campaign %q already", other.ID, e.Campaign)
		}
	}
	shared := map[string]bool{}
	for _, o := range v.b.Offers {
		if o.Campaign == e.Campaign {
			shared[v.fundedBy(o)] = true
		}
	}
	for _, o := range v.b.Offers {
		if budget := v.fundedBy(o); o.Campaign != e.Campaign && budget != "" && shared[budget] {
			v.problem(at+".split", "the budget %q is the offer %q's as well, which is no part of the campaign %q; give it another", budget, o.ID, e.Campaign)
		}
	}
}

func (v *reviewer) fundedBy(o boon.Offer) string {
	if c, ok := v.b.Campaign(o.Campaign); ok && o.Budget == "" && o.Reward.Type != boon.RewardNudge {
		return c.Budget
	}
	return o.Budget
}

// Warnings says what a bundle does that is allowed and rarely meant, each with the path of its element first.
func Warnings(b boon.Bundle) (all []string) {
	for _, e := range b.Experiments {
		if e.Split || len(e.Arms) < 2 {
			continue
		}
		for _, budget := range b.Budgets {
			if budget.Covers == nil && pays(b, budget.ID, e.Campaign) {
				all = append(all, fmt.Sprintf("Experiment/%s: its arms draw on the one budget %q, so that an arm that gives more leaves less for the others; set split: true",
					e.ID, budget.ID))
			}
		}
	}
	return slices.Concat(all, lonely(b), partial(b), misheard(b), tiny(b))
}

func pays(b boon.Bundle, budget, campaign string) bool {
	c, _ := b.Campaign(campaign)
	for _, o := range b.Offers {
		if o.Campaign == campaign && o.Reward.Type != boon.RewardNudge && (o.Budget == budget || (o.Budget == "" && c.Budget == budget)) {
			return true
		}
	}
	return false
}
