package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"boon"
	"boon/redeem"
)

// order appends a paid order to the event log, now and then the same one again, as shops do.
func (w *world) order() {
	if len(w.log) > 0 && w.rng.IntN(4) == 0 {
		w.log = append(w.log, choose(w, w.log))
		return
	}
	o := basket(fmt.Sprint("o", w.rng.IntN(60)), 500+int64(w.rng.IntN(9_000)))
	o.Coupons = []string{[]string{"CODE", "TWICE", "THEIRS"}[w.rng.IntN(3)]}
	w.log = append(w.log, o)
}

// apply settles what the log holds past the mark, in one update with the mark. When the update's outcome is not learnt, the log delivers again from
// the mark that the book has, as after a crash.
func (w *world) apply(ctx context.Context) error {
	err := w.until(func() error {
		return w.book.Update(ctx, func(tx redeem.Tx) error {
			at, err := tx.Mark(0)
			if err != nil {
				return err
			}
			for _, o := range w.log[at:] {
				if _, err := w.desk.Settle(tx, []boon.Identifier{shopper(len(o.ID) + int(o.Lines[0].Price)%7)}, o, w.now); err != nil {
					return err
				}
			}
			return tx.SetMark(0, boon.Position(len(w.log)))
		})
	})
	return w.allowed(fmt.Sprint("apply to ", len(w.log)), err)
}

// check holds the invariants of a tick.
func (w *world) check(ctx context.Context) error {
	findings, err := w.o.Book.Verify(ctx, caps())
	if err != nil {
		return err
	}
	if len(findings) > 0 {
		return fmt.Errorf("the books do not verify: %+v", findings)
	}
	if err := w.acknowledged(ctx); err != nil {
		return err
	}
	if err := w.repeat(ctx); err != nil {
		return err
	}
	return w.settledOnce(ctx)
}

// acknowledged: every redemption that a customer was told of is in the book.
func (w *world) acknowledged(ctx context.Context) error {
	return w.book.View(ctx, func(tx redeem.Tx) error {
		for _, d := range w.done {
			r, found, err := tx.Redemption(d.ID)
			if err != nil {
				return err
			}
			if !found || r.Discount != d.Discount.Minor {
				return fmt.Errorf("redemption %s was acknowledged over %s, the book has %+v", d.ID, d.Discount, r)
			}
		}
		return nil
	})
}

// repeat: one earlier call, with its key, ends as it ended.
func (w *world) repeat(ctx context.Context) error {
	if len(w.kept) == 0 {
		return nil
	}
	c := choose(w, w.kept)
	var again redeem.Redeemed
	err := w.until(func() (err error) {
		again, err = w.teller.Redeem(ctx, c.once, c.request, w.now)
		return err
	})
	var refused *boon.Error
	if err != nil && !errors.As(err, &refused) {
		return err
	}
	reason := boon.Reason("")
	if refused != nil {
		reason = refused.Reason
	}
	if again.ID != c.id || reason != c.reason {
		return fmt.Errorf("a call on %s ended with %q %q; repeated with its key, with %q %q", c.request.Cart.ID, c.id, c.reason, again.ID, reason)
	}
	return nil
}

// settledOnce: no order redeemed one offer twice, whether by calls, by its event, or by its event again.
func (w *world) settledOnce(ctx context.Context) error {
	orders := map[string]bool{}
	for _, o := range w.log {
		orders[o.ID] = true
	}
	return w.book.View(ctx, func(tx redeem.Tx) error {
		for _, id := range slices.Sorted(maps.Keys(orders)) {
			all, err := tx.OfOrder(id)
			if err != nil {
				return err
			}
			for i, r := range all {
				if slices.ContainsFunc(all[:i], func(x redeemed) bool { return x.Offer == r.Offer && x.Offer != "own" }) {
					return fmt.Errorf("order %s redeemed offer %s twice", id, r.Offer)
				}
			}
		}
		return nil
	})
}

type redeemed = boon.Redemption
