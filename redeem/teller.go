package redeem

import (
	"context"
	"errors"
	"sync"
	"time"

	"boon"
)

// Teller serves one customer's call at a time: each method is one transaction on the Book, durable when it returns. Safe for concurrent use.
type Teller struct {
	Book Book
	Desk *Desk

	mu       sync.Mutex
	inFlight map[string]bool
}

func (t *Teller) enter(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inFlight[key] {
		return false
	}
	if t.inFlight == nil {
		t.inFlight = map[string]bool{}
	}
	t.inFlight[key] = true
	return true
}

func (t *Teller) leave(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.inFlight, key)
}

var errRehearsal = errors.New("rehearsal")

// Validate says whether a code applies to a cart and what it takes off each line. It takes the way of a redemption and takes everything back,
// so that its answer is the redemption's. Refusals are in the answer; an error is an invalid request or an internal one.
func (t *Teller) Validate(ctx context.Context, r Request, now time.Time) (v Validation, err error) {
	if len(r.Codes) > 0 {
		return t.validateAll(ctx, r, now)
	}
	if t.Desk.spelt(r.Code) != nil {
		return Validation{Reason: boon.ReasonUnknownCode, Detail: Mistyped}, nil
	}
	if err = t.tried(ctx, Once{}, r, now); err == nil {
		r = t.Desk.judge(r, now)
		v, err = rehearse(ctx, t, t.Desk.reads(r, now), func(tx Tx) (Validation, error) {
			c, err := t.Desk.claim(tx, r, now)
			if err != nil {
				return Validation{}, err
			}
			return validation(c), nil
		})
	}
	if e, ok := refusal(err); ok && e.Reason != boon.ReasonInvalidRequest {
		return Validation{Reason: e.Reason, Detail: e.Detail}, nil
	}
	return v, err
}

// Reserve holds a code for a checkout, or several, all or none.
func (t *Teller) Reserve(ctx context.Context, o Once, r Request, now time.Time) (Reserved, error) {
	if len(r.Codes) > 0 {
		return t.reserveAll(ctx, o, r, now)
	}
	if err := t.Desk.spelt(r.Code); err != nil {
		return Reserved{}, err
	}
	if err := t.tried(ctx, o, r, now); err != nil {
		return Reserved{}, err
	}
	r = t.Desk.judge(r, now)
	return run(ctx, t, o, t.Desk.reads(r, now), now, func(tx Tx) (Reserved, error) {
		held, err := t.Desk.Reserve(tx, r, now)
		return reserved(held), err
	})
}

// Release ends a reservation.
func (t *Teller) Release(ctx context.Context, o Once, id string, now time.Time) error {
	_, err := run(ctx, t, o, Reads{Reservations: []string{id}}, now, func(tx Tx) (struct{}, error) {
		_, err := t.Desk.Release(tx, id, now)
		return struct{}{}, err
	})
	return err
}

// Redeem uses a code or a reservation on an order, or several of either, all or none.
func (t *Teller) Redeem(ctx context.Context, o Once, r Request, now time.Time) (Redeemed, error) {
	if len(r.Codes)+len(r.Held) > 0 {
		return t.redeemAll(ctx, o, r, now)
	}
	if err := t.Desk.spelt(r.Code); err != nil {
		return Redeemed{}, err
	}
	if err := t.tried(ctx, o, r, now); err != nil {
		return Redeemed{}, err
	}
	r = t.Desk.judge(r, now)
	return run(ctx, t, o, t.Desk.reads(r, now), now, func(tx Tx) (Redeemed, error) {
		done, err := t.Desk.Redeem(tx, r, now)
		return redeemed(done), err
	})
}

// Reverse takes back a redemption, whole or by line.
func (t *Teller) Reverse(ctx context.Context, o Once, id string, r ReversalBody, now time.Time) (Reversed, error) {
	return run(ctx, t, o, Reads{Redemptions: []string{id}}, now, func(tx Tx) (Reversed, error) {
		v, err := t.Desk.Reverse(tx, id, r.Lines, r.Reason, now)
		return reversed(v), err
	})
}

// Draw books that points of a redemption were spent.
func (t *Teller) Draw(ctx context.Context, o Once, id string, body DrawBody, now time.Time) (Drawn, error) {
	return run(ctx, t, o, Reads{Redemptions: []string{id}}, now, func(tx Tx) (Drawn, error) {
		r, err := t.Desk.Draw(tx, id, body.Points, body.Reason, now)
		if err != nil {
			return Drawn{}, err
		}
		return drawnOf(r), nil
	})
}

// Save keeps a grant for its owner; without owners a server key vouches for the customer.
func (t *Teller) Save(ctx context.Context, o Once, id string, owners []boon.Identifier, now time.Time) (boon.Grant, error) {
	return run(ctx, t, o, Reads{Grants: []string{id}}, now, func(tx Tx) (boon.Grant, error) { return t.Desk.Save(tx, id, owners, now) })
}

// Revoke withdraws a grant.
func (t *Teller) Revoke(ctx context.Context, o Once, id string, now time.Time) (boon.Grant, error) {
	return run(ctx, t, o, Reads{Grants: []string{id}}, now, func(tx Tx) (boon.Grant, error) { return t.Desk.Revoke(tx, id, now) })
}

// Wallet lists the grants of a profile's identifiers, by issue time.
func (t *Teller) Wallet(ctx context.Context, owners []boon.Identifier) (all []boon.Grant, err error) {
	err = t.Book.View(ctx, func(tx Tx) error {
		all, err = tx.Owned(owners)
		return err
	})
	return all, err
}

// sweepBatch keeps one sweep transaction short, since others wait for it.
const sweepBatch = 500

// keepAnswers is how long an Idempotency-Key is remembered.
const keepAnswers = 7 * 24 * time.Hour

// Sweep ends everything whose time is over by now, and forgets old answers. It returns how many grants and reservations ended.
func (t *Teller) Sweep(ctx context.Context, now time.Time) (int, error) {
	total := 0
	for {
		n := 0
		err := t.Book.Update(ctx, func(tx Tx) (err error) {
			n, err = t.Desk.Sweep(tx, now, sweepBatch)
			return err
		})
		total += n
		if err != nil {
			return total, err
		}
		if n < sweepBatch {
			break
		}
	}
	return total, t.Book.Update(ctx, func(tx Tx) error { return tx.ForgetAnswers(now.Add(-keepAnswers)) })
}
