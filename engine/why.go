package engine

import (
	"cmp"
	"context"
	"slices"

	"boon"
	"boon/api"
)

// Why implements api.Whys.
func (d decisions) Why(ctx context.Context, id string, owners []boon.Identifier) (reasons []api.Reason, err error) {
	record, err := d.e.decision(ctx, id)
	if err != nil {
		return nil, err
	}
	mine := func(id boon.Identifier) bool { return slices.Contains(record.Inputs.Vouched, id) }
	if len(owners) > 0 && !slices.ContainsFunc(owners, mine) {
		return nil, boon.Refuse(boon.ReasonNotFound, "there is no decision %s", id)
	}
	l, err := d.e.compiled(ctx, record.Inputs.ReleaseID)
	if err != nil {
		return nil, err
	}
	for _, p := range record.Decision.Picks {
		if p.Outcome != boon.OutcomeOffer && p.Outcome != boon.OutcomeNudge {
			continue
		}
		why := cmp.Or(l.message(p, &record.Inputs).Why, l.policy.Why(p.Offer, &record.Inputs))
		reasons = append(reasons, api.Reason{Placement: p.Placement, Offer: p.Offer, Why: why, Disclosure: p.Disclosure})
	}
	return reasons, nil
}
