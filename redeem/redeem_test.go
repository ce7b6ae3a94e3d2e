package redeem_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/ledger"
	"boon/memory"
	"boon/redeem"
)

// shop is one test's shop: the suite's release over a book in memory, with a clock that the test moves.
type shop struct {
	*testing.T
	book    *memory.Book
	release *boon.Release
	terms   *redeem.Releases
	desk    *redeem.Desk
	teller  *redeem.Teller
	now     time.Time
	n       int
}

func newShop(t *testing.T) *shop {
	s := &shop{T: t, book: memory.NewBook(), release: conformance.BookRelease(), now: conformance.Monday}
	s.terms = redeem.NewReleases(s.release)
	s.desk = &redeem.Desk{Terms: s.terms, Key: []byte("codes")}
	s.teller = &redeem.Teller{Book: s.book, Desk: s.desk}
	t.Cleanup(func() { conformance.MustVerify(t, s.book) })
	return s
}

func (s *shop) in(fn func(redeem.Tx) error) error { return s.book.Update(s.Context(), fn) }

// give issues an offer to a shopper, who must get it.
func (s *shop) give(offer string, who int) boon.Grant {
	s.Helper()
	g, err := s.tryGive(offer, who)
	if err != nil {
		s.Fatal(err)
	}
	return g
}

func (s *shop) tryGive(offer string, who int) (g boon.Grant, err error) {
	o, _ := s.terms.Offer("", offer)
	s.n++
	g = boon.Grant{ID: boon.NewID(boon.PrefixGrant, s.now, fmt.Sprint(s.n)), Owner: conformance.Shopper(who), Release: s.release.ID}
	if len(o.Reward.Levels) > 0 {
		g.Level = o.Reward.Levels[0]
	}
	err = s.in(func(tx redeem.Tx) error {
		g, err = s.desk.Issue(tx, g, o, []boon.Identifier{g.Owner}, s.now)
		return err
	})
	return g, err
}

func (s *shop) request(code string, who int, order string, minor int64) redeem.Request {
	return redeem.Request{Code: code, Owners: []boon.Identifier{conformance.Shopper(who)}, Cart: conformance.Basket(order, minor)}
}

func (s *shop) redeem(r redeem.Request) (redeem.Redeemed, error) {
	return s.teller.Redeem(s.Context(), redeem.Once{}, r, s.now)
}

func (s *shop) mustRedeem(r redeem.Request) redeem.Redeemed {
	s.Helper()
	done, err := s.redeem(r)
	if err != nil {
		s.Fatal(err)
	}
	return done
}

func (s *shop) grant(id string) (g boon.Grant) {
	s.Helper()
	if err := s.book.View(s.Context(), func(tx redeem.Tx) (err error) { g, _, err = tx.Grant(id); return err }); err != nil {
		s.Fatal(err)
	}
	return g
}

