package decide

import (
	"context"
	"slices"

	"boon"
	"boon/consent"
	"boon/feature"
	"boon/identity"
)

// People reads who somebody is and what is known of them, as of the event or call at hand.
type People interface {
	Component(ctx context.Context, ids []boon.Identifier, verifiedOnly bool) (identity.Profile, error)
	State(ctx context.Context, id boon.Identifier) (*feature.State, error)
	Consent(ctx context.Context, id boon.Identifier) (consent.State, error)
	Told(ctx context.Context, id boon.Identifier) (boon.Told, error)
}

// Shelf reads the catalogue with its stock.
type Shelf interface {
	Product(ctx context.Context, sku string) (boon.Product, bool, error)
}

// Wallet reads what a person holds and how much is left, and issues a grant or lets it wait for a human.
type Wallet interface {
	Held(ctx context.Context, owners []boon.Identifier) ([]boon.Grant, error)
	Standing(ctx context.Context, capped []string, budgets []string) (Standing, error)
	Issue(ctx context.Context, grant boon.Grant, owners, named []boon.Identifier) (boon.Grant, error)
	Queue(ctx context.Context, hold boon.Hold, owners []boon.Identifier) error // once for the owners; refusal: held
}

// World is what one decision reads from and writes to: the live stores for a call, a batch's overlay for a trigger.
type World struct {
	People People
	Shelf  Shelf
	Wallet Wallet
}

// Standing is how far caps and budgets are used, both lists in the order asked for, and what is paused, pinned and banned.
type Standing struct {
	Offers    []string `json:"offers,omitempty"`    // that have a total cap and are considered, ascending; set by who asked
	Used      []int64  `json:"used,omitempty"`      // grants that count towards each offer's total cap
	Budgets   []string `json:"budgets,omitempty"`   // of what is considered, ascending; set by who asked
	Available []int64  `json:"available,omitempty"` // minor units left in each budget

	Paused []boon.Halt `json:"paused,omitempty"` // what a rule or a human stopped, over what the release says

	Overrides []boon.Override `json:"overrides,omitempty"` // what humans pinned and banned
}

// used is how many grants count towards the total cap of an offer.
func (s *Standing) used(offer string) (int64, bool) { return numberOf(offer, s.Offers, s.Used) }

// available is what a budget has left, minor units.
func (s *Standing) available(budget string) (int64, bool) {
	return numberOf(budget, s.Budgets, s.Available)
}

func numberOf(name string, names []string, numbers []int64) (int64, bool) {
	at, ok := slices.BinarySearch(names, name)
	if !ok {
		return 0, false
	}
	return numbers[at], true
}
