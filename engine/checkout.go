package engine

import (
	"context"
	"errors"
	"slices"

	"boon"
	"boon/api"
	"boon/redeem"
)

// checkout serves the money path: it widens whom a caller names to their verified profile, and gives the time.
type checkout struct{ e *Engine }

// verified are the identifiers that a server vouches for as one person, the named one first.
func (e *Engine) verified(ctx context.Context, ids []boon.Identifier) ([]boon.Identifier, string, error) {
	if len(ids) == 0 {
		return nil, "", nil
	}
	e.settleIn(ctx, ids)
	view := e.view()
	profile, err := view.Component(ctx, ids[:1], true)
	if err != nil {
		return nil, "", err
	}
	owners := []boon.Identifier{ids[0]}
	for _, id := range append(slices.Clone(ids[1:]), profile.Members...) {
		if !slices.Contains(owners, id) && slices.Contains(profile.Members, id) {
			owners = append(owners, id)
		}
	}
	whole, err := view.Component(ctx, ids[:1], false)
	return owners, whole.ProfileID, err
}

// unit is the profile that experiments assign to an arm; someone who cannot be looked up is the first identifier.
func (e *Engine) unit(ids []boon.Identifier) string {
	profile, err := e.view().Component(context.Background(), ids[:1], false)
	if err != nil {
		return ids[0].String()
	}
	return profile.ProfileID
}

func (c checkout) widen(ctx context.Context, r redeem.Request) (_ redeem.Request, err error) {
	r.Named = r.Owners
	if r.Owners, _, err = c.e.verified(ctx, r.Owners); err != nil {
		return r, err
	}
	r.Cart.Lines, err = c.e.categorised(ctx, r.Cart.Lines)
	return r, err
}

// categorised gives lines the category that the catalogue has of their product, as decisions do.
func (e *Engine) categorised(ctx context.Context, lines []boon.Line) ([]boon.Line, error) {
	lines = slices.Clone(lines)
	for i := range lines {
		p, _, err := e.shelf.Product(ctx, lines[i].SKU)
		if err != nil {
			return nil, err
		}
		if p.Category != "" {
			lines[i].Category = p.Category
		}
	}
	return lines, nil
}

// Validate implements api.Validator.
func (c checkout) Validate(ctx context.Context, r redeem.Request) (redeem.Validation, error) {
	r, err := c.widen(ctx, r)
	if err != nil {
		return redeem.Validation{}, err
	}
	return c.e.teller.Validate(ctx, r, c.e.config.Now())
}

// Reserve implements api.Checkout.
func (c checkout) Reserve(ctx context.Context, once redeem.Once, r redeem.Request) (a api.Answer[redeem.Reserved], err error) {
	if r, err = c.widen(ctx, r); err != nil {
		return a, err
	}
	return answered(once, func(once redeem.Once) (redeem.Reserved, error) {
		return c.e.teller.Reserve(ctx, once, r, c.e.config.Now())
	})
}

// Release implements api.Checkout.
func (c checkout) Release(ctx context.Context, once redeem.Once, id string) (a api.Answer[struct{}], err error) {
	return answered(once, func(once redeem.Once) (struct{}, error) {
		return struct{}{}, c.e.teller.Release(ctx, once, id, c.e.config.Now())
	})
}

// Redeem implements api.Checkout.
func (c checkout) Redeem(ctx context.Context, once redeem.Once, r redeem.Request) (a api.Answer[redeem.Redeemed], err error) {
	if r, err = c.widen(ctx, r); err != nil {
		return a, err
	}
	return answered(once, func(once redeem.Once) (redeem.Redeemed, error) {
		return c.e.teller.Redeem(ctx, once, r, c.e.config.Now())
	})
}

// Reverse implements api.Checkout.
func (c checkout) Reverse(ctx context.Context, once redeem.Once, id string, back redeem.ReversalBody) (a api.Answer[redeem.Reversed], err error) {
	return answered(once, func(once redeem.Once) (redeem.Reversed, error) {
		return c.e.teller.Reverse(ctx, once, id, back, c.e.config.Now())
	})
}

// Draw implements api.Checkout.
func (c checkout) Draw(ctx context.Context, once redeem.Once, id string, spent redeem.DrawBody) (a api.Answer[redeem.Drawn], err error) {
	return answered(once, func(once redeem.Once) (redeem.Drawn, error) {
		return c.e.teller.Draw(ctx, once, id, spent, c.e.config.Now())
	})
}

// wallets serves the wallet.
type wallets struct{ e *Engine }

// Wallet implements api.Wallets.
func (w wallets) Wallet(ctx context.Context, ids []boon.Identifier) (string, []boon.Grant, error) {
	owners, profile, err := w.e.verified(ctx, ids)
	if err != nil {
		return "", nil, err
	}
	grants, err := w.e.teller.Wallet(ctx, owners)
	slices.Reverse(grants)
	return profile, grants, err
}

// Save implements api.Wallets.
func (w wallets) Save(ctx context.Context, once redeem.Once, grantID string, ids []boon.Identifier) (a api.Answer[boon.Grant], err error) {
	owners, _, err := w.e.verified(ctx, ids)
	if err != nil {
		return a, err
	}
	return answered(once, func(once redeem.Once) (boon.Grant, error) {
		return w.e.teller.Save(ctx, once, grantID, owners, w.e.config.Now())
	})
}

// Revoke implements api.Wallets.
func (w wallets) Revoke(ctx context.Context, once redeem.Once, grantID string) (a api.Answer[boon.Grant], err error) {
	return answered(once, func(once redeem.Once) (boon.Grant, error) {
		return w.e.teller.Revoke(ctx, once, grantID, w.e.config.Now())
	})
}

// answered makes a call and says whether its answer, or its refusal, is the one that an earlier call with the same key got.
func answered[A any](once redeem.Once, call func(redeem.Once) (A, error)) (a api.Answer[A], err error) {
	once.Repeated = &a.Replayed
	a.Value, err = call(once)
	var refusal *boon.Error
	if a.Replayed && errors.As(err, &refusal) {
		return a, api.Again{Refusal: refusal}
	}
	return a, err
}
