package engine

import (
	"fmt"
	"slices"
	"time"

	"boon"
	"boon/decide"
	"boon/identity"
	"boon/ingest"
	"boon/offer"
	"boon/trigger"
)

// live is one release, compiled for every room that needs it. It never changes.
type live struct {
	release   *boon.Release
	policy    *decide.Policy
	rules     *ingest.Rules
	templates map[string]*offer.Template // by offer
	zone      *time.Location
}

// compile makes a release ready to serve.
func compile(r *boon.Release) (*live, error) {
	policy, err := decide.Compile(r)
	if err != nil {
		return nil, err
	}
	env, err := decide.Environment(r.Bundle.Segments)
	if err != nil {
		return nil, err
	}
	machine, err := trigger.Compile(env, r.Bundle.Triggers)
	if err != nil {
		return nil, fmt.Errorf("compile triggers: %w", err)
	}
	messages, err := templates(&r.Bundle)
	if err != nil {
		return nil, err
	}
	places := placements(&r.Bundle)
	return &live{r, policy, &ingest.Rules{
		Shop: r.Bundle.Shop, Identity: identity.RulesOf(r.Bundle.Shop.Identity), Triggers: machine, Placements: places,
		Quiet: r.Bundle.ContactPolicy().Quiet(), Deferred: deferred(&r.Bundle, places),
		Fairness: r.Bundle.Fairness, Campaigns: campaigns(&r.Bundle),
	}, messages, zone(r.Bundle.Shop.Timezone)}, nil
}

// compile makes a release ready to serve as this engine serves.
func (e *Engine) compile(r *boon.Release) (*live, error) {
	l, err := compile(r)
	if err == nil {
		l.policy.Scan = e.config.Plain
	}
	return l, err
}

// campaigns are those of the offers that have one.
func campaigns(b *boon.Bundle) map[string]string {
	found := map[string]string{}
	for _, o := range b.Offers {
		if o.Campaign != "" {
			found[o.ID] = o.Campaign
		}
	}
	return found
}

// placements are those that a trigger decides for, in the order to try: its own as listed, else those of the offers that name it, sooner ones first.
func placements(b *boon.Bundle) map[string][]string {
	found := map[string][]string{}
	for _, t := range b.Triggers {
		found[t.ID] = t.Placements
		if len(t.Placements) == 0 {
			found[t.ID] = placementsOf(b, trigger.Expand(t))
		}
	}
	return found
}

// placementsOf are those of the offers that name a trigger, by immediacy, then id. To who has gone away a page is the last to speak.
func placementsOf(b *boon.Bundle, t boon.Trigger) (names []string) {
	for _, o := range b.Offers {
		if slices.Contains(o.Triggers, t.ID) {
			names = append(names, o.Placements...)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	rank := func(name string) int {
		p, _ := b.Placement(name)
		if trigger.Unattended(t.When) && !boon.ReachesOut(p.Channel) {
			return boon.ImmediacyLater + 1
		}
		return boon.Immediacy(p.Channel)
	}
	slices.SortStableFunc(names, func(x, y string) int { return rank(x) - rank(y) })
	return names
}

// deferred are the channels of each trigger that is put off while all of them are quiet.
func deferred(b *boon.Bundle, places map[string][]string) map[string][]string {
	found := map[string][]string{}
	for _, t := range b.Triggers {
		if !trigger.Defers(t) {
			continue
		}
		for _, name := range places[t.ID] {
			p, _ := b.Placement(name)
			found[t.ID] = append(found[t.ID], p.Channel)
		}
	}
	return found
}

// blank is what an engine without a bundle serves: a shop that offers nothing.
func blank() boon.Bundle {
	return boon.Bundle{Shop: boon.Shop{ID: "shop", Currency: "USD", Timezone: "UTC", PricesInclude: "none", Regime: map[string]string{"default": "opt-in"}}}
}
