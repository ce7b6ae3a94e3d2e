package redeem

import (
	"slices"
	"strconv"
	"time"

	"boon"
	"boon/ledger"
)

// drawn is how many points of a redemption were spent, and drawnValue what they were worth of its cost.
func drawn(r boon.Redemption) (points int64) {
	for _, x := range r.Draws {
		points += x.Points
	}
	return points
}

func drawnValue(r boon.Redemption) int64 {
	if r.Points == 0 {
		return 0
	}
	return boon.MulDiv(r.Cost, drawn(r), r.Points)
}

// undrawn holds what comes back of points to what is still owed of them: spent points are an expense for good, lapsed ones are breakage.
func undrawn(r boon.Redemption, t taken) taken {
	left := max(0, r.Cost-drawnValue(r))
	if r.Lapsed {
		left = 0
	}
	if t.cost <= left {
		return t
	}
	t.vendor, t.cost = boon.MulDiv(t.vendor, left, t.cost), left
	return t
}

// Draw books that a customer spent points of a redemption: they cease to be a liability and become an expense.
func (d *Desk) Draw(tx Tx, id string, points int64, reason string, now time.Time) (boon.Redemption, error) {
	r, found, err := tx.Redemption(id)
	if err != nil {
		return r, err
	}
	if !found {
		return r, boon.Refuse(boon.ReasonNotFound, "there is no redemption %s", id)
	}
	if err := drawable(r, points, now); err != nil {
		return r, err
	}
	was := drawnValue(r)
	draw := boon.Draw{ID: boon.NewID(boon.PrefixDraw, now, r.ID, strconv.Itoa(len(r.Draws))), At: now, Points: points, Reason: reason}
	r.Draws = append(slices.Clip(r.Draws), draw)
	if err := d.owe(tx, r, ledger.Draw, drawnValue(r)-was, draw.ID, now); err != nil {
		return r, err
	}
	return r, tx.ChangeRedemption(r)
}

func drawable(r boon.Redemption, points int64, now time.Time) error {
	switch left := r.Points - drawn(r); {
	case points <= 0:
		return boon.Invalid("points", "%d is no number of points to spend: give one above zero", points)
	case r.Points == 0:
		return boon.Refuse(boon.ReasonNotApplicable, "redemption %s credited no points", r.ID)
	case slices.Equal(back(r), all(r)):
		return boon.Refuse(boon.ReasonNotApplicable, "the points of redemption %s were taken back", r.ID)
	case r.Lapsed, !r.LapsesAt.IsZero() && !now.Before(r.LapsesAt):
		return boon.Refuse(boon.ReasonExpired, "the points of redemption %s lapsed at %s", r.ID, r.LapsesAt.Format(time.RFC3339))
	case points > left:
		return boon.Refuse(boon.ReasonNotApplicable, "%d points of redemption %s are left, not %d", left, r.ID, points)
	}
	return nil
}

// owe books what leaves the liability of a redemption's points.
func (d *Desk) owe(tx Tx, r boon.Redemption, by ledger.Transition, value int64, seed string, now time.Time) error {
	g, found, err := tx.Grant(r.Grant)
	if err == nil && !found {
		err = boon.Refuse(boon.ReasonNotFound, "redemption %s names a grant that is gone", r.ID)
	}
	if err != nil {
		return err
	}
	_, _, err = d.book(tx, g, change{by: by, spend: value, order: r.OrderID, seed: seed}, now)
	return err
}

// lapse makes breakage of at most max redemptions' points that nobody spent in time.
func (d *Desk) lapse(tx Tx, now time.Time, max int) (int, error) {
	if max <= 0 {
		return 0, nil
	}
	due, err := tx.DueRedemptions(now, max)
	if err != nil {
		return 0, err
	}
	for _, r := range due {
		left := r.Cost - drawnValue(r)
		gone := slices.Equal(back(r), all(r))
		r.Lapsed = true
		if !gone && left > 0 {
			if err := d.owe(tx, r, ledger.Break, left, r.ID, now); err != nil {
				return 0, err
			}
		}
		if err := tx.ChangeRedemption(r); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
