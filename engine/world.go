package engine

import (
	"context"
	"fmt"
	"time"

	"boon"
	"boon/decide"
	"boon/offer"
	"boon/redeem"
)

// within is the wallet inside one transaction.
type within struct {
	tx   redeem.Tx
	desk *redeem.Desk
	now  time.Time
	live *live
}

// Held implements decide.Wallet.
func (w within) Held(_ context.Context, owners []boon.Identifier) ([]boon.Grant, error) {
	return w.tx.Owned(owners)
}

// Standing implements decide.Wallet.
func (w within) Standing(_ context.Context, capped, budgets []string) (s decide.Standing, err error) {
	return w.standing(capped, budgets, w.desk.Left)
}

// standing asks left for what each budget can still promise: Left, which opens a new period, or Peek, which writes nothing.
func (w within) standing(capped, budgets []string, left func(redeem.Tx, string, time.Time) (int64, error)) (s decide.Standing, err error) {
	for _, id := range capped {
		n, err := w.tx.Count(redeem.PlacesKey(id))
		if err != nil {
			return s, err
		}
		s.Used = append(s.Used, n)
	}
	for _, id := range budgets {
		minor, err := left(w.tx, id, w.now)
		if err != nil {
			return s, err
		}
		s.Available = append(s.Available, minor)
	}
	paused, err := redeem.Halts(w.tx)
	if err != nil {
		return s, err
	}
	for _, p := range paused {
		s.Paused = append(s.Paused, p.Halt)
	}
	s.Overrides, err = redeem.Overrides(w.tx)
	return s, err
}

// Issue implements decide.Wallet.
func (w within) Issue(_ context.Context, g boon.Grant, owners, named []boon.Identifier) (issued boon.Grant, err error) {
	o, ok := w.live.policy.Offer(g.Offer)
	if !ok {
		return g, fmt.Errorf("issue %s: the release has no such offer", g.Offer)
	}
	err = w.tx.Try(func(tx redeem.Tx) error {
		issued, err = w.desk.Issue(tx, g, o, owners, w.now, named...)
		return err
	})
	return issued, err
}

// Queue implements decide.Wallet.
func (w within) Queue(_ context.Context, h boon.Hold, owners []boon.Identifier) error {
	return w.tx.Try(func(tx redeem.Tx) error { return w.desk.Queue(tx, h, owners, w.now) })
}

// across is the wallet in transactions of its own.
type across struct {
	e    *Engine
	now  time.Time
	live *live
	held []boon.Grant // as last read
}

// unoffered is the wallet of who brings a code and was offered nothing: empty, and with what humans banned.
type unoffered struct {
	decide.EmptyWallet
	across *across
}

// Standing implements decide.Wallet.
func (w unoffered) Standing(ctx context.Context, capped, budgets []string) (s decide.Standing, err error) {
	if s, err = w.EmptyWallet.Standing(ctx, capped, budgets); err != nil {
		return s, err
	}
	known, err := w.across.Standing(ctx, nil, nil)
	s.Overrides = known.Overrides
	return s, err
}

// Held implements decide.Wallet.
func (w *across) Held(ctx context.Context, owners []boon.Identifier) (held []boon.Grant, err error) {
	held, err = w.e.owned(ctx, owners)
	w.held = held
	return held, err
}

// owned reads wallets, from what is at hand where it is.
func (e *Engine) owned(ctx context.Context, owners []boon.Identifier) (held []boon.Grant, err error) {
	if !e.config.Plain {
		return e.book.Owned(ctx, owners)
	}
	err = e.book.View(ctx, func(tx redeem.Tx) error {
		held, err = tx.Owned(owners)
		return err
	})
	return held, err
}

// shown completes the picks: a live grant with what the wallet says of it, and a public code that everybody knows.
func (w *across) shown(picks []boon.Pick) {
	for i := range picks {
		p := &picks[i]
		if p.Grant == nil {
			continue
		}
		for k := range w.held {
			if w.held[k].ID == p.Grant.ID {
				g := w.held[k]
				p.Grant = &g
			}
		}
		if o, ok := w.live.policy.Offer(p.Offer); ok && p.Grant.Code == "" && o.Codes.Mode == "public" {
			g := *p.Grant
			g.Code = offer.Normalise(o.Codes.Code)
			p.Grant = &g
		}
	}
}

// Issue implements decide.Wallet.
func (w *across) Issue(ctx context.Context, g boon.Grant, owners, named []boon.Identifier) (issued boon.Grant, err error) {
	err = w.e.book.Update(ctx, func(tx redeem.Tx) error {
		issued, err = within{tx, w.e.desk, w.now, w.live}.Issue(ctx, g, owners, named)
		return err
	})
	return issued, err
}

// Queue implements decide.Wallet.
func (w *across) Queue(ctx context.Context, h boon.Hold, owners []boon.Identifier) error {
	return w.e.book.Update(ctx, func(tx redeem.Tx) error { return w.e.desk.Queue(tx, h, owners, w.now) })
}
