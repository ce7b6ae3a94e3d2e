package decide

import (
	"context"
	"fmt"
	"slices"

	"boon"
	"boon/catalog"
	"boon/consent"
	"boon/eligibility"
	"boon/feature"
)

// snapshot reads everything that a decision depends on, once, and gives the offers of each place whose schedule and condition do not refuse. What it reads
// of limits and gifts is that of these, and of those asked for besides.
func snapshot(ctx context.Context, in *Inputs, s Situation, w World, r boon.Request, besides ...eligibility.Hit) (matches, error) {
	p := s.Policy
	in.Request, in.ReleaseID, in.RatesID, in.Seed = r, p.Release.ID, s.Rates.ID, s.Seed
	in.Request.Context = r.Context.Placed()
	if in.Request.Cart.Currency == "" {
		in.Request.Cart.Currency = p.Release.Bundle.Shop.Currency
	}
	profile, err := w.People.Component(ctx, r.Identifiers, false)
	if err != nil {
		return nil, err
	}
	in.ProfileID, in.Members = profile.ProfileID, profile.Members
	vouched, err := w.People.Component(ctx, r.Identifiers[:1], true)
	if err != nil {
		return nil, err
	}
	in.Vouched = vouched.Members
	state, err := people(ctx, w.People, in, p)
	if err != nil {
		return nil, err
	}
	goods := goodsOf(r)
	if err := in.shelve(ctx, w.Shelf, goods...); err != nil {
		return nil, err
	}
	in.fillCategories()
	from := in.feature(p, in.product(r.SKU))
	in.Vector = feature.Compute(state, s.Cuts, &from)
	matched := p.considered(in)
	asked := append(matched, besides)
	if err := in.shelve(ctx, w.Shelf, p.gifts(asked, goods)...); err != nil {
		return nil, err
	}
	return matched, holdings(ctx, w.Wallet, p, in, asked)
}

// people merges what the person's identifiers have earned and chosen. Without consent to personalisation the state stays empty, and so the vector
// holds what is known of anybody.
func people(ctx context.Context, from People, in *Inputs, p *Policy) (*feature.State, error) {
	var choices consent.State
	state := &nobody
	for i, id := range in.Members {
		c, err := from.Consent(ctx, id)
		if err != nil {
			return nil, err
		}
		choices = consent.Merge(choices, c)
		own, err := from.State(ctx, id)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			merged := feature.Merge(*state, *own)
			own = &merged
		}
		state = own
		told, err := from.Told(ctx, id)
		if err != nil {
			return nil, err
		}
		in.Shown, in.Dismissed = append(in.Shown, told.Shown...), append(in.Dismissed, told.Dismissed...)
	}
	in.gates(choices, p)
	in.Timezone = zoneOf(&in.Request, state.Timezone.Value, &p.Release.Bundle.Shop)
	if !in.Personal {
		return &nobody, nil
	}
	return state, nil
}

// nobody is who has done nothing.
var nobody feature.State

