package redeem_test

import (
	"fmt"
	"testing"
	"time"

	"boon"
	"boon/redeem"
)

func (s *shop) draw(id string, points int64) (redeem.Drawn, error) {
	return s.teller.Draw(s.Context(), redeem.Once{}, id, redeem.DrawBody{Points: points, Reason: "purchase"}, s.now)
}

func (s *shop) sweep() {
	s.Helper()
	if _, err := s.teller.Sweep(s.Context(), s.now); err != nil {
		s.Fatal(err)
	}
}

// 300 points worth 3.00, a quarter of it a vendor's: a liability when they are credited, an expense as they are spent, breakage when they lapse.
func TestPointsAreDrawnAndLapse(t *testing.T) {
	s := newShop(t)
	asked, err := s.teller.Validate(t.Context(), s.request("LAPSING", 1, "o1", 2_000), s.now)
	r := s.mustRedeem(s.request("LAPSING", 1, "o1", 2_000))
	if err != nil || asked.Points != 300 || r.Points != 300 {
		t.Errorf("validated %+v %v, redeemed %+v: want 300 points of each", asked, err, r)
	}
	s.stands("spring", accounts{"available": 7_550, "committed": 225, "liability": 225, "vendor_funding": -75, "vendor_receivable": 75})
	for _, c := range []struct{ points, left, spent int64 }{{100, 200, 75}, {1, 199, 76}, {1, 198, 76}} {
		d, err := s.draw(r.ID, c.points)
		if err != nil || d.Left != c.left || s.standing("spring")["promo_expense"] != c.spent {
			t.Errorf("drew %d: %+v %v, spent %d, want %+v", c.points, d, err, s.standing("spring")["promo_expense"], c)
		}
	}
	_, err = s.draw(r.ID, 199)
	s.refuses(err, boon.ReasonNotApplicable)
	_, err = s.draw(r.ID, 0)
	s.refuses(err, boon.ReasonInvalidRequest)
	_, err = s.draw("rdm_none", 1)
	s.refuses(err, boon.ReasonNotFound)
	_, err = s.draw(s.mustRedeem(s.request("UNEVEN", 1, "o9", 100)).ID, 1)
	s.refuses(err, boon.ReasonNotApplicable)

	s.now = s.now.Add(5 * 24 * time.Hour)
	_, err = s.draw(r.ID, 1) // no sweep has come by yet
	s.refuses(err, boon.ReasonExpired)
	for range 2 {
		s.sweep()
		if got := s.standing("spring"); got["liability"] != 0 || got["breakage"] != 149 || got["promo_expense"] != 76 {
			t.Errorf("lapsed: %v", got)
		}
	}
	if v := s.reverse(r.ID); v.Amount.Minor != 0 || s.standing("spring")["breakage"] != 149 {
		t.Errorf("a return of what lapsed: %+v", v)
	}
}

// A return takes back the points that are left; what was spent stays an expense, and nothing is owed after it.
func TestPointsComeBackAsFarAsTheyAreLeft(t *testing.T) {
	s := newShop(t)
	r := s.mustRedeem(s.request("LAPSING", 1, "o1", 2_000))
	if _, err := s.draw(r.ID, 100); err != nil {
		t.Fatal(err)
	}
	s.reverse(r.ID)
	if got := s.standing("spring"); got["liability"] != 0 || got["promo_expense"] != 75 || got["vendor_receivable"] != 25 {
		t.Errorf("after the return: %v", got)
	}
	_, err := s.draw(r.ID, 1)
	s.refuses(err, boon.ReasonNotApplicable)
	s.now = s.now.Add(9 * 24 * time.Hour)
	s.sweep()
	if got := s.standing("spring"); got["breakage"] != 0 {
		t.Errorf("what came back lapsed as well: %v", got)
	}
}

// Points belong to no line: they come back with the order's last, however many returns that takes.
func TestPointsComeBackWithTheLastLine(t *testing.T) {
	for name, sets := range map[string][][]int{"together": {{0, 1}}, "one by one": {{0}, {1}}, "after an update": {{1}}} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			request := s.request("LAPSING", 1, "o1", 2_000)
			if len(request.Cart.Lines) != 2 {
				t.Fatalf("an order of two lines: %+v", request.Cart.Lines)
			}
			s.mustRedeem(request)
			if name == "after an update" {
				left := request.Cart
				left.Lines = left.Lines[1:]
				s.amend("less", boon.OrderUpdated, left, 0)
			}
			for i, set := range sets {
				if got := s.standing("spring"); got["liability"] != 225 {
					t.Errorf("while a line stays: %v", got)
				}
				back := boon.Order{ID: "o1", Currency: "USD"}
				for _, n := range set {
					back.Lines = append(back.Lines, request.Cart.Lines[n])
				}
				s.amend(fmt.Sprint("e", i), boon.OrderRefunded, back, 1)
			}
			if got := s.standing("spring"); got["liability"] != 0 {
				t.Errorf("every line came back: %v", got)
			}
		})
	}
}

// An unredeemed coupon is no income: whatever expires goes back to available, and breakage stays at nothing.
func TestACouponNeverBreaks(t *testing.T) {
	s := newShop(t)
	for n, offer := range []string{"welcome", "thrice", "shipping", "threshold", "shoes", "maybe", "pool", "points", "lapsing"} {
		s.give(offer, n)
	}
	before := len(s.entriesBy("issue"))
	s.now = s.now.Add(60 * 24 * time.Hour)
	s.sweep()
	if got := len(s.entriesBy("expire")); got != before || len(s.entriesBy("break")) > 0 {
		t.Errorf("%d of %d expired, %d broke", got, before, len(s.entriesBy("break")))
	}
	s.stands("welcome", accounts{"available": 100_000})
}

func (s *shop) entriesBy(transition string) (all []boon.Entry) {
	s.Helper()
	entries, err := s.book.Journal(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	for _, e := range entries {
		if e.Transition == transition {
			all = append(all, e)
		}
	}
	return all
}

// The part of a discount that a vendor pays is in the journal beside the budget's, and goes back with it.
func TestVendorShare(t *testing.T) {
	s := newShop(t)
	r := s.mustRedeem(s.request("SHOES", 1, "o1", 3_001)) // 30% of 10.00, half of it the vendor's
	s.stands("spring", accounts{"available": 7_850, "promo_expense": 150, "vendor_funding": -150, "vendor_receivable": 150})
	s.reverse(r.ID)
	got := s.standing("spring")
	if got["vendor_funding"] != 0 || got["vendor_receivable"] != 0 || got["promo_expense"]+got["reversal"] != 0 {
		t.Errorf("after the return: %v", got)
	}
}

// Where prices include VAT, a discount lowers the tax too: it costs the budget what is left of it without.
func TestCostIsNetOfTax(t *testing.T) {
	for include, want := range map[string]int64{"none": 330, "vat": 275} {
		s := newShop(t)
		s.release.Bundle.Shop.PricesInclude = include
		r := s.request("UNEVEN", 1, "o1", 1_000)
		for i, l := range r.Cart.Lines {
			r.Cart.Lines[i].Tax = l.Amount("USD") / 6 // 20% on top
		}
		if done := s.mustRedeem(r); done.Discount.Minor != 330 {
			t.Errorf("%s: the shopper gets %s, want 3.30", include, done.Discount)
		}
		if got := s.standing("welcome")["promo_expense"]; got != want {
			t.Errorf("%s: it costs %d, want %d", include, got, want)
		}
	}
}
