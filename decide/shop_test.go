package decide_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"boon"
	"boon/consent"
	"boon/decide"
	"boon/feature"
	"boon/identity"
	"boon/model"
	"boon/publish"
)

// noon is when everything happens.
var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// maria is who everything happens to.
var maria = boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{15: 7}}

// base is the shop that every story happens in; stories add to it.
func base(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "shop.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parse(t testing.TB, text string) boon.Bundle {
	t.Helper()
	src, err := publish.Parse("bundle.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return src.Bundle
}

func compile(t testing.TB, b boon.Bundle) *decide.Policy {
	t.Helper()
	p, err := decide.Compile(&boon.Release{ID: "rel_test", At: noon, Bundle: b})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func rates() model.Rates { return model.Freeze(model.Tally{}) }

// cart holds 60.00 of tea and 40.00 of a toy, in the shop's currency.
func cart() boon.Order {
	return boon.Order{Currency: "USD", Shipping: 400, Lines: []boon.Line{
		{ID: "l1", SKU: "tea", Category: "GROCERY/TEA", Quantity: 2, Price: 30 * boon.Unit},
		{ID: "l2", SKU: "toy", Category: "TOYS", Quantity: 1, Price: 40 * boon.Unit},
	}}
}

// inputs are those of a shopper about whom nothing is known, before a full cart, in front of untouched limits.
func inputs(b boon.Bundle, places ...string) decide.Inputs {
	in := decide.Inputs{
		Vouched: []boon.Identifier{maria},
		Request: boon.Request{ID: "dec_1", At: noon, Identifiers: []boon.Identifier{maria}, Trusted: true, Placements: places,
			Context: boon.Context{Channel: "web", Country: "US"}, Cart: cart()},
		ProfileID: identity.ProfileID(maria), Members: []boon.Identifier{maria}, Personal: true,
		ReleaseID: "rel_test", RatesID: rates().ID, Seed: 1,
	}
	in.Vector = vector(b, in)
	in.Standing = standing(b, nil, nil)
	return in
}

func vector(b boon.Bundle, in decide.Inputs) feature.Vector {
	return feature.Compute(&feature.State{}, feature.Cuts{}, &feature.Input{Now: in.Request.At, Shop: &b.Shop, Context: in.Request.Context, Cart: in.Request.Cart})
}

// standing is how far limits are used, in the order that a policy of the bundle asks for; a budget that is not named is far from its end.
func standing(b boon.Bundle, used, left map[string]int64) (s decide.Standing) {
	for _, o := range b.Offers {
		if o.Caps.Total > 0 {
			s.Offers, s.Used = append(s.Offers, o.ID), append(s.Used, used[o.ID])
		}
	}
	slices.Sort(s.Offers)
	for i, id := range s.Offers {
		s.Used[i] = used[id]
	}
	for _, budget := range b.Budgets {
		amount, ok := left[budget.ID]
		if !ok {
			amount = 1_000_000
		}
		s.Budgets, s.Available = append(s.Budgets, budget.ID), append(s.Available, amount)
	}
	return s
}

// world is everything that Decide reads and writes, in memory.
type world struct {
	state   feature.State
	chosen  consent.State
	told    boon.Told
	goods   map[string]boon.Product
	held    []boon.Grant
	refuse  map[string]boon.Reason // offers that the commit cannot take
	issued  []boon.Grant
	queued  []boon.Hold
	asked   int // grants that were to be issued
	broken  error
	members []boon.Identifier
}

func (w *world) ports() decide.World { return decide.World{People: w, Shelf: w, Wallet: w} }

func (w *world) Component(_ context.Context, ids []boon.Identifier, _ bool) (identity.Profile, error) {
	members := w.members
	if members == nil {
		members = ids
	}
	return identity.Profile{ProfileID: identity.ProfileID(members[0]), Root: members[0], Members: members}, nil
}

func (w *world) State(context.Context, boon.Identifier) (*feature.State, error) { return &w.state, nil }

func (w *world) Consent(context.Context, boon.Identifier) (consent.State, error) {
	return w.chosen, nil
}

func (w *world) Told(context.Context, boon.Identifier) (boon.Told, error) { return w.told, nil }

func (w *world) Product(_ context.Context, sku string) (boon.Product, bool, error) {
	p, ok := w.goods[sku]
	return p, ok, nil
}

func (w *world) Held(context.Context, []boon.Identifier) ([]boon.Grant, error) { return w.held, nil }

func (w *world) Standing(_ context.Context, capped, budgets []string) (decide.Standing, error) {
	s := decide.Standing{Used: make([]int64, len(capped)), Available: make([]int64, len(budgets))}
	for i := range s.Available {
		s.Available[i] = 1_000_000
	}
	return s, nil
}

func (w *world) Queue(_ context.Context, h boon.Hold, _ []boon.Identifier) error {
	if reason, ok := w.refuse[h.Grant.Offer]; ok {
		return boon.Refuse(reason, "declined")
	}
	w.queued = append(w.queued, h)
	return nil
}

func (w *world) Issue(_ context.Context, g boon.Grant, _, _ []boon.Identifier) (boon.Grant, error) {
	w.asked++
	if w.broken != nil {
		return g, w.broken
	}
	if reason, ok := w.refuse[g.Offer]; ok {
		return g, boon.Refuse(reason, "the last one was taken a moment ago")
	}
	g.Code = "CODE-" + g.Offer
	w.issued = append(w.issued, g)
	return g, nil
}
