package decide

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"boon"
	"boon/eligibility"
	"boon/feature"
	"boon/internal/rule"
	"boon/model"
	"boon/offer"
)

// Policy is a release compiled for deciding. It never changes; a new release is a new Policy.
type Policy struct {
	Release *boon.Release

	// Scan asks every offer in turn instead of the index: the same decisions, at a cost that grows with all offers.
	Scan bool

	env       *rule.Env
	index     *eligibility.Index
	rails     *eligibility.Rails
	groups    offer.Groups
	prior     model.Prior
	explore   boon.Micros
	offers    []boon.Offer // by id, budgets resolved
	campaigns []boon.Campaign
	expected  []bool           // by offer: its budget sets aside what a grant is expected to cost
	position  map[string]int   // offer id -> index
	message   map[string]int64 // channel -> what one message costs, minor units
	contact   *boon.ContactPolicy
	needs     map[string][]boon.Purpose // channel -> what it needs consent to
	asked     []boon.Purpose            // what a decision asks consent for
	segments  map[string]*rule.Program
	whys      sync.Map // ground -> sentence; found when it is first asked for
}

// Compile makes a policy of a release. Errors name the offer or guardrail whose expression is at fault.
func Compile(r *boon.Release) (*Policy, error) {
	env, err := Environment(r.Bundle.Segments)
	if err != nil {
		return nil, fmt.Errorf("compile segments: %w", err)
	}
	p := &Policy{Release: r, env: env, prior: model.PriorOf(r.Bundle.Shop), explore: explore(r.Bundle.Shop),
		position: map[string]int{}, message: map[string]int64{}}
	p.groups = r.Bundle.StackingGroup
	p.gather()
	if p.segments, err = segments(env, r.Bundle.Segments); err != nil {
		return nil, err
	}
	if p.index, err = eligibility.Compile(env, p.offers, p.campaigns); err != nil {
		return nil, fmt.Errorf("compile offers: %w", err)
	}
	if p.rails, err = eligibility.CompileRails(env, r.Bundle.Guardrails); err != nil {
		return nil, fmt.Errorf("compile guardrails: %w", err)
	}
	return p, nil
}

// Environment is what expressions may read: the features.
func Environment(segments []boon.Segment) (*rule.Env, error) {
	return rule.NewEnv(feature.Fields(), segments)
}

// explore is the temperature of the choice as a share of the basket's contribution; default 2%.
func explore(shop boon.Shop) boon.Micros {
	if v, ok := shop.Priors["explore"]; ok {
		return v
	}
	return boon.Unit / 50
}

func (p *Policy) gather() {
	b := &p.Release.Bundle
	campaigns := map[string]boon.Campaign{}
	for _, c := range b.Campaigns {
		campaigns[c.ID] = c
	}
	expected := map[string]bool{}
	for _, budget := range b.Budgets {
		expected[budget.ID] = budget.Commitment == "expected"
	}
	offers := slices.Clone(b.Offers)
	slices.SortFunc(offers, func(x, y boon.Offer) int { return strings.Compare(x.ID, y.ID) }) // so that the order written is irrelevant
	for i, o := range offers {
		campaign := campaigns[o.Campaign]
		if o.Budget == "" {
			o.Budget = campaign.Budget
		}
		p.offers, p.campaigns = append(p.offers, o), append(p.campaigns, campaign)
		p.position[o.ID] = i
		p.expected = append(p.expected, expected[o.Budget])
	}
	p.gatherContact()
}

// Offer is the offer of that id as it decides.
func (p *Policy) Offer(id string) (boon.Offer, bool) {
	i, ok := p.position[id]
	if !ok {
		return boon.Offer{}, false
	}
	return p.offers[i], true
}

// match finds the offers of a placement whose schedule and condition hold, or whose condition has no value.
func (p *Policy) match(placement string, r *boon.Request, row *feature.Row, hits []eligibility.Hit) []eligibility.Hit {
	if p.Scan {
		return p.index.Scan(placement, r.Trigger, row, r.At, hits)
	}
	return p.index.Match(placement, r.Trigger, row, r.At, hits)
}
