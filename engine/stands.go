package engine

import (
	"context"
	"fmt"
	"slices"

	"boon"
	"boon/decide"
	"boon/ingest"
)

// stands refuses what waits for a human and could not be decided any more: of the shopper, the stock, the costs and the prices of now, on the cart of
// then. A process that has no record of the decision does not know that cart, and asks nothing.
func (e *Engine) stands(ctx context.Context, h boon.Hold) error {
	body, err := ingest.ReadRecord(h.Grant.Decision, func(key []byte) ([]byte, error) { return e.store.Get(ctx, key) })
	if err != nil || body == nil {
		return err
	}
	record, err := decide.DecodeRecord(body)
	if err != nil {
		return fmt.Errorf("read decision of hold %s: %w", h.ID, err)
	}
	l, view, r := e.live.Load(), e.view(), record.Inputs.Request
	r.At, r.DryRun = e.config.Now().UTC(), true
	if r.Cart.Lines, err = e.priced(ctx, r.Cart); err != nil {
		return err
	}
	world := decide.World{People: view, Shelf: counted{e.shelf, view, r.At}, Wallet: unoffered{across: &across{e: e, now: r.At, live: l}}}
	reason, detail, err := decide.Stands(ctx, e.situation(l, view, r.ID), world, r, h, record.Candidates)
	return refusedNow(reason, detail, err)
}

// refusedNow tells a reason of decisions as one of the money path.
func refusedNow(reason boon.Reason, detail string, err error) error {
	switch {
	case err != nil || reason == "":
		return err
	case reason == boon.ReasonBanned || reason == boon.ReasonNotApplicable:
		return boon.Refuse(reason, "%s", detail)
	case reason == boon.ReasonNotFound: // the release has dropped the offer
		return boon.Refuse(boon.ReasonNotApplicable, "%s", detail)
	}
	return boon.Refuse(boon.ReasonNotEligible, "%s: %s", reason, detail)
}

// priced gives lines the price of now where the catalogue has a lower one.
func (e *Engine) priced(ctx context.Context, cart boon.Order) ([]boon.Line, error) {
	lines := slices.Clone(cart.Lines)
	for i := range lines {
		p, ok, err := e.shelf.Product(ctx, lines[i].SKU)
		if err != nil {
			return nil, err
		}
		if ok && p.Currency == cart.Currency && p.Current() > 0 {
			lines[i].Price = min(lines[i].Price, boon.MicrosOf(p.Current(), p.Currency))
		}
	}
	return lines, nil
}
