package redeem_test

import (
	"testing"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// trades turns the shop to a currency and gives it one budget, 15% off and points of a tenth of a unit.
func (s *shop) trades(c boon.Currency) {
	b := &s.release.Bundle
	b.Shop.Currency, b.Shop.Cost.Shipping, b.Campaigns, b.Experiments = c, 0, nil, nil
	b.Budgets = []boon.Budget{{ID: "all", Currency: c, Amount: 1_000_000, Period: boon.PeriodTotal, Commitment: "worst_case"}}
	percent := off("PERCENT", 15, "", "combine")
	percent.Reward.MaxDiscount = 5_000
	points := boon.Offer{ID: "POINTS", Reward: boon.Reward{Type: boon.RewardPoints, Levels: []boon.Micros{25 * boon.Unit}, PointValue: boon.Unit / 10}}
	percent.Budget, points.Budget = "all", "all"
	s.sells(percent, points)
	s.release.Bundle.Offers[0].Codes = boon.Codes{}
	s.terms.Publish(s.release)
}

// One story in each kind of currency: two mugs and a cup, of which a mug comes back and then the cup. Amounts are in minor units, text in major ones.
func TestTheStoryOfAnOrderInEachCurrency(t *testing.T) {
	const thousandth = boon.Unit / 1_000
	for _, c := range []struct {
		currency boon.Currency
		mug, cup boon.Micros
		set      int64  // aside when it is issued: the maximum
		discount int64  // 15% of two mugs and a cup
		mugs     int64  // of that, of the mugs
		text     string // of the mugs' part
		returned int64  // with a mug
		updated  int64  // by an update without the cup
		said     int64  // by a paid order
		saidMugs int64  // of that, of the mugs
		points   int64  // what 25 points are worth
	}{
		{"JPY", 333 * boon.Unit, 1_000 * boon.Unit, 5_000, 250, 100, "100", 50, 150, 200, 80, 2},             // 15% of 1666 is 249.9
		{"USD", 12_350 * thousandth, 30_050 * thousandth, 5_000, 821, 370, "3.70", 185, 451, 700, 316, 250},  // 15% of 54.75 is 8.2125
		{"KWD", 1_235 * thousandth, 3_005 * thousandth, 5_000, 821, 370, "0.370", 185, 451, 700, 316, 2_500}, // 15% of 5.475 is 0.82125
	} {
		t.Run(string(c.currency), func(t *testing.T) {
			s := newShop(t)
			s.trades(c.currency)
			mugs, cup := boon.Line{ID: "l1", SKU: "mug", Quantity: 2, Price: c.mug}, boon.Line{ID: "l2", SKU: "cup", Quantity: 1, Price: c.cup}
			order := func(id string, lines ...boon.Line) boon.Order {
				return boon.Order{ID: id, Currency: c.currency, Lines: lines}
			}

			g := s.give("PERCENT", 1)
			s.stands("all", accounts{"available": 1_000_000 - c.set, "committed": c.set})
			r := redeem.Request{Code: g.Code, Owners: []boon.Identifier{conformance.Shopper(1)}, Cart: order("o1", mugs, cup)}
			v, err := s.teller.Validate(t.Context(), r, s.now)
			if err != nil || !v.Valid || v.Discount.Minor != c.discount || v.Discount.Currency != c.currency || v.Lines[0].Discount != c.text {
				t.Fatalf("validated as %+v %v", v, err)
			}
			held, err := s.teller.Reserve(t.Context(), redeem.Once{}, r, s.now)
			if err != nil || held.Discount != *v.Discount {
				t.Fatalf("reserved %+v %v", held, err)
			}
			s.stands("all", accounts{"available": 1_000_000 - c.set, "reserved": c.set})
			done := s.mustRedeem(redeem.Request{Reservation: held.ID, Owners: r.Owners})
			if done.Discount != *v.Discount || done.Lines[0].Discount != c.text {
				t.Errorf("redeemed %+v", done)
			}
			s.stands("all", accounts{"available": 1_000_000 - c.discount, "promo_expense": c.discount})

			if back := s.reverse(done.ID, redeem.LineReturn{SKU: "mug", Quantity: new(int64(1))}); back.Amount.Minor != c.returned {
				t.Errorf("a mug gave back %+v, want %d", back, c.returned)
			}
			left := mugs
			left.Quantity = 1
			if back := s.amend("e1", boon.OrderUpdated, order("o1", left), 1); len(back) != 1 || back[0].Amount != c.updated {
				t.Errorf("the update took back %+v, want %d", back, c.updated)
			}
			s.reverse(done.ID)
			s.is(g.ID, boon.StateReversed, 0)
			s.stands("all", accounts{"available": 1_000_000, "promo_expense": c.discount, "reversal": -c.discount})

			second := s.give("PERCENT", 2)
			paid := order("o2", mugs, cup)
			paid.Coupons, paid.Discount = []string{second.Code}, c.said
			if all := s.arrives(paid, 2).Redemptions; len(all) != 1 || all[0].Discount != c.said || all[0].Lines[0].Minor != c.saidMugs {
				t.Errorf("the paid order booked %+v", all)
			}
			s.mustRedeem(redeem.Request{Code: "POINTS", Owners: []boon.Identifier{conformance.Shopper(3)}, Cart: order("o3", cup)})
			s.stands("all", accounts{"available": 1_000_000 - c.said - c.points, "promo_expense": c.discount + c.said, "reversal": -c.discount, "liability": c.points})
		})
	}
}
