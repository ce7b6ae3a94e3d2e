package redeem_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// The life of WELCOME10: a public code that makes its grant when it is redeemed.
func TestPublicCode(t *testing.T) {
	s := newShop(t)
	r := s.request("welcome10 ", 1, "o1", 6_000)
	v, err := s.teller.Validate(t.Context(), r, s.now)
	if err != nil || !v.Valid || v.Discount.Minor != 600 || len(v.Lines) != 2 || v.Lines[0].Discount != "4.00" {
		t.Fatalf("validation: %+v %v", v, err)
	}
	s.stands("welcome", accounts{})
	done := s.mustRedeem(r)
	if done.Discount.Minor != 600 || done.GrantID != v.GrantID {
		t.Errorf("redeemed %+v, validated %+v", done, v)
	}
	s.stands("welcome", accounts{"available": 99_400, "promo_expense": 600})
	_, err = s.redeem(r)
	s.refuses(err, boon.ReasonAlreadyRedeemed)
	_, err = s.redeem(s.request("WELCOME10", 1, "o2", 6_000))
	s.refuses(err, boon.ReasonAlreadyRedeemed)
	if v, err = s.teller.Validate(t.Context(), s.request("WELCOME10", 1, "o2", 6_000), s.now); v.Valid || v.Reason != boon.ReasonAlreadyRedeemed || err != nil {
		t.Errorf("validation of a used code: %+v %v", v, err)
	}
}

// refusals has one small story for each reason of the money path.
var refusals = []struct {
	want boon.Reason
	try  func(*shop) error
}{
	{boon.ReasonUnknownCode, func(s *shop) error { _, err := s.redeem(s.request("NOPE", 1, "o1", 100)); return err }},
	{boon.ReasonWrongProfile, func(s *shop) error {
		_, err := s.redeem(s.request(s.give("five", 1).Code, 2, "o1", 9_000))
		return err
	}},
	{boon.ReasonExpired, func(s *shop) error {
		g := s.give("five", 1)
		s.now = g.ExpiresAt
		_, err := s.redeem(s.request(g.Code, 1, "o1", 9_000))
		return err
	}},
	{boon.ReasonRevoked, func(s *shop) error {
		g := s.give("five", 1)
		if _, err := s.teller.Revoke(s.Context(), redeem.Once{}, g.ID, s.now); err != nil {
			return err
		}
		_, err := s.redeem(s.request(g.Code, 1, "o1", 9_000))
		return err
	}},
	{boon.ReasonStacking, func(s *shop) error {
		r := s.request("WELCOME10", 1, "o1", 9_000)
		r.Cart.Lines[0].Discounts = []string{"summer sale"}
		_, err := s.redeem(r)
		return err
	}},
	{boon.ReasonStacking, func(s *shop) error {
		s.mustRedeem(s.request("UNEVEN", 1, "o1", 9_000))
		_, err := s.redeem(s.request(s.give("thrice", 1).Code, 1, "o1", 9_000))
		return err
	}},
	{boon.ReasonNotApplicable, func(s *shop) error {
		r := s.request("WELCOME10", 1, "o1", 9_000)
		r.Cart.Lines = nil
		_, err := s.redeem(r)
		return err
	}},
	{boon.ReasonNotApplicable, func(s *shop) error {
		r := s.request("WELCOME10", 1, "o1", 9_000)
		r.Cart.Currency = "EUR"
		_, err := s.redeem(r)
		return err
	}},
	{boon.ReasonPaused, func(s *shop) error {
		s.release.Bundle.Offers[0].Paused = true
		s.terms.Publish(s.release)
		_, err := s.redeem(s.request("WELCOME10", 1, "o1", 9_000))
		return err
	}},
	{boon.ReasonNotEligible, func(s *shop) error {
		s.desk.Eligible = func(boon.Offer, []boon.Identifier, boon.Order, time.Time) error {
			return boon.Refuse(boon.ReasonNotEligible, "first order only")
		}
		_, err := s.redeem(s.request("WELCOME10", 1, "o1", 9_000))
		return err
	}},
	{boon.ReasonNotFound, func(s *shop) error {
		_, err := s.redeem(redeem.Request{Reservation: "rsv_none"})
		return err
	}},
	{boon.ReasonNotFound, func(s *shop) error { return s.teller.Release(s.Context(), redeem.Once{}, "rsv_none", s.now) }},
	{boon.ReasonReservationGone, func(s *shop) error {
		held, err := s.teller.Reserve(s.Context(), redeem.Once{}, s.request(s.give("five", 1).Code, 1, "o1", 9_000), s.now)
		if err != nil {
			return err
		}
		s.now = held.ExpiresAt
		_, err = s.redeem(redeem.Request{Reservation: held.ID})
		return err
	}},
	{boon.ReasonInvalidRequest, func(s *shop) error { _, err := s.redeem(s.request("WELCOME10", 1, "", 100)); return err }},
	{boon.ReasonCapTotal, func(s *shop) error {
		for n := range 5 {
			s.give("thrice", n)
		}
		_, err := s.tryGive("thrice", 9)
		return err
	}},
	{boon.ReasonCapTotal, func(s *shop) error {
		if a, b := s.give("pool", 1), s.give("pool", 2); a.Code != "POOLA" || b.Code != "POOLB" {
			s.Errorf("codes %s, %s", a.Code, b.Code)
		}
		_, err := s.tryGive("pool", 3)
		return err
	}},
	{boon.ReasonCapProfile, func(s *shop) error { s.give("welcome", 1); _, err := s.tryGive("welcome", 1); return err }},
	{boon.ReasonFrequency, func(s *shop) error {
		s.give("five", 1)
		s.give("five", 1)
		_, err := s.tryGive("five", 1)
		return err
	}},
	{boon.ReasonBudgetExhausted, func(s *shop) error {
		for n := range 10 {
			s.give("five", n)
		}
		_, err := s.tryGive("five", 11)
		return err
	}},
}

