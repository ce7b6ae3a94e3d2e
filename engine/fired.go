package engine

import (
	"context"
	"slices"
	"strings"

	"boon"
	"boon/api"
	"boon/decide"
)

// Fired implements api.Profiles.
func (p profiles) Fired(ctx context.Context, ref api.Ref) ([]api.Fired, error) {
	id, err := p.settled(ctx, ref)
	if err != nil {
		return nil, err
	}
	view := p.e.view()
	whole, err := view.Component(ctx, []boon.Identifier{id}, false)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, m := range whole.Members {
		person, err := view.Person(ctx, m)
		if err != nil {
			return nil, err
		}
		ids = append(ids, person.Fired...)
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(b, a) }) // an id begins with its time
	var fired []api.Fired
	for _, id := range ids {
		record, err := p.e.decision(ctx, id)
		if err != nil {
			return nil, err
		}
		fired = append(fired, firedOf(record))
	}
	return fired, nil
}

func firedOf(r decide.Record) api.Fired {
	f := api.Fired{DecisionID: r.Decision.ID, Trigger: r.Inputs.Request.Trigger, At: r.Decision.At, Deferred: r.Inputs.Request.Deferred, Placements: []api.Placed{}, LeftOut: r.Decision.LeftOut}
	for _, pick := range r.Decision.Picks {
		placed := api.Placed{Placement: pick.Placement, Outcome: pick.Outcome, Reason: pick.Reason, Offer: pick.Offer}
		if pick.Grant != nil {
			placed.Grant = pick.Grant.ID
		}
		f.Placements = append(f.Placements, placed)
	}
	return f
}
