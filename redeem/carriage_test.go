package redeem_test

import (
	"testing"

	"boon"
)

// charged is a paid order of 60.00 and 30.00 that is charged so much for shipping.
func charged(o boon.Order, shipping int64) boon.Order {
	o.Shipping = shipping
	return o
}

// What an order says in all of a code that frees shipping lies on shipping, and comes back as that.
func TestAStatedDiscountOfFreeShippingIsOnShipping(t *testing.T) {
	for name, c := range map[string]struct {
		order  boon.Order
		want   string
		update boon.Order
		back   int64
	}{
		"as charged":                {charged(paidWith("SHIP", 490), 490), "SHIP = 490", charged(paidWith("SHIP", 490), 490), 0},
		"less than charged":         {charged(paidWith("SHIP", 300), 490), "SHIP = 300", charged(paidWith("SHIP", 200), 490), 100},
		"more than charged":         {charged(paidWith("SHIP", 900), 490), "SHIP = 490", charged(paidWith("", 0), 490), 0},
		"no charge said":            {charged(paidWith("SHIP", 490), 0), "SHIP = 490", charged(paidWith("SHIP", 490), 0), 0},
		"no charge, over the goods": {charged(paidWith("SHIP", 14_000), 0), "SHIP = 9000", charged(paidWith("SHIP", 14_000), 0), 0},
		"by line":                   {charged(paidWith("SHIP", 0, 100, 200), 490), "SHIP = 490", charged(paidWith("SHIP", 0, 100), 400), 90},
		"in all and by line":        {charged(paidWith("SHIP", 450, 100, 200), 490), "SHIP = 450", charged(topsOnly(paidWith("SHIP", 450)), 490), 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.sellsStated()
			done := s.arrives(c.order, 1).Redemptions
			if got := took(done); got != c.want || len(done[0].Lines) != 0 {
				t.Errorf("booked %s, want %s", got, c.want)
			}
			var back int64
			for _, v := range s.amend("e1", boon.OrderUpdated, c.update, 1) {
				back += v.Amount
			}
			if back != c.back {
				t.Errorf("came back %d, want %d", back, c.back)
			}
		})
	}
}

// Of a bundle a paid order is bound by the units in complete sets: of five cups at 5.00 and a pot at 9.00 that is one of each, 14.00.
func TestAStatedDiscountOfABundleIsWithinItsSets(t *testing.T) {
	set := off("SET", 10, "", "combine")
	set.Scope = boon.Scope{Kind: "bundle", SKUs: []string{"cup", "pot"}}
	cups, pot := boon.Line{ID: "l1", SKU: "cup", Quantity: 5, Price: 5 * boon.Unit}, boon.Line{ID: "l2", SKU: "pot", Quantity: 1, Price: 9 * boon.Unit}
	for _, c := range []struct {
		lines []boon.Line
		says  int64
		want  string
	}{
		{[]boon.Line{cups, pot}, 700, "SET l1:250 l2:450 = 700"},
		{[]boon.Line{cups, pot}, 2_000, "SET l1:500 l2:900 = 1400"},
		{[]boon.Line{cups}, 500, "SET = 0"},
	} {
		s := newShop(t)
		s.sells(set)
		done := s.arrives(boon.Order{ID: "o1", Currency: "USD", Coupons: []string{"SET"}, Discount: c.says, Lines: c.lines}, 1)
		if got := took(done.Redemptions); got != c.want {
			t.Errorf("of %d said: booked %s, want %s", c.says, got, c.want)
		}
	}
}
