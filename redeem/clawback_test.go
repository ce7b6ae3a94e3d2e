package redeem_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// claws is a shop whose code P10 (10%) comes before F5 (5.00 from 45.00, clawback) in a group whose minimum is held against what is asked.
func claws(t *testing.T, minimum string) *shop {
	s := newShop(t)
	s.release.Bundle.StackingGroups = []boon.StackingGroup{{ID: "sale", Mode: boon.StackAll, Per: boon.PerOrder, Price: boon.OnRemaining, Minimum: minimum}}
	five := off("F5", 5, "sale", "combine")
	five.Reward.Type, five.Minimum, five.Clawback, five.Stacking.Priority = boon.RewardFixed, 4_500, true, 1
	s.sells(off("P10", 10, "sale", "combine"), five)
	return s
}

// twoLines is an order of 46.00 and 10.00.
func twoLines(coupons ...string) boon.Order {
	return boon.Order{ID: "o1", Currency: "USD", Coupons: coupons, Lines: []boon.Line{
		{ID: "l1", SKU: "A1", Quantity: 1, Price: 46 * boon.Unit}, {ID: "l2", SKU: "B2", Quantity: 1, Price: 10 * boon.Unit}}}
}

// A return is held to the minimum as the code was: of 46.00 that stay P10 leaves 41.40, which is less than the 45.00 that F5 needs. A paid order that
// gave F5 on less than that is held to what its lines came to.
func TestClawbackGoesByWhatTheMinimumWasAskedOf(t *testing.T) {
	request := func(codes ...string) redeem.Request {
		r := redeem.Request{Owners: []boon.Identifier{conformance.Shopper(1)}, Cart: twoLines(), Codes: codes}
		if len(codes) == 1 {
			r.Code, r.Codes = codes[0], nil
		}
		return r
	}
	told := twoLines("P10", "F5")
	told.Lines[0].Coupon, told.Lines[1].Coupon = 870, 190
	ways := map[string]func(*shop){
		"together":   func(s *shop) { s.mustRedeem(request("F5", "P10")) },
		"one by one": func(s *shop) { s.mustRedeem(request("P10")); s.mustRedeem(request("F5")) },
		"reserved": func(s *shop) {
			held, err := s.teller.Reserve(t.Context(), redeem.Once{}, request("P10", "F5"), s.now)
			if err != nil {
				t.Fatal(err)
			}
			s.mustRedeem(redeem.Request{Held: []string{held.Codes[0].ID, held.Codes[1].ID}})
		},
		"paid":      func(s *shop) { s.arrives(twoLines("F5", "P10"), 1) },
		"paid told": func(s *shop) { s.arrives(told, 1) },
	}
	for name, way := range ways {
		for minimum, want := range map[string]int64{boon.MinimumAfter: 500, boon.MinimumBefore: 89} {
			t.Run(fmt.Sprint(name, " ", minimum), func(t *testing.T) {
				s := claws(t, minimum)
				way(s)
				if got := s.clawed("F5"); got != want {
					t.Errorf("F5 gave back %d, want %d", got, want)
				}
			})
		}
	}
}

// clawed returns the second line of every redemption of o1, and tells what one offer gave back.
func (s *shop) clawed(offer string) (back int64) {
	s.Helper()
	for _, r := range s.redemptions("o1") {
		if v := s.reverse(r.ID, redeem.LineReturn{ID: "l2"}); r.Offer == offer {
			back = v.Amount.Minor
		}
	}
	return back
}

// A paid order that took more off than the codes would, so that less than its minimum was left to F5, keeps F5 while its lines came to the minimum.
func TestAPaidOrderIsNotClawedForWhatItGave(t *testing.T) {
	s := claws(t, boon.MinimumAfter)
	order := twoLines("P10", "F5")
	order.Lines[0].Coupon, order.Lines[1].Coupon = 2_500, 189
	s.arrives(order, 1)
	if got := s.clawed("F5"); got != 89 {
		t.Errorf("F5 gave back %d, want its 0.89 of the line", got)
	}
}

// An update that changes nothing leaves returns to be held to the same.
func TestAnUpdatedOrderIsClawedByWhatIsLeft(t *testing.T) {
	s := claws(t, boon.MinimumAfter)
	for _, code := range []string{"P10", "F5"} {
		s.mustRedeem(redeem.Request{Code: code, Owners: []boon.Identifier{conformance.Shopper(1)}, Cart: twoLines()})
		s.now = s.now.Add(time.Second)
	}
	s.amend("e1", boon.OrderUpdated, twoLines(), 1)
	if got := s.clawed("F5"); got != 500 {
		t.Errorf("F5 gave back %d, want 5.00", got)
	}
}

// Where each line has one offer, all are asked of the same: HALF on shoes takes nothing from what ALL counts.
func TestClawbackWhereEachLineHasOneOffer(t *testing.T) {
	s := newShop(t)
	s.release.Bundle.StackingGroups = []boon.StackingGroup{{ID: "sale", Mode: boon.StackHighest, Per: boon.PerLine, Price: boon.OnRemaining, Minimum: boon.MinimumAfter}}
	half, all := off("HALF", 50, "sale", "combine"), off("ALL", 10, "sale", "combine")
	half.Scope, all.Minimum, all.Clawback, all.Stacking.Priority = boon.Scope{Kind: "sku", SKUs: []string{"B2"}}, 5_200, true, 1
	s.sells(half, all)
	cart := twoLines()
	cart.Lines = append(cart.Lines, boon.Line{ID: "l3", SKU: "C3", Quantity: 1, Price: 2 * boon.Unit})
	s.mustRedeem(redeem.Request{Codes: []string{"HALF", "ALL"}, Owners: []boon.Identifier{conformance.Shopper(1)}, Cart: cart})
	for _, r := range s.redemptions("o1") {
		if r.Offer != "ALL" {
			continue
		}
		if v := s.reverse(r.ID, redeem.LineReturn{ID: "l3"}); v.Amount.Minor != 20 {
			t.Errorf("56.00 stay of 52.00 needed, yet %+v", v)
		}
	}
}

// Points from 45.00 do not stay with an update that leaves 46.00, of which P10 leaves 41.40.
func TestPointsGoByWhatAnUpdateLeaves(t *testing.T) {
	for minimum, want := range map[string]int{boon.MinimumAfter: 1, boon.MinimumBefore: 0} {
		s := claws(t, minimum)
		points := &s.release.Bundle.Offers[1]
		points.Reward.Type, points.Clawback = boon.RewardPoints, false
		s.terms.Publish(s.release)
		for _, code := range []string{"P10", "F5"} {
			s.mustRedeem(redeem.Request{Code: code, Owners: []boon.Identifier{conformance.Shopper(1)}, Cart: twoLines()})
			s.now = s.now.Add(time.Second)
		}
		less := twoLines()
		less.Lines = less.Lines[:1]
		back := s.amend("e1", boon.OrderUpdated, less, 1)
		back = slices.DeleteFunc(back, func(v boon.Reversal) bool { return v.Amount > 0 })
		if len(back) != want {
			t.Errorf("minimum %s: took back %+v", minimum, back)
		}
	}
}
