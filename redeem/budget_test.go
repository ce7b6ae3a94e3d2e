package redeem_test

import (
	"context"
	"reflect"
	"strconv"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/ledger"
	"boon/redeem"
)

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

// meeting is a book in which a second call comes while the first is at work.
type meeting struct {
	redeem.Book
	second func()
}

func (m *meeting) Expecting(redeem.Reads) redeem.Book { return m }

func (m *meeting) Update(ctx context.Context, fn func(redeem.Tx) error) error {
	m.second()
	return m.Book.Update(ctx, fn)
}

func TestInFlight(t *testing.T) {
	s := newShop(t)
	once := redeem.OnceFor("k", []byte("b"))
	met := 0
	s.teller.Book = &meeting{s.book, func() {
		_, err := s.teller.Redeem(t.Context(), once, s.request("UNEVEN", 1, "o1", 1_000), s.now)
		s.refuses(err, boon.ReasonIdempotencyInFlight)
		met++
	}}
	if _, err := s.teller.Redeem(t.Context(), once, s.request("UNEVEN", 1, "o1", 1_000), s.now); err != nil || met != 1 {
		t.Errorf("%d met the first call, which ended with %v", met, err)
	}
}

// The condition of a public code is asked once, ahead of the transaction; one that was asked under another release is asked again.
func TestConditionsAreAskedAhead(t *testing.T) {
	s := newShop(t)
	asked, inside := 0, false
	s.desk.Eligible = func(boon.Offer, []boon.Identifier, boon.Order, time.Time) error {
		if asked++; inside {
			t.Error("asked while others wait")
		}
		return nil
	}
	s.teller.Book = &meeting{s.book, func() { inside = true }}
	if _, err := s.teller.Redeem(t.Context(), redeem.Once{}, s.request("UNEVEN", 1, "o1", 1_000), s.now); err != nil || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	inside = false
	s.teller.Book = &meeting{s.book, func() {
		s.desk.Terms.(*redeem.Releases).Publish(&boon.Release{ID: "rel_2", Bundle: conformance.BookRelease().Bundle})
	}}
	if _, err := s.teller.Redeem(t.Context(), redeem.Once{}, s.request("UNEVEN", 2, "o2", 1_000), s.now); err != nil || asked != 3 {
		t.Errorf("under a new release asked %d times in all: %v", asked, err)
	}
}

// What cannot be asked for a moment is no answer: the same key asks again.
func TestAnOutageIsNotKeptUnderAKey(t *testing.T) {
	s := newShop(t)
	away := true
	s.desk.Eligible = func(boon.Offer, []boon.Identifier, boon.Order, time.Time) error {
		if away {
			return boon.Refuse(boon.ReasonUnavailable, "bans cannot be read")
		}
		return nil
	}
	once := redeem.OnceFor("k", []byte("b"))
	_, err := s.teller.Redeem(t.Context(), once, s.request("UNEVEN", 1, "o1", 1_000), s.now)
	s.refuses(err, boon.ReasonUnavailable)
	away = false
	if _, err := s.teller.Redeem(t.Context(), once, s.request("UNEVEN", 1, "o1", 1_000), s.now); err != nil {
		t.Errorf("with the same key, once it can be asked: %v", err)
	}
}

func TestIssueAgainIsTheSameGrant(t *testing.T) {
	s := newShop(t)
	g := s.give("five", 1)
	s.n--
	again := s.give("five", 1)
	if !reflect.DeepEqual(again, g) {
		t.Errorf("issued again: %+v, want %+v", again, g)
	}
	entries, err := s.book.Journal(t.Context())
	if err != nil || len(entries) != 2 || entries[1].Transition != string(ledger.Issue) {
		t.Errorf("journal %+v %v, want one fund and one issue", entries, err)
	}
}

// A code in an order of another currency is left alone: its amounts mean nothing to the budget.
func TestSettleInAnotherCurrency(t *testing.T) {
	s := newShop(t)
	order := conformance.Basket("o1", 9_000)
	order.Currency, order.Coupons = "JPY", []string{"UNEVEN"}
	err := s.in(func(tx redeem.Tx) error {
		got, err := s.desk.Settle(tx, []boon.Identifier{conformance.Shopper(1)}, order, s.now)
		if len(got.Unknown) != 1 || len(got.Redemptions) != 0 {
			t.Errorf("settled %+v", got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.stands("welcome", accounts{})
}

// A paid order takes a place beyond the cap, outside of it, and the counter of places stays exact.
func TestSettleBeyondTheCap(t *testing.T) {
	s := newShop(t)
	for n := range 100 {
		s.mustRedeem(s.request("WELCOME10", n, "o"+strconv.Itoa(n), 1_000))
	}
	order := conformance.Basket("late", 1_000)
	order.Coupons = []string{"welcome10"}
	var got redeem.Settlement
	err := s.in(func(tx redeem.Tx) (err error) {
		got, err = s.desk.Settle(tx, []boon.Identifier{conformance.Shopper(500)}, order, s.now)
		return err
	})
	if err != nil || len(got.Redemptions) != 1 || got.Redemptions[0].Discount != 100 {
		t.Fatalf("settled %+v %v", got, err)
	}
	s.stands("welcome", accounts{"available": 89_900, "promo_expense": 10_100})
}

// A call that read its clock before midnight and is booked after another has begun the new day belongs to the new day: it neither closes that
// day and funds it again, nor gives yesterday's money to it.
func TestACallLateAtMidnightLeavesTheNewDayAlone(t *testing.T) {
	s := newShop(t)
	old := s.give("five", 1)
	before := time.Date(2026, 1, 7, 4, 59, 0, 0, time.UTC) // 23:59 of a day without any call
	s.now = before.Add(2 * time.Minute)
	s.give("five", 2)
	s.stands("daily", accounts{"available": 4_500, "committed": 1_000})
	s.now = before
	s.give("five", 3)
	s.stands("daily", accounts{"available": 4_000, "committed": 1_500})
	if _, err := s.teller.Revoke(t.Context(), redeem.Once{}, old.ID, conformance.Monday.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	s.stands("daily", accounts{"available": 4_000, "committed": 1_000})
}
