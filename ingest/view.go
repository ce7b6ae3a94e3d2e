package ingest

import (
	"context"
	"fmt"

	"boon"
	"boon/catalog"
	"boon/consent"
	"boon/feature"
	"boon/identity"
	"boon/model"
)

// maxMembers bounds how many identifiers one person may have: a component beyond it is cut off in a fixed order.
const maxMembers = 64

// View reads people, either as committed or, inside a batch, as the batch has left them so far. What it returns must not be changed.
type View struct {
	load  func(ctx context.Context, id boon.Identifier) (*Person, error) // with what decisions go by at least
	whole func(ctx context.Context, id boon.Identifier) (*Person, error)
	sales func(ctx context.Context, sku string) (catalog.Sales, error)
	epoch func() Epoch
	rates func() model.Rates
}

// Component is who these identifiers are.
func (v *View) Component(ctx context.Context, ids []boon.Identifier, verifiedOnly bool) (identity.Profile, error) {
	node := func(id boon.Identifier) (identity.Node, error) {
		p, err := v.load(ctx, id)
		if err != nil {
			return identity.Node{}, err
		}
		return p.Node, nil
	}
	return identity.Component(node, ids, verifiedOnly, maxMembers)
}

// members are who an identifier is, ascending.
func (v *View) members(ctx context.Context, id boon.Identifier) ([]boon.Identifier, error) {
	ids := []boon.Identifier{id}
	p, err := v.load(ctx, id)
	if err != nil || len(p.Node.Edges) == 0 {
		return ids, err // whom nothing links is known without a walk
	}
	profile, err := v.Component(ctx, ids, false)
	return profile.Members, err
}

// State is what one identifier has earned.
func (v *View) State(ctx context.Context, id boon.Identifier) (*feature.State, error) {
	p, err := v.load(ctx, id)
	if err != nil {
		return nil, err
	}
	return &p.State, nil
}

// Consent is what one identifier has chosen.
func (v *View) Consent(ctx context.Context, id boon.Identifier) (consent.State, error) {
	p, err := v.load(ctx, id)
	if err != nil {
		return consent.State{}, err
	}
	return p.Consent(), nil
}

// Told is what one identifier was contacted with besides grants, and what it waved away.
func (v *View) Told(ctx context.Context, id boon.Identifier) (boon.Told, error) {
	p, err := v.load(ctx, id)
	if err != nil {
		return boon.Told{}, err
	}
	return p.Told, nil
}

// Person is all that is kept under one identifier.
func (v *View) Person(ctx context.Context, id boon.Identifier) (*Person, error) {
	return v.whole(ctx, id)
}

// Cuts are the quintiles that scores are relative to, of the running epoch.
func (v *View) Cuts() feature.Cuts { return v.epoch().Cuts }

// Rates are the frozen rates of the running epoch.
func (v *View) Rates() model.Rates { return v.rates() }

// Committed reads what is committed, for one call beside the batches: each person is read once. It is for one goroutine.
func Committed(store Store, epoch func() Epoch, rates func() model.Rates) *View {
	type seen struct {
		id     boon.Identifier
		person *Person
	}
	var known []seen // few: looking through them beats hashing
	sales := func(ctx context.Context, sku string) (catalog.Sales, error) {
		return soldByAll(ctx, store, sku, loadSales)
	}
	load := func(ctx context.Context, id boon.Identifier) (*Person, error) {
		for i := range known {
			if known[i].id == id {
				return known[i].person, nil
			}
		}
		p, err := loadPerson(ctx, store, id, false)
		if err == nil {
			known = append(known, seen{id, p})
		}
		return p, err
	}
	whole := func(ctx context.Context, id boon.Identifier) (*Person, error) {
		return loadPerson(ctx, store, id, true)
	}
	return &View{epoch: epoch, rates: rates, sales: sales, load: load, whole: whole}
}

func loadPerson(ctx context.Context, store Store, id boon.Identifier, whole bool) (*Person, error) {
	data, err := store.Get(ctx, personKey(id))
	if err != nil {
		return nil, fmt.Errorf("read person: %w", err)
	}
	if data == nil {
		return &Person{Node: identity.Node{ID: id}}, nil
	}
	return decodePerson(data, whole)
}

// choices joins the consents of a component's members.
func (v *View) choices(ctx context.Context, members []boon.Identifier) (consent.State, error) {
	var all consent.State
	for _, id := range members {
		p, err := v.load(ctx, id)
		if err != nil {
			return all, err
		}
		all = consent.Merge(all, p.Consent())
	}
	return all, nil
}

// merged joins the features that a component's members have earned.
func (v *View) merged(ctx context.Context, members []boon.Identifier) (feature.State, error) {
	var all feature.State
	for i, id := range members {
		p, err := v.load(ctx, id)
		if err != nil {
			return all, err
		}
		if i == 0 {
			all = p.State
			continue
		}
		all = feature.Merge(all, p.State)
	}
	return all, nil
}
