package engine

import (
	"fmt"
	"sort"
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
	return &live{r, policy, &ingest.Rules{
		Shop: r.Bundle.Shop, Identity: identity.RulesOf(r.Bundle.Shop.Identity), Triggers: machine, Placements: placements(&r.Bundle),
	}, messages, zone(r.Bundle.Shop.Timezone)}, nil
}

// placements are those that a trigger decides for: its own, else those of the offers that name it.
func placements(b *boon.Bundle) map[string][]string {
	found := map[string][]string{}
	for _, t := range b.Triggers {
		if len(t.Placements) > 0 {
			found[t.ID] = t.Placements
			continue
		}
		set := map[string]bool{}
		for _, o := range b.Offers {
			for _, name := range o.Triggers {
				for _, p := range o.Placements {
					set[p] = set[p] || name == t.ID
				}
			}
		}
		for p, ok := range set {
			if ok {
				found[t.ID] = append(found[t.ID], p)
			}
		}
		sort.Strings(found[t.ID])
	}
	return found
}

// blank is what an engine without a bundle serves: a shop that offers nothing.
func blank() boon.Bundle {
	return boon.Bundle{Shop: boon.Shop{ID: "shop", Currency: "USD", Timezone: "UTC", PricesInclude: "none", Regime: map[string]string{"default": "opt-in"}}}
}
