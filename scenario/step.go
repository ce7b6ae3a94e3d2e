package scenario

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"boon"
	"boon/decide"
	"boon/publish"
	"boon/redeem"
)

// seen is what came of one step.
type seen struct {
	decisions []decide.Record
	code      *redeem.Validation
}

// step lets time pass, lets happen what happens, and looks at what came of it.
func (st *stage) step(ctx context.Context, s *publish.Step) error {
	before := st.engine.Told()
	if err := st.engine.Pass(ctx, st.clock.at.Add(s.After), st.clock.set); err != nil {
		return err
	}
	if failed, err := st.happen(ctx, s); failed || err != nil {
		return err
	}
	var got seen
	var err error
	if s.When.Code != "" {
		if got.code, err = st.code(ctx, s.When); err != nil {
			return st.fail(s.Path+"when.code", err)
		}
	}
	if got.decisions, err = st.engine.Since(ctx, before); err != nil {
		return err
	}
	st.remember(got.decisions)
	return st.check(ctx, s, got)
}

// happen sends what the step says: feeds, consent, an event, a request.
func (st *stage) happen(ctx context.Context, s *publish.Step) (failed bool, err error) {
	w := s.When
	for _, part := range []struct {
		path string
		on   bool
		do   func() error
	}{
		{"when", true, func() error { return st.shelf(ctx, w.Shelf) }},
		{"when.consent", len(w.Consent) > 0, func() error { return st.identify(ctx, publish.Shopper{Consent: w.Consent}) }},
		{"when.event", w.Event.Name != "", func() error { return st.track(ctx, eventOf(w)) }},
		{"when.placements", len(w.Placements) > 0, func() error { return st.ask(ctx, w) }},
	} {
		if !part.on {
			continue
		}
		if err := part.do(); err != nil {
			return true, st.fail(s.Path+part.path, err)
		}
	}
	return false, nil
}

// ask asks for a decision, and waits until its trace is in the state.
func (st *stage) ask(ctx context.Context, w publish.When) error {
	body := map[string]any{"profile": st.profile(), "placements": w.Placements, "trigger": w.Trigger, "sku": w.SKU,
		"context": st.scenario.Given.Shopper.Context}
	if len(w.Cart.Lines) > 0 {
		cart, err := st.cart(w.Cart)
		if err != nil {
			return err
		}
		body["cart"] = cart
	}
	before := st.engine.LogEnd()
	if err := st.call(ctx, http.MethodPost, "/v1/decisions", body, nil); err != nil {
		return err
	}
	return st.engine.Traced(ctx, before)
}

func (st *stage) profile() map[string]any { return map[string]any{"userId": st.user} }

// code holds the step's code against its cart, and redeems it where the step says so.
func (st *stage) code(ctx context.Context, w publish.When) (*redeem.Validation, error) {
	code, err := st.walletCode(ctx, w.Code)
	if err != nil {
		return nil, err
	}
	v, err := st.validate(ctx, code, w.Cart)
	if err != nil || w.Redeem == "" || !v.Valid {
		return v, err
	}
	order, err := st.cart(w.Cart)
	if err != nil {
		return nil, err
	}
	order["id"] = w.Redeem
	var done redeem.Redeemed
	err = st.call(ctx, http.MethodPost, "/v1/redemptions", map[string]any{"code": code, "profile": st.profile(), "order": order}, &done)
	var refused *boon.Error
	if errors.As(err, &refused) {
		return &redeem.Validation{Reason: refused.Reason, Detail: refused.Detail}, nil
	}
	return v, err
}

// walletCode is the code that OFFER:id stands for: the one in the shopper's wallet.
func (st *stage) walletCode(ctx context.Context, code string) (string, error) {
	offer, ok := strings.CutPrefix(code, "OFFER:")
	if !ok {
		return code, nil
	}
	var wallet struct {
		Grants []struct{ Offer, Code string }
	}
	if err := st.call(ctx, http.MethodGet, "/v1/wallet?userId="+url.QueryEscape(st.user), nil, &wallet); err != nil {
		return "", err
	}
	for _, g := range wallet.Grants {
		if g.Offer == offer && g.Code != "" {
			return g.Code, nil
		}
	}
	for _, o := range st.bundle.Offers {
		if o.ID == offer && o.Codes.Code != "" {
			return o.Codes.Code, nil
		}
	}
	return "", boon.Invalid("code", "the shopper was given no %s", offer)
}

func (st *stage) validate(ctx context.Context, code string, c publish.Cart) (*redeem.Validation, error) {
	cart, err := st.cart(c)
	if err != nil {
		return nil, err
	}
	var v redeem.Validation
	err = st.call(ctx, http.MethodPost, "/v1/validations", map[string]any{"code": code, "profile": st.profile(), "cart": cart}, &v)
	return &v, err
}

// remember notes the offers that were shown.
func (st *stage) remember(decisions []decide.Record) {
	for _, d := range decisions {
		for _, p := range d.Decision.Picks {
			if p.Outcome == boon.OutcomeOffer || p.Outcome == boon.OutcomeNudge {
				st.shown[p.Offer] = true
			}
		}
	}
}

// eventOf is the step's event, about the step's product and cart.
func eventOf(w publish.When) publish.Event {
	e := w.Event
	e.SKU, e.Cart = w.SKU, w.Cart
	return e
}
