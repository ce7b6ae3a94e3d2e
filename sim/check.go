package sim

import (
	"context"
	"fmt"
	"slices"

	"boon"
	"boon/redeem"
)

// check holds what must hold at any time.
func (w *world) check(ctx context.Context) error {
	w.dirty = false
	findings, err := w.o.Books[0].Verify(ctx, caps())
	if err != nil {
		return err
	}
	if len(findings) > 0 {
		return fmt.Errorf("the books do not verify: %+v", findings)
	}
	return w.o.Books[0].View(ctx, func(tx redeem.Tx) error {
		if err := w.acknowledged(tx); err != nil {
			return err
		}
		return w.settledOnce(tx)
	})
}

// acknowledged: every redemption that a customer was told of is in the book.
func (w *world) acknowledged(tx redeem.Tx) error {
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
}

// settledOnce: no order redeemed one offer twice, whether by calls, by its event, or by its event again.
func (w *world) settledOnce(tx redeem.Tx) error {
	for i := range orders {
		order := fmt.Sprint("o", i)
		all, err := tx.OfOrder(order)
		if err != nil {
			return err
		}
		for i, r := range all {
			if slices.ContainsFunc(all[:i], func(x boon.Redemption) bool { return x.Offer == r.Offer && x.Offer == "code" }) {
				return fmt.Errorf("order %s redeemed offer %s twice", order, r.Offer)
			}
		}
	}
	return nil
}
