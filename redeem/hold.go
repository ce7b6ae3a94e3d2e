package redeem

import (
	"context"
	"slices"
	"time"

	"boon"
	"boon/offer"
)

// Queue lets a grant wait for a human. What waits already for one of the owners waits on; what a human declined is refused as held until its time is
// over.
func (d *Desk) Queue(tx Tx, h boon.Hold, owners []boon.Identifier, now time.Time) error {
	for _, owner := range append(slices.Clip(owners), h.Grant.Owner) {
		old, _, found, err := ruling[boon.Hold](tx, rulingHold, boon.HoldID(h.Grant.Offer, owner))
		if err != nil {
			return err
		}
		switch {
		case !found || !now.Before(old.ExpiresAt):
		case old.State == boon.HoldWaiting:
			return nil
		case old.State == boon.HoldRejected:
			return boon.Refuse(boon.ReasonHeld, "a human declined it for this shopper; it may be asked for again after %s", old.ExpiresAt.Format(time.RFC3339))
		}
	}
	h.ID, h.State, h.At = boon.HoldID(h.Grant.Offer, h.Grant.Owner), boon.HoldWaiting, now
	h.Grant.Shown = nil
	return rule(tx, rulingHold, h.ID, true, h)
}

// waiting finds a hold that a human can still decide. Refusals: not_found, already_decided, expired.
func waiting(tx Tx, id string, now time.Time) (boon.Hold, error) {
	h, _, found, err := ruling[boon.Hold](tx, rulingHold, id)
	switch {
	case err != nil:
		return h, err
	case !found:
		return h, boon.Refuse(boon.ReasonNotFound, "there is no hold %s", id)
	case h.State == boon.HoldExpired || h.State == boon.HoldWaiting && !now.Before(h.ExpiresAt):
		return h, boon.Refuse(boon.ReasonExpired, "hold %s expired at %s", id, h.ExpiresAt.Format(time.RFC3339))
	case h.State != boon.HoldWaiting:
		return h, boon.Refuse(boon.ReasonDecided, "hold %s was %s by %s", id, h.State, h.By)
	}
	return h, nil
}

// Approve issues the grant that waits, under the limits and the terms of now. When one of them refuses, the hold waits on. owners are the identifiers of
// its owner's profile. Refusals: those of Issue, not_found, already_decided, expired, not_applicable.
func (d *Desk) Approve(tx Tx, id string, owners []boon.Identifier, by, note string, now time.Time) (boon.Hold, error) {
	h, err := waiting(tx, id, now)
	if err != nil {
		return h, err
	}
	o, release, found := d.Terms.Live(h.Grant.Offer)
	if !found || !slices.Contains(offer.Levels(&o), h.Grant.Level) {
		return h, boon.Refuse(boon.ReasonNotApplicable, "the bundle in force does not have offer %s at %s any more", h.Grant.Offer, h.Grant.Level)
	}
	h.Grant.Release = release
	if h.Grant, err = d.Issue(tx, h.Grant, o, owners, now, h.Named...); err != nil {
		return h, err
	}
	return d.rule(tx, h, boon.HoldApproved, by, note, now)
}

// Reject declines what waits. Refusals: not_found, already_decided, expired.
func (d *Desk) Reject(tx Tx, id, by, note string, now time.Time) (boon.Hold, error) {
	h, err := waiting(tx, id, now)
	if err != nil {
		return h, err
	}
	return d.rule(tx, h, boon.HoldRejected, by, note, now)
}

func (d *Desk) rule(tx Tx, h boon.Hold, state boon.HoldState, by, note string, now time.Time) (boon.Hold, error) {
	h.State, h.By, h.Note, h.DecidedAt = state, by, note, now
	if err := rule(tx, rulingHold, h.ID, false, h); err != nil {
		return h, err
	}
	detail := map[string]string{"grant": h.Grant.ID, "offer": h.Grant.Offer, "decision": h.Grant.Decision, "note": note}
	return h, minute(tx, string(state), by, "Hold/"+h.ID, now, detail)
}

// expireHolds ends what waited too long.
func (d *Desk) expireHolds(tx Tx, now time.Time, max int) (n int, err error) {
	all, err := openRulings[boon.Hold](tx, rulingHold)
	for _, h := range all {
		if err != nil || n == max {
			break
		}
		if now.Before(h.ExpiresAt) {
			continue
		}
		_, err = d.rule(tx, h, boon.HoldExpired, "sweep", "", now)
		n++
	}
	return n, err
}

// nextHold is when the next hold expires; zero when none waits.
func nextHold(tx Tx) (next time.Time, err error) {
	all, err := openRulings[boon.Hold](tx, rulingHold)
	for _, h := range all {
		next = sooner(next, h.ExpiresAt)
	}
	return next, err
}

// Approve issues the grant that waits, once.
func (t *Teller) Approve(ctx context.Context, id string, owners []boon.Identifier, by, note string, now time.Time) (h boon.Hold, err error) {
	err = t.Book.Update(ctx, func(tx Tx) error {
		h, err = t.Desk.Approve(tx, id, owners, by, note, now)
		return err
	})
	return h, err
}

// Reject declines what waits, once.
func (t *Teller) Reject(ctx context.Context, id, by, note string, now time.Time) (h boon.Hold, err error) {
	err = t.Book.Update(ctx, func(tx Tx) error {
		h, err = t.Desk.Reject(tx, id, by, note, now)
		return err
	})
	return h, err
}

// Hold finds one, in whatever state. Refusal: not_found.
func (t *Teller) Hold(ctx context.Context, id string) (h boon.Hold, err error) {
	err = t.Book.View(ctx, func(tx Tx) error {
		var found bool
		if h, _, found, err = ruling[boon.Hold](tx, rulingHold, id); err == nil && !found {
			err = boon.Refuse(boon.ReasonNotFound, "there is no hold %s", id)
		}
		return err
	})
	return h, err
}

// Holds lists what waits for a human, the oldest first.
func (t *Teller) Holds(ctx context.Context) (all []boon.Hold, err error) {
	err = t.Book.View(ctx, func(tx Tx) error {
		all, err = openRulings[boon.Hold](tx, rulingHold)
		return err
	})
	slices.SortStableFunc(all, func(a, b boon.Hold) int { return a.At.Compare(b.At) })
	return all, err
}
