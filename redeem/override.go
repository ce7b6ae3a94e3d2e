package redeem

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"boon"
)

// Overrides lists what humans pinned and banned, by id; some may be over.
func Overrides(tx Tx) ([]boon.Override, error) { return openRulings[boon.Override](tx, rulingOverride) }

// unbanned refuses a new grant of what is banned for everybody or for its owners, wherever they are. What is banned in a segment is asked where
// features are known: by decisions, and by Eligible of who brings a code; what is banned at a placement by decisions alone.
func unbanned(tx Tx, offer string, owners []boon.Identifier, now time.Time) error {
	all, err := Overrides(tx)
	if err != nil {
		return err
	}
	for i := range all {
		o := &all[i]
		if o.Act == boon.OverrideBan && o.Segment == "" && o.Placement == "" && o.Covers(offer, "") && o.Stands(owners, now) {
			return boon.Refuse(boon.ReasonBanned, "offer %s is banned here: %s", offer, o.Reason)
		}
	}
	return nil
}

// Override puts an override in force, in place of an earlier one of its id.
func (d *Desk) Override(tx Tx, o boon.Override) error {
	if err := d.forget(tx, o.At); err != nil {
		return err
	}
	if err := rule(tx, rulingOverride, o.ID, true, o); err != nil {
		return err
	}
	return minute(tx, string(o.Act), o.By, "Override/"+o.ID, o.At, o)
}

// forget ends the overrides whose time is over.
func (d *Desk) forget(tx Tx, now time.Time) error {
	all, err := Overrides(tx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Until.IsZero() || now.Before(o.Until) {
			continue
		}
		if err := rule(tx, rulingOverride, o.ID, false, o); err != nil {
			return err
		}
	}
	return nil
}

// EndOverride takes an override back. Refusal: not_found.
func (d *Desk) EndOverride(tx Tx, id, by, reason string, now time.Time) error {
	o, open, _, err := ruling[boon.Override](tx, rulingOverride, id)
	if err != nil {
		return err
	}
	if !open {
		return boon.Refuse(boon.ReasonNotFound, "there is no override %s", id)
	}
	if err := rule(tx, rulingOverride, id, false, o); err != nil {
		return err
	}
	return minute(tx, "un"+string(o.Act), by, "Override/"+id, now, act{Reason: reason})
}

// minute appends an act to the audit.
func minute(tx Tx, action, by, subject string, at time.Time, detail any) error {
	body, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("encode act: %w", err)
	}
	return tx.Record(boon.AuditEntry{At: at, Actor: by, Action: action, Subject: subject, Detail: body})
}

// overridable refuses what an override cannot say under the bundle in force.
func (d *Desk) overridable(o boon.Override) error {
	b := d.Terms.Bundle()
	offer := slices.ContainsFunc(b.Offers, func(x boon.Offer) bool { return x.ID == o.Offer })
	segment := slices.ContainsFunc(b.Segments, func(x boon.Segment) bool { return x.ID == o.Segment })
	_, placement := b.Placement(o.Placement)
	switch {
	case o.Act != boon.OverridePin && o.Act != boon.OverrideBan:
		return boon.Invalid("act", "%q is no act: pin or ban.", o.Act)
	case o.Offer == "" && (o.Act == boon.OverridePin || len(o.Who) == 0):
		return boon.Invalid("offer", "Name the offer; only a ban of one profile is of every offer. To stop all offers, pause all.")
	case o.Offer != "" && !offer:
		return boon.Refuse(boon.ReasonNotFound, "the bundle has no offer %s", o.Offer)
	case o.Segment != "" && !segment:
		return boon.Refuse(boon.ReasonNotFound, "the bundle has no segment %s", o.Segment)
	case o.Placement != "" && !placement:
		return boon.Refuse(boon.ReasonNotFound, "the bundle has no placement %s", o.Placement)
	case !o.Until.IsZero() && !o.At.Before(o.Until):
		return boon.Invalid("until", "This time is over.")
	}
	return nil
}

// Override puts an override in force. Refusals: invalid_request, not_found.
func (t *Teller) Override(ctx context.Context, o boon.Override) error {
	if err := t.Desk.overridable(o); err != nil {
		return err
	}
	return t.Book.Update(ctx, func(tx Tx) error { return t.Desk.Override(tx, o) })
}

// EndOverride takes an override back. Refusal: not_found.
func (t *Teller) EndOverride(ctx context.Context, id, by, reason string, now time.Time) error {
	return t.Book.Update(ctx, func(tx Tx) error { return t.Desk.EndOverride(tx, id, by, reason, now) })
}

// Overrides lists what is in force for somebody, by id.
func (t *Teller) Overrides(ctx context.Context, now time.Time) (all []boon.Override, err error) {
	err = t.Book.View(ctx, func(tx Tx) error {
		all, err = Overrides(tx)
		return err
	})
	over := func(o boon.Override) bool { return !o.Until.IsZero() && !now.Before(o.Until) }
	return slices.DeleteFunc(all, over), err
}
