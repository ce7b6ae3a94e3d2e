package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"boon"
	"boon/api"
	"boon/consent"
	"boon/feature"
	"boon/identity"
)

// profiles serves what is known of one person, to an operator.
type profiles struct{ e *Engine }

// Profile implements api.Profiles.
func (p profiles) Profile(ctx context.Context, ref api.Ref) (api.Profile, error) {
	id, err := p.settled(ctx, ref)
	if err != nil {
		return api.Profile{}, err
	}
	view := p.e.view()
	whole, err := view.Component(ctx, []boon.Identifier{id}, false)
	if err != nil {
		return api.Profile{}, err
	}
	out := api.Profile{ID: whole.ProfileID, Identifiers: whole.Members, Links: []api.Link{}}
	var state feature.State
	var chosen consent.State
	seen := false
	for _, m := range whole.Members {
		person, err := view.Person(ctx, m)
		if err != nil {
			return out, err
		}
		seen = seen || person.Node.First > 0 || len(person.Node.Edges) > 0
		state, chosen = feature.Merge(state, person.State), consent.Merge(chosen, person.Consent())
		out.Links = append(out.Links, linksOf(person.Node)...)
	}
	if !seen {
		return out, boon.Refuse(boon.ReasonNotFound, "nobody is known by %s", ref.Asked)
	}
	out.Consent = consentOf(chosen)
	out.Features, err = p.features(state)
	return out, err
}

// settled is an identifier of the profile, once its own events are applied.
func (p profiles) settled(ctx context.Context, ref api.Ref) (boon.Identifier, error) {
	id := ref.Identifier
	if ref.ID != "" {
		root, err := identity.ParseProfileID(ref.ID)
		if err != nil {
			return id, boon.Refuse(boon.ReasonNotFound, "there is no profile %q", ref.ID)
		}
		id = root
	}
	p.e.settleIn(ctx, []boon.Identifier{id})
	return id, nil
}

func consentOf(s consent.State) api.Consent {
	out := api.Consent{Choices: s.List()}
	if !s.GPC.IsZero() {
		out.GPC = &s.GPC
	}
	return out
}

// linksOf lists each edge once, from its smaller end; a cut one still shows.
func linksOf(n identity.Node) []api.Link {
	var links []api.Link
	for _, edge := range n.Edges {
		if n.ID.Compare(edge.To) < 0 || edge.Cut {
			links = append(links, api.Link{A: n.ID, B: edge.To, Verified: edge.Verified, Cut: edge.Cut, At: edge.At})
		}
	}
	return links
}

// features are in the form that a decision's record has them.
func (p profiles) features(state feature.State) (values map[string]any, err error) {
	shop := p.e.live.Load().release.Bundle.Shop
	v := feature.Compute(&state, p.e.frozen.Load().Cuts, &feature.Input{Now: p.e.config.Now(), Shop: &shop})
	read := json.NewDecoder(bytes.NewReader(v.Append(nil)))
	read.UseNumber()
	if err := read.Decode(&values); err != nil {
		return nil, fmt.Errorf("read features: %w", err)
	}
	return values, nil
}
