package decide

import (
	"context"
	"fmt"
	"slices"

	"boon"
	"boon/catalog"
	"boon/consent"
	"boon/feature"
)

// snapshot reads everything that a decision depends on, once.
func snapshot(ctx context.Context, s Situation, w World, r boon.Request) (Inputs, error) {
	p := s.Policy
	in := Inputs{Request: r, ReleaseID: p.Release.ID, RatesID: s.Rates.ID, Seed: s.Seed}
	if in.Request.Cart.Currency == "" {
		in.Request.Cart.Currency = p.Release.Bundle.Shop.Currency
	}
	profile, err := w.People.Component(ctx, r.Identifiers, false)
	if err != nil {
		return in, err
	}
	in.ProfileID, in.Members = profile.ProfileID, profile.Members
	vouched, err := w.People.Component(ctx, r.Identifiers[:1], true)
	if err != nil {
		return in, err
	}
	in.Vouched = vouched.Members
	state, err := people(ctx, w.People, &in, p.Release.Bundle.Shop)
	if err != nil {
		return in, err
	}
	if in.Products, err = products(ctx, w.Shelf, p, r); err != nil {
		return in, err
	}
	in.fillCategories()
	in.Vector = feature.Compute(&state, s.Cuts, in.feature(p, in.product(r.SKU)))
	return in, holdings(ctx, w.Wallet, p, &in)
}

// people merges what the person's identifiers have earned and chosen. Without consent to personalisation the state stays empty, and so the vector
// holds what is known of anybody.
func people(ctx context.Context, from People, in *Inputs, shop boon.Shop) (feature.State, error) {
	var choices consent.State
	var state feature.State
	for i, id := range in.Members {
		c, err := from.Consent(ctx, id)
		if err != nil {
			return state, err
		}
		choices = consent.Merge(choices, c)
		own, err := from.State(ctx, id)
		if err != nil {
			return state, err
		}
		if i == 0 {
			state = *own
		} else {
			state = feature.Merge(state, *own)
		}
		shown, err := from.Shown(ctx, id)
		if err != nil {
			return state, err
		}
		in.Shown = append(in.Shown, shown...)
	}
	in.gates(choices, shop)
	if !in.Personal {
		return feature.State{}, nil
	}
	return state, nil
}

// gates asks consent for every purpose that a decision may need.
func (in *Inputs) gates(choices consent.State, shop boon.Shop) {
	for _, purpose := range []boon.Purpose{boon.PurposePersonalization, boon.PurposeEmail, boon.PurposeSMS, boon.PurposePush} {
		allowed := consent.Gate(choices, shop, in.Request.Context.Country, purpose)
		if !allowed.OK {
			in.Consent = append(in.Consent, Gate{purpose, allowed.Reason})
		}
	}
	in.Personal = in.denied(boon.PurposePersonalization) == ""
}

// denied is why a purpose is not allowed; "" when it is.
func (in *Inputs) denied(purpose boon.Purpose) string {
	for _, g := range in.Consent {
		if g.Purpose == purpose {
			return g.Detail
		}
	}
	return ""
}

// products reads the cart's products, the one looked at, and what may be given away.
func products(ctx context.Context, shelf Shelf, p *Policy, r boon.Request) ([]boon.Product, error) {
	var found []boon.Product
	seen := map[string]bool{"": true}
	read := func(sku string) error {
		if seen[sku] {
			return nil
		}
		seen[sku] = true
		product, ok, err := shelf.Product(ctx, sku)
		if err != nil {
			return fmt.Errorf("read product %s: %w", sku, err)
		}
		if ok {
			found = append(found, product)
		}
		return nil
	}
	skus := []string{r.SKU}
	for _, l := range r.Cart.Lines {
		skus = append(skus, l.SKU)
	}
	for _, o := range p.offers {
		skus = append(skus, o.Reward.SKU)
	}
	for _, sku := range skus {
		if err := read(sku); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// fillCategories gives the lines that name none the category of their product, so that scopes and guardrails see it.
func (in *Inputs) fillCategories() {
	lines := slices.Clone(in.Request.Cart.Lines)
	for i := range lines {
		if p := in.product(lines[i].SKU); p != nil && lines[i].Category == "" {
			lines[i].Category = p.Category
		}
	}
	in.Request.Cart.Lines = lines
}

func (in *Inputs) product(sku string) *boon.Product {
	for i := range in.Products {
		if in.Products[i].SKU == sku && sku != "" {
			return &in.Products[i]
		}
	}
	return nil
}

// feature is what features are computed from besides the person's state.
func (in *Inputs) feature(p *Policy, product *boon.Product) *feature.Input {
	shop := &p.Release.Bundle.Shop
	f := &feature.Input{Context: in.Request.Context, Cart: in.Request.Cart, Product: product, Now: in.Request.At, Shop: shop}
	if product != nil {
		f.Pressure = catalog.Pressure(product.Stock, shop.TargetDays)
	}
	return f
}

// holdings reads the wallet and how far limits are used.
func holdings(ctx context.Context, w Wallet, p *Policy, in *Inputs) error {
	grants, err := w.Held(ctx, in.Members)
	if err != nil {
		return fmt.Errorf("read wallet: %w", err)
	}
	for _, g := range grants {
		in.Held = append(in.Held, Held{ID: g.ID, Offer: g.Offer, Level: g.Level, State: g.State, Owner: g.Owner,
			Used: g.OrderID != "", IssuedAt: g.IssuedAt, ExpiresAt: g.ExpiresAt})
	}
	if in.Standing, err = w.Standing(ctx, p.capped, p.budgets); err != nil {
		return fmt.Errorf("read limits: %w", err)
	}
	return nil
}
