package redeem_test

import (
	"fmt"
	"testing"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// An update that repeats its order takes nothing back, though all of it was redeemed at one instant: each code is asked again in the turn in which it was
// booked. Of 56.00 F5 takes 5.00 and P10 5.60, or 5.10 where F5 came first.
func TestCodesOfOneInstantKeepTheirTurn(t *testing.T) {
	calls := func(sets ...[]string) func(*shop, boon.Order, int) {
		return func(s *shop, order boon.Order, who int) {
			for _, codes := range sets {
				s.mustRedeem(redeem.Request{Codes: codes, Owners: []boon.Identifier{conformance.Shopper(who)}, Cart: order})
			}
		}
	}
	pays := func(codes ...string) func(*shop, boon.Order, int) {
		return func(s *shop, order boon.Order, who int) {
			order.Coupons = codes
			s.arrives(order, who)
		}
	}
	for _, c := range []struct {
		name string
		way  func(*shop, boon.Order, int)
		p10  int64
	}{
		{"one after the other", calls([]string{"P10"}, []string{"F5"}), 560},
		{"one after the other, the other first", calls([]string{"F5"}, []string{"P10"}), 510},
		{"in one call", calls([]string{"F5", "P10"}), 560},
		{"paid", pays("F5", "P10"), 560},
		{"reserved, redeemed the other way round", func(s *shop, order boon.Order, who int) {
			owners := []boon.Identifier{conformance.Shopper(who)}
			held, err := s.teller.Reserve(s.Context(), redeem.Once{}, redeem.Request{Codes: []string{"F5", "P10"}, Owners: owners, Cart: order}, s.now)
			if err != nil {
				t.Fatal(err)
			}
			done := s.mustRedeem(redeem.Request{Held: []string{held.Codes[0].ID, held.Codes[1].ID}, Owners: owners, Cart: order})
			if done.Codes[0].ID == "" || done.Codes[0].Discount.Minor != 500 || done.Discount != held.Discount {
				t.Errorf("reserved %+v, redeemed %+v", held, done)
			}
		}, 560},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := claws(t, boon.MinimumAfter)
			for n := range 8 {
				order := twoLines()
				order.ID = fmt.Sprint("o", n)
				c.way(s, order, n)
				for _, r := range s.redemptions(order.ID) {
					if r.Offer == "P10" && r.Discount != c.p10 {
						t.Fatalf("order %d: P10 took %d, want %d", n, r.Discount, c.p10)
					}
				}
				if back := s.amend(order.ID, boon.OrderUpdated, order, n); len(back) != 0 {
					t.Errorf("order %d: the same order gave back %+v", n, back)
				}
			}
		})
	}
}
