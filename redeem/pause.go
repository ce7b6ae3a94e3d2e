package redeem

import (
	"context"
	"slices"
	"time"

	"boon"
	"boon/offer"
)

// pausesKey counts the pauses in force, so that whoever finds none reads one counter.
const pausesKey = "pauses"

// Halts lists what is paused.
func Halts(tx Tx) ([]boon.Pause, error) {
	n, err := tx.Count(pausesKey)
	if err != nil || n == 0 {
		return nil, err
	}
	return tx.Paused()
}

// unpaused refuses what a rule or a human paused: always for a new grant; for one that is held only where the pause says so.
func unpaused(tx Tx, a boon.Aim, held bool) error {
	halts, err := Halts(tx)
	if err != nil {
		return err
	}
	for _, h := range halts {
		if (h.Refuse || !held) && h.Hits(a) {
			return boon.Refuse(boon.ReasonPaused, "offer %s is paused: %s", a.Offer, h.Halt)
		}
	}
	return nil
}

// aim is what a pause may hit: the grant's offer, the channel that it was given by, and what the offer touches of a cart.
func (d *Desk) aim(g boon.Grant, o boon.Offer, cart boon.Order) boon.Aim {
	return boon.Aim{Offer: o.ID, Campaign: o.Campaign, Channel: g.Channel, Touches: func(category string) bool {
		return offer.Touches(o, cart.Lines, d.categoryOf, category)
	}}
}

func (d *Desk) categoryOf(sku string) string {
	if d.Goods == nil || sku == "" {
		return ""
	}
	p, _ := d.Goods.Product(sku)
	return p.Category
}

// act is what the audit keeps of a pause.
type act struct {
	Reason  string            `json:"reason,omitempty"`
	Rule    string            `json:"rule,omitempty"`
	Refuse  bool              `json:"refuse,omitempty"`
	Figures map[string]string `json:"figures,omitempty"`
}

// Pause stops an offer, a campaign or all offers from this transaction on. It says false when it is stopped already.
func (d *Desk) Pause(tx Tx, p boon.Pause) (bool, error) {
	fresh, err := tx.Pause(p)
	if err != nil || !fresh {
		return false, err
	}
	if err := count(tx, pausesKey, 1); err != nil {
		return false, err
	}
	return true, record(tx, "paused", p.By, p.Halt, p.At, act{p.Reason, p.Rule, p.Refuse, p.Figures})
}

// Resume ends a pause; the figures of the rules that watch it begin anew. Refusal: not_found when it is not paused.
func (d *Desk) Resume(tx Tx, h boon.Halt, by, reason string, now time.Time) error {
	found, err := tx.Resume(h)
	if err != nil {
		return err
	}
	if !found {
		return boon.Refuse(boon.ReasonNotFound, "%s: there is no such pause", h)
	}
	if err := tx.Give(pausesKey, 1); err != nil {
		return err
	}
	if err := count(tx, resumesKey(h), 1); err != nil {
		return err
	}
	if err := noteResumed(tx, h, now); err != nil {
		return err
	}
	return record(tx, "resumed", by, h, now, act{Reason: reason})
}

// resumesKey counts how often something was resumed.
func resumesKey(h boon.Halt) string { return "resumes/" + string(h.Kind) + "/" + h.ID }

func record(tx Tx, action, by string, h boon.Halt, at time.Time, a act) error {
	return minute(tx, action, by, audited[h.Kind]+h.ID, at, a)
}

// audited is how the audit names what is paused.
var audited = map[boon.PauseKind]string{boon.PauseOffer: "Offer/", boon.PauseCampaign: "Campaign/", boon.PauseCategory: "Category/",
	boon.PauseChannel: "Channel/", boon.PauseAll: "Shop/"}

// known refuses to pause what the bundle does not have. Categories are the catalogue's: any is taken.
func (d *Desk) known(h boon.Halt) error {
	b, known := d.Terms.Bundle(), false
	switch h.Kind {
	case boon.PauseAll:
		known = h.ID == ""
	case boon.PauseOffer:
		known = slices.ContainsFunc(b.Offers, func(o boon.Offer) bool { return o.ID == h.ID })
	case boon.PauseCampaign:
		_, known = b.Campaign(h.ID)
	case boon.PauseChannel:
		known = slices.ContainsFunc(b.Placements, func(p boon.Placement) bool { return p.Channel == h.ID })
	case boon.PauseCategory:
		known = h.ID != ""
	default:
		return boon.Invalid("kind", "%q is no pause: give offer, campaign, category or channel with an id, or all", h.Kind)
	}
	if !known {
		return boon.Refuse(boon.ReasonNotFound, "the bundle has no %s", h)
	}
	return nil
}

// Pause stops what a human names and the bundle has, and returns the pause that is in force: an earlier one stays. Refusals: not_found,
// invalid_request.
func (t *Teller) Pause(ctx context.Context, p boon.Pause) (standing boon.Pause, fresh bool, err error) {
	if err := t.Desk.known(p.Halt); err != nil {
		return p, false, err
	}
	err = t.Book.Update(ctx, func(tx Tx) error {
		if fresh, err = t.Desk.Pause(tx, p); err != nil || fresh {
			standing = p
			return err
		}
		all, err := Halts(tx)
		for _, other := range all {
			if other.Kind == p.Kind && other.ID == p.ID {
				standing = other
			}
		}
		return err
	})
	return standing, fresh, err
}

// Resume ends a pause. Refusal: not_found.
func (t *Teller) Resume(ctx context.Context, h boon.Halt, by, reason string, now time.Time) error {
	return t.Book.Update(ctx, func(tx Tx) error { return t.Desk.Resume(tx, h, by, reason, now) })
}

// Pauses lists what is paused, by kind and id.
func (t *Teller) Pauses(ctx context.Context) (all []boon.Pause, err error) {
	err = t.Book.View(ctx, func(tx Tx) error {
		all, err = Halts(tx)
		return err
	})
	return all, err
}
