package redeem_test

import (
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

func (s *shop) reverse(id string, lines ...redeem.LineReturn) redeem.Reversed {
	s.Helper()
	v, err := s.teller.Reverse(s.Context(), redeem.Once{}, id, redeem.ReversalBody{Lines: lines, Reason: "return"}, s.now)
	if err != nil {
		s.Fatal(err)
	}
	return v
}

func (s *shop) amend(id, name string, order boon.Order, who int) (done []boon.Reversal) {
	s.Helper()
	err := s.in(func(tx redeem.Tx) (err error) {
		done, err = s.desk.Amend(tx, []boon.Identifier{conformance.Shopper(who)}, redeem.Amendment{ID: id, Name: name, Order: order, Reason: name}, s.now)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return done
}

func (s *shop) arrives(order boon.Order, who int) (got redeem.Settlement) {
	s.Helper()
	err := s.in(func(tx redeem.Tx) (err error) {
		got, err = s.desk.Settle(tx, []boon.Identifier{conformance.Shopper(who)}, order, s.now)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return got
}

func (s *shop) is(id string, state boon.GrantState, uses int64) {
	s.Helper()
	if g := s.grant(id); g.State != state || g.Uses != uses {
		s.Errorf("grant is %s with %d uses, want %s with %d", g.State, g.Uses, state, uses)
	}
}

// 10% off 60.00, from 40.00: what a return leaves decides whether the rest of the discount stays.
func TestClawback(t *testing.T) {
	s := newShop(t)
	order := s.mustRedeem(s.request("THRESHOLD", 1, "o1", 6_000)) // 40.00 and 20.00: 4.00 and 2.00 off
	s.stands("spring", accounts{"available": 7_400, "promo_expense": 600})
	if v := s.reverse(order.ID, redeem.LineReturn{ID: "l2"}); v.Amount.Minor != 200 || v.Clawback != nil {
		t.Errorf("40.00 are left, which is enough: %+v", v)
	}
	small := s.mustRedeem(s.request("THRESHOLD", 2, "o2", 5_100)) // 34.00 and 17.00
	v := s.reverse(small.ID, redeem.LineReturn{ID: "l2"})
	if v.Amount.Minor != 510 || v.Clawback == nil || v.Clawback.Minor != 340 {
		t.Errorf("34.00 are left: got %+v, want 5.10 back, 3.40 of it withheld", v)
	}
	s.is(small.GrantID, boon.StateIssued, 1) // the whole use came back, so it is given anew
	s.stands("spring", accounts{"available": 6_700, "committed": 900, "promo_expense": 1_110, "reversal": -710})
	_, err := s.redeem(s.request("THRESHOLD", 3, "o3", 3_999))
	s.refuses(err, boon.ReasonNotApplicable)
}

// A use that comes back whole is given anew while its time is not over and the budget can promise it; else the grant stays reversed.
func TestReinstatement(t *testing.T) {
	cases := map[string]struct {
		before func(*shop)
		state  boon.GrantState
	}{
		"at once":        {func(*shop) {}, boon.StateSaved},
		"too late":       {func(s *shop) { s.now = s.now.Add(6 * 24 * time.Hour) }, boon.StateReversed},
		"nothing to pay": {func(s *shop) { s.release.Bundle.Budgets[3].Amount = 500; s.terms.Publish(s.release) }, boon.StateReversed},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			g := s.give("threshold", 1)
			if _, err := s.teller.Save(t.Context(), redeem.Once{}, g.ID, nil, s.now); err != nil {
				t.Fatal(err)
			}
			used := s.mustRedeem(s.request("THRESHOLD", 1, "o1", 6_000))
			c.before(s)
			s.reverse(used.ID)
			s.is(g.ID, c.state, map[bool]int64{true: 1}[c.state.Open()])
			if c.state.Open() {
				s.mustRedeem(s.request("THRESHOLD", 1, "o2", 6_000))
			}
		})
	}
}

// ceiling puts a ceiling over an offer, campaign or category.
func (s *shop) ceiling(kind, id string, minor int64) {
	b := boon.Budget{ID: "cap-" + kind, Currency: "USD", Amount: minor, Period: boon.PeriodTotal, Covers: &boon.Covers{Kind: kind}}
	if id != "" {
		b.Covers.IDs = []string{id}
	}
	s.release.Bundle.Budgets = append(s.release.Bundle.Budgets, b)
	s.terms.Publish(s.release)
}

// An update that leaves less takes back the difference and never gives more; later returns go by the new lines.
func TestOrderUpdated(t *testing.T) {
	s := newShop(t)
	done := s.mustRedeem(s.request("UNEVEN", 1, "o1", 1_500)) // 33%: 4.95
	less := s.amend("e1", boon.OrderUpdated, conformance.Basket("o1", 900), 1)
	if len(less) != 1 || less[0].Amount != 495-297 {
		t.Errorf("33%% of 9.00 is 2.97: took back %+v", less)
	}
	for _, again := range []string{"e1", "e2"} { // the same event, and another that says the same
		if more := s.amend(again, boon.OrderUpdated, conformance.Basket("o1", 900), 1); len(more) != 0 {
			t.Errorf("took back again: %+v", more)
		}
	}
	if more := s.amend("e3", boon.OrderUpdated, conformance.Basket("o1", 5_000), 1); len(more) != 0 {
		t.Errorf("a larger order took %+v", more)
	}
	s.stands("welcome", accounts{"available": 99_703, "promo_expense": 495, "reversal": -198})
	if v := s.reverse(done.ID); v.Amount.Minor != 297 {
		t.Errorf("what is left is 2.97, got %+v", v)
	}
	s.is(done.GrantID, boon.StateReversed, 0)
}

// A cancelled order gives everything back and holds nothing any more.
func TestOrderCancelled(t *testing.T) {
	s := newShop(t)
	done := s.mustRedeem(s.request("UNEVEN", 1, "o1", 1_500))
	held, err := s.teller.Reserve(t.Context(), redeem.Once{}, s.request("LAPSING", 1, "o1", 6_000), s.now)
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.teller.Reserve(t.Context(), redeem.Once{}, s.request("SHOES", 1, "o2", 900), s.now)
	if err != nil {
		t.Fatal(err)
	}
	s.amend("e1", boon.OrderCancelled, boon.Order{ID: "o1", Currency: "USD"}, 1)
	s.is(done.GrantID, boon.StateReversed, 0)
	s.is(held.GrantID, boon.StateIssued, 2)
	s.is(other.GrantID, boon.StateReserved, 1)
	s.stands("welcome", accounts{"available": 100_000, "promo_expense": 495, "reversal": -495})
}

// An exchange gives back the lines that come in; what goes out gets nothing.
func TestExchange(t *testing.T) {
	s := newShop(t)
	s.mustRedeem(s.request("UNEVEN", 1, "o1", 1_500)) // 3.30 on l1, 1.65 on l2
	if done := s.amend("e0", boon.ExchangeCompleted, boon.Order{ID: "o1", Currency: "USD"}, 1); len(done) != 0 {
		t.Errorf("nothing came in, took back %+v", done)
	}
	in := conformance.Basket("o1", 1_500)
	in.Lines[0] = boon.Line{ID: "l9", SKU: "Z9", Quantity: 1, Price: 90 * boon.Unit}
	done := s.amend("e1", boon.ExchangeCompleted, in, 1)
	if len(done) != 1 || done[0].Amount != 165 {
		t.Errorf("l2 came in: took back %+v, want 1.65", done)
	}
}

// What comes before its order waits for it: the books are the same whichever way round, and once per event.
func TestLateEvents(t *testing.T) {
	for _, name := range []string{boon.OrderCancelled, boon.OrderRefunded, boon.OrderUpdated} {
		order := conformance.Basket("o1", 1_500)
		order.Coupons = []string{"uneven"}
		change := boon.Order{ID: "o1", Currency: "USD"}
		if name == boon.OrderUpdated {
			change = conformance.Basket("o1", 900)
		}
		books := make([]accounts, 2)
		for n, late := range []bool{false, true} {
			s := newShop(t)
			if late {
				s.amend("e1", name, change, 1)
				s.amend("e1", name, change, 1)
			}
			if got := s.arrives(order, 1); len(got.Redemptions) != 1 || (len(got.Late) == 1) != late {
				t.Errorf("%s late %v: settled %+v", name, late, got)
			}
			s.arrives(order, 1)
			if !late {
				s.amend("e1", name, change, 1)
			}
			books[n] = s.standing("welcome")
		}
		if books[0]["reversal"] == 0 || books[0]["reversal"] != books[1]["reversal"] || books[0]["available"] != books[1]["available"] {
			t.Errorf("%s in order %v, late %v", name, books[0], books[1])
		}
	}
}

// A refund meets the redemption that a call made before it, and waits for the one that the order brings after it; neither twice.
func TestLateEventMeetsEachRedemptionOnce(t *testing.T) {
	s := newShop(t)
	five := s.give("five", 1)
	used := s.mustRedeem(s.request(five.Code, 1, "o1", 3_000))
	s.amend("e1", boon.OrderRefunded, boon.Order{ID: "o1", Currency: "USD", Lines: []boon.Line{{ID: "l2", SKU: "B2", Quantity: 1}}}, 1)
	second := s.give("five", 1)
	order := conformance.Basket("o1", 3_000)
	order.Coupons = []string{five.Code, second.Code}
	if got := s.arrives(order, 1); len(got.Redemptions) != 1 || len(got.Late) != 1 || got.Late[0].Amount != 167 {
		t.Errorf("settled %+v", got)
	}
	if v := s.reverse(used.ID); v.Amount.Minor != 333 {
		t.Errorf("the first has 3.33 left, got %+v", v)
	}
}

func (s *shop) standing(budget string) accounts {
	s.Helper()
	all, err := s.book.Balances(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	got := accounts{}
	for _, b := range all {
		if b.Account.Budget == budget {
			got[b.Account.Kind] = b.Minor
		}
	}
	return got
}

// A dry run answers what the call would and keeps nothing, its key neither.
func TestDryRun(t *testing.T) {
	s := newShop(t)
	once := redeem.OnceFor("k", []byte("b"))
	once.Rehearse = true
	r := s.request("UNEVEN", 1, "o1", 1_000)
	tried, err := s.teller.Redeem(t.Context(), once, r, s.now)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := s.book.Journal(t.Context()); err != nil || len(entries) != 0 {
		t.Errorf("a rehearsal left %v %v", entries, err)
	}
	once = redeem.OnceFor("k", []byte("other"))
	done, err := s.teller.Redeem(t.Context(), once, r, s.now)
	if err != nil || done.ID != tried.ID || done.Discount != tried.Discount {
		t.Errorf("tried %+v, done %+v %v", tried, done, err)
	}
	dry := redeem.Once{Rehearse: true}
	for range 2 {
		v, err := s.teller.Reverse(t.Context(), dry, done.ID, redeem.ReversalBody{}, s.now)
		if err != nil || v.Amount != done.Discount {
			t.Errorf("rehearsed reversal %+v %v", v, err)
		}
	}
	s.stands("welcome", accounts{"available": 99_670, "promo_expense": 330})
}