// gates asks consent for every purpose that a decision may need.
func (in *Inputs) gates(choices consent.State, p *Policy) {
	for _, purpose := range p.asked {
		allowed := consent.Gate(choices, p.Release.Bundle.Shop, in.Request.Context.Country, purpose)
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

// matches are the offers of each place of a request whose schedule and condition do not refuse.
type matches [][]eligibility.Hit

// offers are those of all places.
func (m matches) offers(yield func(int) bool) {
	for _, hits := range m {
		for _, hit := range hits {
			if !yield(int(hit.Offer)) {
				return
			}
		}
	}
}

// considered finds the offers of each place.
func (p *Policy) considered(in *Inputs) matches {
	categories := in.categories(make([]string, 0, len(in.Request.Cart.Lines)))
	row := feature.NewRow(&in.Vector, in.Request.At, categories)
	var room [64]eligibility.Hit
	found := make(matches, len(in.Request.Placements), len(in.Request.Placements)+1)
	for i, placement := range in.Request.Placements {
		found[i] = slices.Clone(p.match(placement, &in.Request, row, room[:0]))
	}
	return found
}

// goodsOf are the SKUs that a request names.
func goodsOf(r boon.Request) []string {
	skus := make([]string, 0, 1+len(r.Cart.Lines))
	if r.SKU != "" {
		skus = append(skus, r.SKU)
	}
	for i := range r.Cart.Lines {
		skus = append(skus, r.Cart.Lines[i].SKU)
	}
	return skus
}

// gifts are the SKUs that offers give away, but for goods that were asked for already: no category changes once offers are matched.
func (p *Policy) gifts(asked matches, goods []string) (skus []string) {
	for i := range asked.offers {
		if sku := p.offers[i].Reward.SKU; sku != "" && !slices.Contains(goods, sku) {
			skus = append(skus, sku)
		}
	}
	return skus
}

// shelve reads products that were not read before.
func (in *Inputs) shelve(ctx context.Context, shelf Shelf, skus ...string) error {
	for i, sku := range skus {
		if sku == "" || in.product(sku) != nil {
			continue
		}
		product, ok, err := shelf.Product(ctx, sku)
		if err != nil {
			return fmt.Errorf("read product %s: %w", sku, err)
		}
		if !ok {
			continue
		}
		if len(in.Products) == cap(in.Products) {
			in.Products = slices.Grow(in.Products, len(skus)-i)
		}
		in.Products = append(in.Products, product)
	}
	return nil
}

// fillCategories gives lines the category of their product, which goes deeper than what callers say: scopes, conditions and guardrails all see this one.
func (in *Inputs) fillCategories() {
	lines, own := in.Request.Cart.Lines, false
	for i := range lines {
		p := in.product(lines[i].SKU)
		if p == nil || p.Category == "" || p.Category == lines[i].Category {
			continue
		}
		if !own { // the caller's lines stay as they are
			lines, own = slices.Clone(lines), true
		}
		lines[i].Category = p.Category
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
func (in *Inputs) feature(p *Policy, product *boon.Product) feature.Input {
	shop := &p.Release.Bundle.Shop
	f := feature.Input{Context: in.Request.Context, Cart: in.Request.Cart, Product: product, Now: in.Request.At, Shop: shop}
	if product != nil {
		f.Cover = catalog.CoverOf(product.Stock, shop.TargetDays)
		f.Competitor = catalog.LowestCompetitor(product, shop, in.Request.At)
	}
	return f
}

// holdings reads the wallet and how far the limits of some offers are used.
func holdings(ctx context.Context, w Wallet, p *Policy, in *Inputs, asked matches) error {
	grants, err := w.Held(ctx, in.Members)
	if err != nil {
		return fmt.Errorf("read wallet: %w", err)
	}
	in.Held = slices.Grow(in.Held, len(grants))
	for i := range grants {
		g := &grants[i]
		in.Held = append(in.Held, Held{ID: g.ID, Offer: g.Offer, Level: g.Level, State: g.State, Owner: g.Owner, Channel: g.Channel,
			Used: g.OrderID != "", IssuedAt: g.IssuedAt, ExpiresAt: g.ExpiresAt})
	}
	capped, budgets := p.limits(asked)
	if in.Standing, err = w.Standing(ctx, capped, budgets); err != nil {
		return fmt.Errorf("read limits: %w", err)
	}
	in.Standing.Offers, in.Standing.Budgets = capped, budgets
	in.Standing.Overrides = in.concerning(in.Standing.Overrides)
	return nil
}

// limits are the total caps and the budgets of some offers, by id, ascending.
func (p *Policy) limits(asked matches) (capped, budgets []string) {
	for i := range asked.offers {
		o := &p.offers[i]
		if o.Caps.Total > 0 {
			capped = append(capped, o.ID)
		}
		if last := len(budgets) - 1; o.Budget != "" && (last < 0 || budgets[last] != o.Budget) { // most share one
			budgets = append(budgets, o.Budget)
		}
	}
	return unique(capped), unique(budgets)
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