func TestRefusals(t *testing.T) {
	for _, c := range refusals {
		t.Run(string(c.want), func(t *testing.T) {
			s := newShop(t)
			s.refuses(c.try(s), c.want)
		})
	}
}

// A checkout holds a grant, lets go of it, holds it again and pays; the hold outlives the grant's own time.
func TestReservation(t *testing.T) {
	s := newShop(t)
	g := s.give("five", 1)
	r := s.request(g.Code, 1, "", 9_000)
	r.OrderID = "o1"
	held, err := s.teller.Reserve(t.Context(), redeem.Once{}, r, s.now)
	if err != nil {
		t.Fatal(err)
	}
	s.stands("daily", accounts{"available": 4_500, "reserved": 500})
	other := s.request(g.Code, 1, "o2", 9_000)
	_, err = s.redeem(other)
	s.refuses(err, boon.ReasonAlreadyRedeemed)
	for _, order := range []string{"o2", ""} {
		_, err = s.teller.Reserve(t.Context(), redeem.Once{}, s.request(g.Code, 1, order, 9_000), s.now)
		if s.refuses(err, boon.ReasonAlreadyRedeemed); !strings.Contains(fmt.Sprint(err), "held by another checkout") {
			t.Errorf("reserving what order o1 holds, for %q: %v", order, err)
		}
	}
	if err := s.teller.Release(t.Context(), redeem.Once{}, held.ID, s.now); err != nil {
		t.Fatal(err)
	}
	s.stands("daily", accounts{"available": 4_500, "committed": 500})
	err = s.teller.Release(t.Context(), redeem.Once{}, held.ID, s.now)
	if s.refuses(err, boon.ReasonReservationGone); !strings.Contains(err.Error(), "was released or timed out") {
		t.Errorf("released twice: %v", err)
	}
	s.now = g.ExpiresAt.Add(-time.Minute)
	if held, err = s.teller.Reserve(t.Context(), redeem.Once{}, r, s.now); err != nil {
		t.Fatal(err)
	}
	s.now = g.ExpiresAt.Add(time.Minute)
	if _, err := s.teller.Sweep(t.Context(), s.now); err != nil {
		t.Fatal(err)
	}
	foreign := s.request("", 1, "o1", 9_000).Cart
	foreign.Currency = "EUR"
	_, err = s.redeem(redeem.Request{Reservation: held.ID, Cart: foreign})
	s.refuses(err, boon.ReasonNotApplicable)
	done, err := s.redeem(redeem.Request{Reservation: held.ID})
	if err != nil || done.Discount.Minor != 500 {
		t.Errorf("redeeming the hold: %+v %v", done, err)
	}
	_, err = s.redeem(redeem.Request{Reservation: held.ID})
	if s.refuses(err, boon.ReasonReservationGone); !strings.Contains(err.Error(), "its grant was used by order o1") {
		t.Errorf("redeemed twice: %v", err)
	}
}

