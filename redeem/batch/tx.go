package batch

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"boon"
	"boon/redeem"
)

var (
	errViewWrites = errors.New("write in a view")
	errLost       = errors.New("the row is gone")
)

// tx implements redeem.Tx: what a reader has, with what was written here over it.
type tx struct {
	from     Reader
	writable bool
	hot      hot
	pending  pending
}

func newTx(from Reader, writable bool) *tx {
	return &tx{from: from, writable: writable, hot: newHot(), pending: newPending()}
}

// reset forgets a batch that failed, and what it read.
func (t *tx) reset() { t.hot, t.pending = newHot(), newPending() }

// settle forgets a batch that is committed; counters and balances stand as it left them.
func (t *tx) settle() {
	t.hot.settle()
	t.pending = newPending()
}

// Try implements redeem.Tx.
func (t *tx) Try(fn func(redeem.Tx) error) error {
	hot, rows := t.hot.mark(), len(t.pending.undo)
	reversals, forget := len(t.pending.reversals), t.pending.forget
	err := fn(t)
	if err != nil {
		t.hot.rollback(hot)
		t.pending.rollback(rows)
		t.pending.reversals, t.pending.forget = t.pending.reversals[:reversals], forget
	}
	return err
}

func (t *tx) write() error {
	if !t.writable {
		return errViewWrites
	}
	return nil
}

// load reads rows that are not known yet.
func (t *tx) load(what string, w Want) error {
	rows, err := t.from.Load(w)
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	t.admit(w, rows)
	return nil
}

// admit takes in what was read, beside what is written here; what was wanted and is not there is known to be absent.
func (t *tx) admit(w Want, rows Rows) {
	p := &t.pending
	know(p.grants, w.Grants, rows.Grants, grantID)
	know(p.reservations, w.Reservations, rows.Reservations, reservationID)
	know(p.redemptions, w.Redemptions, rows.Redemptions, redemptionID)
	know(p.answers, w.Answers, rows.Answers, func(a redeem.Answer) string { return a.Key })
	owned := collect(p.owned, w.Owners)
	for _, g := range rows.Grants {
		owned.add(g.Owner, g.ID)
	}
	owned.into(p.owned)
	coded := collect(p.coded, w.Codes)
	for _, c := range rows.Coded {
		coded.add(c.Code, c.Grant)
	}
	coded.into(p.coded)
	ofOrder := collect(p.ofOrder, w.Orders)
	for _, r := range rows.Redemptions {
		ofOrder.add(r.OrderID, r.ID)
	}
	ofOrder.into(p.ofOrder)
	p.knowHolds(w.Held, rows.Reservations)
	p.knowNotices(w, rows)
	p.knowPauses(w, rows)
	know(p.rulings, w.Rulings, rows.Rulings, rulingKey)
	t.hot.admit(w, rows)
}

// changes are what the batch leaves.
func (t *tx) changes() Changes {
	p := &t.pending
	c := Changes{Entries: t.hot.entries, Grants: written(p.grants), Redemptions: written(p.redemptions), Reversals: p.reversals, Forget: p.forget}
	c.Stops, c.Acts = p.pauses.changed, p.pauses.acts
	c.Counters, c.Balances = t.hot.shifts()
	for _, r := range written(p.reservations) {
		c.Reservations = append(c.Reservations, r.Value)
	}
	slices.SortStableFunc(c.Reservations, func(a, b boon.Reservation) int { return gone(b) - gone(a) })
	for _, r := range written(p.answers) {
		c.Answers = append(c.Answers, r.Value)
	}
	for _, r := range written(p.alarms) {
		c.Alarms = append(c.Alarms, r.Value)
	}
	for _, r := range written(p.rulings) {
		c.Rulings = append(c.Rulings, r.Value)
	}
	for partition, m := range p.marks {
		if m.dirty {
			c.Marks = append(c.Marks, Mark{partition, m.value})
		}
	}
	slices.SortFunc(c.Marks, func(a, b Mark) int { return cmp.Compare(a.Partition, b.Partition) })
	for _, l := range p.late {
		c.Late = append(c.Late, l.fresh...)
	}
	slices.SortStableFunc(c.Late, func(a, b Late) int { return cmp.Compare(a.Order, b.Order) })
	return c
}

func gone(r boon.Reservation) int {
	if r.Gone {
		return 1
	}
	return 0
}
