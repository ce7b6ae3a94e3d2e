package redeem_test

import (
	"fmt"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// guarded is a shop with one rule.
func guarded(t *testing.T, rule boon.StopLoss) *shop {
	s := newShop(t)
	s.release.Bundle.StopLosses = []boon.StopLoss{rule}
	s.terms.Publish(s.release)
	return s
}

func tooDeep(atLeast int64) boon.StopLoss {
	return boon.StopLoss{ID: "deep", Covers: boon.Covers{Kind: "offer"}, Action: "pause",
		When: boon.Threshold{Figure: boon.FigureDiscountRate, Above: boon.Unit / 4, Over: time.Hour, AtLeast: atLeast}}
}

// buy redeems a public code for the n-th shopper.
func (s *shop) buy(code string, n int) error {
	_, err := s.redeem(s.request(code, n, fmt.Sprintf("o%d", n), 2_000))
	return err
}

func (s *shop) paused() (all []boon.Pause) {
	s.Helper()
	if err := s.book.View(s.Context(), func(tx redeem.Tx) (err error) { all, err = redeem.Halts(tx); return err }); err != nil {
		s.Fatal(err)
	}
	return all
}

func (s *shop) resume(h boon.Halt) {
	s.Helper()
	if err := s.in(func(tx redeem.Tx) error { return s.desk.Resume(tx, h, "ada", "repriced", s.now) }); err != nil {
		s.Fatal(err)
	}
}

func TestTheRedemptionThatBreaksARulePauses(t *testing.T) {
	s := guarded(t, tooDeep(5)) // 33% off
	held := s.give("uneven", 50)
	for n := 1; n <= 5; n++ {
		if err := s.buy("UNEVEN", n); err != nil {
			t.Fatalf("redemption %d: %v", n, err)
		}
	}
	s.refuses(s.buy("UNEVEN", 6), boon.ReasonPaused)
	p := s.paused()
	if len(p) != 1 || p[0].ID != "uneven" || p[0].By != "rule:deep" || p[0].Figures["value"] != "0.33" || p[0].Figures["redemptions"] != "5" {
		t.Fatalf("paused: %+v", p)
	}
	s.mustRedeem(s.request(held.Code, 50, "o50", 2_000)) // what was promised is kept
	s.mustRedeem(s.request("WELCOME10", 7, "o7", 2_000)) // and the other offer runs
	acts, _ := s.book.Acts(t.Context())
	if len(acts) != 1 || acts[0].Action != "paused" || acts[0].Subject != "Offer/uneven" {
		t.Fatalf("audit: %+v", acts)
	}

	s.resume(p[0].Halt) // figures begin anew: five more until it holds again
	for n := 11; n <= 15; n++ {
		if err := s.buy("UNEVEN", n); err != nil {
			t.Fatalf("redemption %d after resuming: %v", n, err)
		}
	}
	s.refuses(s.buy("UNEVEN", 16), boon.ReasonPaused)
}

func TestAPauseMayRefuseWhatWasPromised(t *testing.T) {
	rule := tooDeep(2)
	rule.Refuse = true
	s := guarded(t, rule)
	held := s.give("uneven", 50)
	reserved, err := s.teller.Reserve(t.Context(), redeem.Once{}, s.request(s.give("uneven", 51).Code, 51, "o51", 2_000), s.now)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = s.buy("UNEVEN", 1), s.buy("UNEVEN", 2)
	_, err = s.redeem(s.request(held.Code, 50, "o50", 2_000))
	s.refuses(err, boon.ReasonPaused)
	_, err = s.redeem(redeem.Request{Reservation: reserved.ID})
	s.refuses(err, boon.ReasonPaused)
	if err := s.in(func(tx redeem.Tx) error { // money that has moved is never refused
		done, err := s.desk.Settle(tx, []boon.Identifier{conformance.Shopper(50)}, withCoupon(held.Code), s.now)
		if len(done.Redemptions) != 1 {
			t.Errorf("the paid order settled as %+v", done)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func withCoupon(code string) boon.Order {
	o := conformance.Basket("paid", 2_000)
	o.Coupons = []string{code}
	return o
}

func TestFiguresForgetWhatIsOlderThanTheWindow(t *testing.T) {
	s := guarded(t, tooDeep(3))
	for n := 1; n <= 12; n++ { // never three within an hour
		if err := s.buy("UNEVEN", n); err != nil {
			t.Fatalf("redemption %d: %v", n, err)
		}
		s.now = s.now.Add(35 * time.Minute)
	}
	if p := s.paused(); len(p) > 0 {
		t.Fatalf("paused: %+v", p)
	}
}

func TestEachFigureHolds(t *testing.T) {
	for _, c := range []struct {
		figure boon.Figure
		above  boon.Micros
		kind   string
		takes  int // redemptions at $6.60 off $20
	}{
		{boon.FigureDiscountRate, boon.Unit * 32 / 100, "offer", 1},
		{boon.FigureDiscountRate, boon.Unit * 33 / 100, "offer", 0}, // at the bound it does not hold
		{boon.FigureSpend, 20 * boon.Unit, "shop", 4},
		{boon.FigureRedemptions, 3 * boon.Unit, "shop", 4},
	} {
		t.Run(fmt.Sprintf("%s above %s", c.figure, c.above), func(t *testing.T) {
			s := guarded(t, boon.StopLoss{ID: "r", Covers: boon.Covers{Kind: c.kind}, Action: "pause",
				When: boon.Threshold{Figure: c.figure, Above: c.above, Over: time.Hour, AtLeast: 1}})
			took := 0
			for n := 1; n <= 6 && took == 0; n++ {
				if err := s.buy("UNEVEN", n); err != nil {
					t.Fatal(err)
				}
				if len(s.paused()) > 0 {
					took = n
				}
			}
			if took != c.takes {
				t.Errorf("it took %d redemptions, want %d", took, c.takes)
			}
		})
	}
}

func TestReturnsSoonAfterRedemptionPause(t *testing.T) {
	s := guarded(t, boon.StopLoss{ID: "r", Covers: boon.Covers{Kind: "offer", IDs: []string{"uneven"}}, Action: "pause",
		When: boon.Threshold{Figure: boon.FigureReturnsRate, Above: boon.Unit * 4 / 10, Over: time.Hour, AtLeast: 3}})
	var done []redeem.Redeemed
	for n := 1; n <= 3; n++ {
		done = append(done, s.mustRedeem(s.request("UNEVEN", n, fmt.Sprintf("o%d", n), 2_000)))
	}
	for i, r := range done[:2] {
		if len(s.paused()) > 0 {
			t.Fatalf("paused after %d returns", i)
		}
		if _, err := s.teller.Reverse(t.Context(), redeem.Once{}, r.ID, redeem.ReversalBody{Reason: "returned"}, s.now); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.paused()) != 1 {
		t.Error("two of three came back, and the offer runs on")
	}
}

// Two codes on one order count its merchandise once.
func TestAnOrderWithTwoCodesCountsOnce(t *testing.T) {
	rule := tooDeep(1)
	rule.Covers.Kind = "shop"
	rule.When.Above = boon.Unit * 4 / 10
	s := guarded(t, rule)
	five, thrice := s.give("five", 1), s.give("five", 2)
	s.mustRedeem(s.request(five.Code, 1, "o1", 2_000))
	if len(s.paused()) > 0 {
		t.Fatal("25% is not above 40%")
	}
	s.mustRedeem(s.request(thrice.Code, 2, "o1", 2_000)) // 10 of 20 dollars
	if len(s.paused()) != 1 {
		t.Error("50% of an order is above 40%")
	}
}
