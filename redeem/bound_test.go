package redeem_test

import (
	"cmp"

	"boon"
	"boon/offer"

	"pgregory.net/rapid"
)

// addsUp holds redemptions to what their order says, as far as the lines are worth it to the offers.
func addsUp(rt *rapid.T, order boon.Order, offers []boon.Offer, done []boon.Redemption, byLine int64) {
	var total, goods int64
	lines, scope := map[string]int64{}, map[string]int64{}
	if order.Merchandise() == 0 && byLine == 0 { // nothing to hold it against
		return
	}
	for _, l := range order.Lines {
		about := false
		for _, o := range offers {
			if offer.Matches(&o.Scope, l.SKU, l.Category) {
				scope[o.ID], about = scope[o.ID]+l.Amount("USD")+l.Coupon, true
			}
		}
		if about {
			goods += l.Amount("USD") + l.Coupon
		}
	}
	for _, r := range done {
		var own int64
		for _, l := range r.Lines {
			lines[l.ID] += l.Minor
			if own += l.Minor; l.Minor <= 0 {
				rt.Fatalf("a part of %s is %d", r.Offer, l.Minor)
			}
		}
		if total += r.Discount; r.Discount < 0 || r.Discount > scope[r.Offer] || own != r.Discount {
			rt.Fatalf("the lines of %s come to %d, it to %d of %d", r.Offer, own, r.Discount, scope[r.Offer])
		}
	}
	for _, l := range order.Lines {
		if most := l.Amount("USD"); byLine == 0 && lines[l.ID] > most || byLine > 0 && lines[l.ID] > l.Coupon {
			rt.Fatalf("line %s of %d that says %d is discounted by %d", l.ID, most, l.Coupon, lines[l.ID])
		}
	}
	if says := min(cmp.Or(byLine, order.Discount), goods); says > 0 && total != says {
		rt.Fatalf("the order says %d, by line %d, of goods of %d; booked are %d", order.Discount, byLine, goods, total)
	}
}