// stands fails unless the accounts of a budget stand as given; accounts at zero may be left out.
func (s *shop) stands(budget string, want map[boon.AccountKind]int64) {
	s.Helper()
	all, err := s.book.Balances(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	got := map[boon.AccountKind]int64{}
	for _, b := range all {
		if b.Account.Budget == budget && b.Account.Kind != boon.AccountFunding {
			got[b.Account.Kind] = b.Minor
		}
	}
	for kind, minor := range want {
		if got[kind] != minor {
			s.Errorf("%s of %s stands at %d, want %d", kind, budget, got[kind], minor)
		}
		delete(got, kind)
	}
	for kind, minor := range got {
		s.Errorf("%s of %s stands at %d, want nothing", kind, budget, minor)
	}
}

func (s *shop) refuses(err error, want boon.Reason) {
	s.Helper()
	if !errors.Is(err, boon.Refusal(want)) && reasonOf(err) != want {
		s.Errorf("got %v, want %s", err, want)
	}
}

func reasonOf(err error) boon.Reason {
	var refused *boon.Error
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

type accounts = map[boon.AccountKind]int64

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

func TestRefusals(t *testing.T) {
	cases := []struct {
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
		{boon.ReasonReservationGone, func(s *shop) error {
			_, err := s.redeem(redeem.Request{Reservation: "rsv_none"})
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
	for _, c := range cases {
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
	if err := s.teller.Release(t.Context(), redeem.Once{}, held.ID, s.now); err != nil {
		t.Fatal(err)
	}
	s.stands("daily", accounts{"available": 4_500, "committed": 500})
	s.refuses(s.teller.Release(t.Context(), redeem.Once{}, held.ID, s.now), boon.ReasonReservationGone)

	s.now = g.ExpiresAt.Add(-time.Minute)
	if held, err = s.teller.Reserve(t.Context(), redeem.Once{}, r, s.now); err != nil {
		t.Fatal(err)
	}
	s.now = g.ExpiresAt.Add(time.Minute)
	if _, err := s.teller.Sweep(t.Context(), s.now); err != nil {
		t.Fatal(err)
	}
	done, err := s.redeem(redeem.Request{Reservation: held.ID})
	if err != nil || done.Discount.Minor != 500 {
		t.Errorf("redeeming the hold: %+v %v", done, err)
	}
	_, err = s.redeem(redeem.Request{Reservation: held.ID})
	s.refuses(err, boon.ReasonReservationGone)
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
		v, err := s.teller.Reverse(t.Context(), redeem.Once{}, done.ID, redeem.ReversalBody{Reason: "return", Lines: []redeem.LineReturn{{ID: line, Quantity: 1}}}, s.now)
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

// A day's budget is filled anew at the shop's midnight; what a grant of yesterday gives back leaves the budget.
func TestDailyBudget(t *testing.T) {
	s := newShop(t)
	old := s.give("five", 1)
	s.stands("daily", accounts{"available": 4_500, "committed": 500})
	s.now = time.Date(2026, 1, 6, 5, 1, 0, 0, time.UTC) // 00:01 in New York
	s.give("five", 2)
	s.stands("daily", accounts{"available": 4_500, "committed": 1_000})
	if _, err := s.teller.Revoke(t.Context(), redeem.Once{}, old.ID, s.now); err != nil {
		t.Fatal(err)
	}
	s.stands("daily", accounts{"available": 4_500, "committed": 500})
}

// A raised amount is added at the next touch; a lowered one is taken back as far as it is still available.
func TestChangedBudget(t *testing.T) {
	s := newShop(t)
	amount := func(minor int64) {
		s.release.Bundle.Budgets[0].Amount = minor
		s.terms.Publish(s.release)
	}
	g := s.give("thrice", 1) // 9.99
	amount(120_000)
	s.give("shipping", 2) // 4.00
	s.stands("welcome", accounts{"available": 118_601, "committed": 1_399})
	amount(500)
	if _, err := s.teller.Revoke(t.Context(), redeem.Once{}, g.ID, s.now); err != nil {
		t.Fatal(err)
	}
	s.stands("welcome", accounts{"available": 999, "committed": 400})
	amount(2_000)
	s.give("shipping", 3)
	s.stands("welcome", accounts{"available": 1_200, "committed": 800})
}

// An order that arrives paid is never refused: what the budget does not have stands in overrun, and a refund repays that first.
func TestSettleOverruns(t *testing.T) {
	s := newShop(t)
	for n := range 10 {
		s.give("five", n)
	}
	order := conformance.Basket("o1", 9_000)
	g := s.grant(s.walletOf(3)[0].ID)
	order.Coupons, order.Discount = []string{g.Code}, 750
	for n, want := range []int{1, 0} {
		var got redeem.Settlement
		if err := s.in(func(tx redeem.Tx) (err error) {
			got, err = s.desk.Settle(tx, []boon.Identifier{g.Owner}, order, s.now)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if len(got.Redemptions) != want || got.Repeated != (n == 1) {
			t.Errorf("settlement %d: %+v", n, got)
		}
	}
	s.stands("daily", accounts{"committed": 4_500, "promo_expense": 750, "overrun": -250})
	_, err := s.tryGive("five", 20)
	s.refuses(err, boon.ReasonBudgetExhausted)
	for range 2 { // the event comes twice
		if err := s.in(func(tx redeem.Tx) error {
			_, err := s.desk.SettleRefund(tx, "event 1", boon.Order{ID: "o1", Currency: "USD"}, "refund", s.now)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	s.stands("daily", accounts{"available": 500, "committed": 4_500, "promo_expense": 750, "reversal": -750})
}

func (s *shop) walletOf(who int) []boon.Grant {
	s.Helper()
	all, err := s.teller.Wallet(s.Context(), []boon.Identifier{conformance.Shopper(who)})
	if err != nil || len(all) == 0 {
		s.Fatal(all, err)
	}
	return all
}

// The call and the event of one order redeem a code once, in whichever order they come.
func TestCallAndEventOfOneOrder(t *testing.T) {
	for _, eventFirst := range []bool{false, true} {
		s := newShop(t)
		r := s.request("UNEVEN", 1, "o1", 1_000)
		order := r.Cart
		order.Coupons = []string{"uneven"}
		settle := func() error {
			return s.in(func(tx redeem.Tx) error { _, err := s.desk.Settle(tx, r.Owners, order, s.now); return err })
		}
		if eventFirst {
			if err := settle(); err != nil {
				t.Fatal(err)
			}
			_, err := s.redeem(r)
			s.refuses(err, boon.ReasonAlreadyRedeemed)
		} else {
			s.mustRedeem(r)
			if err := settle(); err != nil {
				t.Fatal(err)
			}
		}
		s.stands("welcome", accounts{"available": 99_670, "promo_expense": 330})
	}
}

func TestAutoRedeemTakesTheBest(t *testing.T) {
	s := newShop(t)
	s.give("thrice", 1) // 20%, at most 3.33
	best := s.give("five", 1)
	s.give("points", 1)
	err := s.in(func(tx redeem.Tx) error {
		r, ok, err := s.desk.AutoRedeem(tx, []boon.Identifier{conformance.Shopper(1)}, conformance.Basket("o1", 5_000), s.now)
		if !ok || r.Grant != best.ID || r.Discount != 500 {
			t.Errorf("took %+v %v, want the five", r, ok)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An expected budget honours what it promised: the excess is visible in overrun and stops new grants.
func TestExpectedBudgetHonoursPromises(t *testing.T) {
	s := newShop(t)
	o, _ := s.terms.Offer("", "loose")
	var g boon.Grant
	err := s.in(func(tx redeem.Tx) (err error) {
		g, err = s.desk.Issue(tx, boon.Grant{ID: "grt_x", Owner: conformance.Shopper(1), Level: o.Reward.Levels[0], Committed: 300}, o, nil, s.now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.mustRedeem(s.request(g.Code, 1, "o1", 9_000))
	s.stands("loose", accounts{"promo_expense": 4_500, "overrun": -2_500})
	err = s.in(func(tx redeem.Tx) error {
		_, err := s.desk.Issue(tx, boon.Grant{ID: "grt_y", Owner: conformance.Shopper(2), Level: o.Reward.Levels[0], Committed: 1}, o, nil, s.now)
		return err
	})
	s.refuses(err, boon.ReasonBudgetExhausted)
}

func TestInFlight(t *testing.T) {
	s := newShop(t)
	once := redeem.OnceFor("k", []byte("b"))
	s.desk.Eligible = func(boon.Offer, []boon.Identifier, boon.Order, time.Time) error {
		_, err := s.teller.Redeem(t.Context(), once, s.request("UNEVEN", 1, "o1", 1_000), s.now)
		s.refuses(err, boon.ReasonIdempotencyInFlight)
		return nil
	}
	if _, err := s.teller.Redeem(t.Context(), once, s.request("UNEVEN", 1, "o1", 1_000), s.now); err != nil {
		t.Error(err)
	}
}

func TestIssueAgainIsTheSameGrant(t *testing.T) {
	s := newShop(t)
	g := s.give("five", 1)
	s.n--
	again := s.give("five", 1)
	if again != g {
		t.Errorf("issued again: %+v, want %+v", again, g)
	}
	entries, err := s.book.Journal(t.Context())
	if err != nil || len(entries) != 2 || entries[1].Transition != string(ledger.Issue) {
		t.Errorf("journal %+v %v, want one fund and one issue", entries, err)
	}
}
