package ingest

import (
	"context"
	"slices"

	"boon"
	"boon/internal/wire"
)

// How much of the past a person keeps: of each channel so many contacts, so that a page that is looked at often does not push out a message; and so many
// dismissals. Limits of a contact policy are at most this large.
const (
	maxShown     = 32
	maxDismissed = 32
)

// showed notes a contact.
func showed(t *boon.Told, s boon.Shown) {
	same := func(old boon.Shown) bool { return old.Channel == s.Channel }
	t.Shown = append(t.Shown, s)
	n := 0
	for _, old := range t.Shown {
		if same(old) {
			n++
		}
	}
	if n > maxShown {
		i := slices.IndexFunc(t.Shown, same)
		t.Shown = slices.Delete(t.Shown, i, i+1)
	}
}

// dismiss notes what was waved away; the same offer of the same decision again says nothing new.
func dismiss(t *boon.Told, d boon.Dismissal) {
	for _, old := range t.Dismissed {
		if old.Offer == d.Offer && old.Decision == d.Decision && d.Decision != "" {
			return
		}
	}
	t.Dismissed = append(t.Dismissed, d)
	t.Dismissed = t.Dismissed[max(0, len(t.Dismissed)-maxDismissed):]
}

// react takes a dismissal into the state of who made it; a click or a save takes the offer's earlier ones back.
func (a *Applier) react(ctx context.Context, e *boon.Event) error {
	p, err := a.person(ctx, e.Owner, true)
	dismissed := e.Name == boon.PromotionDismissed
	if err != nil || (!dismissed && len(p.Told.Dismissed) == 0) {
		return err
	}
	offers, err := a.about(ctx, e)
	for _, offer := range offers {
		if dismissed {
			dismiss(&p.Told, boon.Dismissal{Offer: offer, Decision: e.DecisionID, At: e.Time})
			continue
		}
		p.Told.Dismissed = slices.DeleteFunc(p.Told.Dismissed, func(d boon.Dismissal) bool { return d.Offer == offer })
	}
	return err
}

// about are the offers that an exposure is about: the one it names, else those that its decision gave.
func (a *Applier) about(ctx context.Context, e *boon.Event) ([]string, error) {
	if e.OfferID != "" {
		return []string{e.OfferID}, nil
	}
	if offers, ok := a.given[e.DecisionID]; ok || e.DecisionID == "" {
		return offers, nil
	}
	d, _, err := a.Recall(ctx, e.DecisionID)
	return offersOf(d.Decision), err
}

// offersOf lists what a decision put before the shopper.
func offersOf(d boon.Decision) (offers []string) {
	for _, p := range d.Picks {
		if p.Outcome == boon.OutcomeOffer || p.Outcome == boon.OutcomeNudge {
			offers = append(offers, p.Offer)
		}
	}
	return offers
}

func writeTold(w *wire.Writer, t boon.Told) {
	w.Uint(uint64(len(t.Shown)))
	for _, s := range t.Shown {
		w.String(s.Offer)
		w.Time(s.At)
		w.String(s.Channel)
	}
	w.Uint(uint64(len(t.Dismissed)))
	for _, d := range t.Dismissed {
		w.String(d.Offer)
		w.String(d.Decision)
		w.Time(d.At)
	}
}

// readTold reads what writeTold wrote. Version 1 knew neither channels, where a page is meant, nor dismissals.
func readTold(r *wire.Reader, version byte) (t boon.Told) {
	t.Shown = list[boon.Shown](r.Count(2))
	for i := range t.Shown {
		t.Shown[i] = boon.Shown{Offer: r.String(), At: r.Time(), Channel: "web"}
		if version > 1 {
			t.Shown[i].Channel = r.String()
		}
	}
	if version == 1 {
		return t
	}
	t.Dismissed = list[boon.Dismissal](r.Count(3))
	for i := range t.Dismissed {
		t.Dismissed[i] = boon.Dismissal{Offer: r.String(), Decision: r.String(), At: r.Time()}
	}
	return t
}