func TestSweepTimesOutThenExpires(t *testing.T) {
	s := newShop(t)
	g := s.give("five", 1)
	s.give("thrice", 2)
	if _, err := s.teller.Reserve(t.Context(), redeem.Once{}, s.request(g.Code, 1, "o1", 9_000), s.now); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		ends  int
		state boon.GrantState
	}{{14 * time.Minute, 0, boon.StateReserved}, {15 * time.Minute, 1, boon.StateIssued}, {47 * time.Hour, 0, boon.StateIssued}, {48 * time.Hour, 1, boon.StateExpired}} {
		n, err := s.teller.Sweep(t.Context(), conformance.Monday.Add(step.after))
		if got := s.grant(g.ID).State; n != step.ends || err != nil || got != step.state {
			t.Errorf("after %s: %d ended, %s, %v; want %d, %s", step.after, n, got, err, step.ends, step.state)
		}
	}
}

// 33% of 10.00 over two lines is 2.20 and 1.10. Coming back line by line, the parts add up to the whole.
func TestReversalByLine(t *testing.T) {
	s := newShop(t)
	done := s.mustRedeem(s.request("UNEVEN", 1, "o1", 1_000))
	var sum int64
	for _, line := range []string{"l1", "l2"} {
		v, err := s.teller.Reverse(t.Context(), redeem.Once{}, done.ID, redeem.ReversalBody{Reason: "return", Lines: []redeem.LineReturn{{ID: line, Quantity: new(int64(1))}}}, s.now)
		if err != nil {
			t.Fatal(err)
		}
		sum += v.Amount.Minor
	}
	if sum != done.Discount.Minor || s.grant(done.GrantID).State != boon.StateReversed {
		t.Errorf("reversed %d of %d, grant %s", sum, done.Discount.Minor, s.grant(done.GrantID).State)
	}
	s.stands("welcome", accounts{"available": 100_000, "promo_expense": sum, "reversal": -sum})
	_, err := s.teller.Reverse(t.Context(), redeem.Once{}, done.ID, redeem.ReversalBody{Reason: "return"}, s.now)
	s.refuses(err, boon.ReasonNotApplicable)
}

func TestThreeUses(t *testing.T) {
	s := newShop(t)
	g := s.give("thrice", 1)
	s.stands("welcome", accounts{"available": 99_001, "committed": 999})
	for n, left := range []int64{2, 1, 0} {
		s.mustRedeem(s.request(g.Code, 1, fmt.Sprint("o", n), 1_000))
		if got := s.grant(g.ID); got.Uses != left || got.Committed != 333*left {
			t.Errorf("after use %d: %d uses hold %d", n+1, got.Uses, got.Committed)
		}
	}
	_, err := s.redeem(s.request(g.Code, 1, "o4", 1_000))
	s.refuses(err, boon.ReasonAlreadyRedeemed)
	s.stands("welcome", accounts{"available": 99_400, "promo_expense": 600})
}

func TestPointsAreALiability(t *testing.T) {
	s := newShop(t)
	s.mustRedeem(s.request(s.give("points", 1).Code, 1, "o1", 1_000))
	s.stands("welcome", accounts{"available": 99_800, "liability": 200})
}
