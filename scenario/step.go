package scenario

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
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
	if s.When.Holds() {
		if got.code, err = st.codes(ctx, s.When); err != nil {
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

// codes holds the step's codes against its cart, and redeems them where the step says so.
func (st *stage) codes(ctx context.Context, w publish.When) (*redeem.Validation, error) {
	var codes []string
	for _, written := range append(slices.Clone(w.Codes), w.Code) {
		if written == "" {
			continue
		}
		code, err := st.walletCode(ctx, written)
		if err != nil {
			return nil, err
		}
		codes = append(codes, code)
	}
	v, err := st.validate(ctx, codes, w.Cart)
	if err != nil || w.Redeem == "" || !v.Valid {
		return v, err
	}
	order, err := st.cart(w.Cart)
	if err != nil {
		return nil, err
	}
	order["id"] = w.Redeem
	body := st.using(codes)
	body["order"] = order
	err = st.call(ctx, http.MethodPost, "/v1/redemptions", body, nil)
	var refused *boon.Error
	if errors.As(err, &refused) {
		return &redeem.Validation{Reason: refused.Reason, Detail: refused.Detail}, nil
	}
	return v, err
}

// using is a call's body with its codes.
func (st *stage) using(codes []string) map[string]any {
	if len(codes) == 1 {
		return map[string]any{"code": codes[0], "profile": st.profile()}
	}
	return map[string]any{"codes": codes, "profile": st.profile()}
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

func (st *stage) validate(ctx context.Context, codes []string, c publish.Cart) (*redeem.Validation, error) {
	cart, err := st.cart(c)
	if err != nil {
		return nil, err
	}
	body := st.using(codes)
	body["cart"] = cart
	var v redeem.Validation
	err = st.call(ctx, http.MethodPost, "/v1/validations", body, &v)
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
