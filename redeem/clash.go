package redeem

import (
	"time"

	"boon"
	"boon/ledger"
)

// clashed tells a human, once a day for an offer, that a paid order carries it beside what excludes it. Paid is paid: it is booked; but the checkout
// gave what no plan of Boon's gives.
func (d *Desk) clashed(tx Tx, c claim, r boon.Redemption, beside []boon.Redemption, now time.Time) error {
	if r.Discount == 0 && r.Cost == 0 {
		return nil
	}
	stood, err := d.stood(tx, beside)
	if err != nil {
		return err
	}
	refused, clashes := refusal(d.standsBeside(c, r.OrderID, stood))
	if !clashes {
		return nil
	}
	day := ledger.PeriodKey(boon.PeriodDay, now, d.zone())
	money := func(minor int64) string { return boon.Money{Minor: minor, Currency: r.Currency}.String() }
	return tx.Raise(boon.Alarm{
		ID: "stacking/" + r.Offer + "/" + day, At: now, Rule: "stacking", Subject: r.Offer,
		Detail: "An order was paid with codes that exclude each other, and both are booked: " + refused.Detail +
			". Let the checkout ask for all codes of a cart at once (docs/stacking.md).",
		Figures: map[string]string{"day": day, "order": r.OrderID, "discount": money(r.Discount), "cost": money(r.Cost)},
	})
}
