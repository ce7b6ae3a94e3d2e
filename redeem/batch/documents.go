package batch

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"boon"
	"boon/redeem"
)

func reservationID(r boon.Reservation) string { return r.ID }

func redemptionID(r boon.Redemption) string { return r.ID }

// Reservation implements redeem.Reservations.
func (t *tx) Reservation(id string) (boon.Reservation, bool, error) {
	return read(t.pending.reservations, id, func() error {
		return t.load("reservation", Want{Reads: redeem.Reads{Reservations: []string{id}}})
	})
}

// Holding implements redeem.Reservations.
func (t *tx) Holding(grant string) (boon.Reservation, bool, error) {
	if _, known := t.pending.holding[grant]; !known {
		if err := t.load("reservation", Want{Held: []string{grant}}); err != nil {
			return boon.Reservation{}, false, err
		}
	}
	r := t.pending.reservations[t.pending.holding[grant]]
	return r.value, r.found && !r.value.Gone, nil // it may have ended here
}

// knowHolds takes in which reservations hold the wanted grants.
func (p *pending) knowHolds(wanted []string, found []boon.Reservation) {
	for _, r := range found {
		if _, known := p.holding[r.Grant]; !known && !r.Gone {
			p.holding[r.Grant] = r.ID
		}
	}
	for _, grant := range wanted {
		if _, known := p.holding[grant]; !known {
			p.holding[grant] = ""
		}
	}
}

// PutReservation implements redeem.Reservations.
func (t *tx) PutReservation(r boon.Reservation) error {
	if err := t.write(); err != nil {
		return err
	}
	put(&t.pending, t.pending.reservations, r.ID, r)
	if !r.Gone {
		set(&t.pending, t.pending.holding, r.Grant, r.ID)
	}
	return nil
}

// DueReservations implements redeem.Deadlines.
func (t *tx) DueReservations(now time.Time, max int) ([]boon.Reservation, error) {
	changed := written(t.pending.reservations)
	due, err := t.from.DueReservations(now, max+len(changed))
	if err != nil {
		return nil, err
	}
	know(t.pending.reservations, nil, due, reservationID)
	ids := idsOf(due, changed, reservationID)
	due = due[:0]
	for _, id := range ids {
		if r := t.pending.reservations[id].value; !r.Gone && !r.ExpiresAt.After(now) {
			due = append(due, r)
		}
	}
	slices.SortFunc(due, func(a, b boon.Reservation) int {
		return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.ID, b.ID))
	})
	return due[:min(max, len(due))], nil
}

// Redemption implements redeem.Redemptions.
func (t *tx) Redemption(id string) (boon.Redemption, bool, error) {
	return read(t.pending.redemptions, id, func() error {
		return t.load("redemption", Want{Reads: redeem.Reads{Redemptions: []string{id}}})
	})
}

// OfOrder implements redeem.Redemptions.
func (t *tx) OfOrder(order string) ([]boon.Redemption, error) {
	if !t.pending.ofOrder[order].read {
		if err := t.load("redemptions", Want{Reads: redeem.Reads{Orders: []string{order}}}); err != nil {
			return nil, err
		}
	}
	var all []boon.Redemption
	for _, id := range t.pending.ofOrder[order].ids {
		all = append(all, t.pending.redemptions[id].value)
	}
	slices.SortFunc(all, boon.ByTurn)
	return all, nil
}

// AddRedemption implements redeem.Redemptions.
func (t *tx) AddRedemption(r boon.Redemption) (bool, error) {
	if err := t.write(); err != nil {
		return false, err
	}
	others, err := t.OfOrder(r.OrderID)
	if err != nil || slices.ContainsFunc(others, func(x boon.Redemption) bool { return x.Grant == r.Grant }) {
		return false, err
	}
	put(&t.pending, t.pending.redemptions, r.ID, r)
	push(&t.pending, t.pending.ofOrder, r.OrderID, r.ID)
	return true, nil
}

// ChangeRedemption implements redeem.Redemptions.
func (t *tx) ChangeRedemption(r boon.Redemption) error {
	if err := t.write(); err != nil {
		return err
	}
	if _, found, err := t.Redemption(r.ID); err != nil || !found {
		return fmt.Errorf("change redemption: %w", cmp.Or(err, errLost))
	}
	put(&t.pending, t.pending.redemptions, r.ID, r)
	return nil
}

// DueRedemptions implements redeem.Deadlines.
func (t *tx) DueRedemptions(now time.Time, max int) ([]boon.Redemption, error) {
	changed := written(t.pending.redemptions)
	due, err := t.from.DueRedemptions(now, max+len(changed))
	if err != nil {
		return nil, err
	}
	know(t.pending.redemptions, nil, due, redemptionID)
	ids := idsOf(due, changed, redemptionID)
	due = due[:0]
	for _, id := range ids {
		r := t.pending.redemptions[id].value
		if at := Lapses(r); !at.IsZero() && !at.After(now) {
			due = append(due, r)
		}
	}
	slices.SortFunc(due, func(a, b boon.Redemption) int { return cmp.Or(a.LapsesAt.Compare(b.LapsesAt), cmp.Compare(a.ID, b.ID)) })
	return due[:min(max, len(due))], nil
}

// Lapses is when the points of a redemption lapse; zero when they never do, or did.
func Lapses(r boon.Redemption) time.Time {
	if r.Lapsed {
		return time.Time{}
	}
	return r.LapsesAt
}

// AddReversal implements redeem.Redemptions.
func (t *tx) AddReversal(v boon.Reversal) error {
	t.pending.reversals = append(t.pending.reversals, v)
	return t.write()
}
