package redeem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"boon"
	"boon/conformance"
	"boon/memory"
	"boon/redeem"

	"pgregory.net/rapid"
)

// sells replaces the shop's offers by public codes without a budget.
func (s *shop) sells(offers ...boon.Offer) {
	for i := range offers {
		offers[i].Codes = boon.Codes{Mode: "public", Code: offers[i].ID}
	}
	s.release.Bundle.Offers = offers
	s.terms.Publish(s.release)
}

func off(id string, percent int64, group, policy string) boon.Offer {
	return boon.Offer{ID: id, Stacking: boon.Stacking{Group: group, Policy: policy},
		Reward: boon.Reward{Type: boon.RewardPercentage, Levels: []boon.Micros{boon.Micros(percent) * boon.Unit}}}
}

// Which code comes first makes no difference to whether two may join.
func TestStackingEitherWayRound(t *testing.T) {
	points := boon.Offer{ID: "P", Stacking: boon.Stacking{Group: "a", Policy: "exclusive"},
		Reward: boon.Reward{Type: boon.RewardPoints, Levels: []boon.Micros{9 * boon.Unit}}}
	offers := []boon.Offer{off("EA", 10, "a", "exclusive"), off("CA", 10, "a", "combine"), off("CA2", 10, "a", "combine"), off("EB", 10, "b", "exclusive"), points}
	for _, c := range []struct {
		a, b string
		want boon.Reason
	}{
		{"EA", "CA", boon.ReasonStacking}, {"CA", "EA", boon.ReasonStacking},
		{"CA", "CA2", ""}, {"CA2", "CA", ""}, {"EA", "EB", ""}, {"EB", "CA", ""}, {"EA", "P", ""}, {"P", "EA", ""},
	} {
		for _, hold := range []bool{false, true} {
			s := newShop(t)
			s.sells(offers...)
			second := s.request(c.b, 1, "o1", 9_000)
			if hold {
				held, err := s.teller.Reserve(t.Context(), redeem.Once{}, second, s.now)
				if err != nil {
					t.Fatal(err)
				}
				second = redeem.Request{Reservation: held.ID}
			}
			s.mustRedeem(s.request(c.a, 1, "o1", 9_000))
			if _, err := s.redeem(second); reasonOf(err) != c.want || (c.want == "" && err != nil) {
				t.Errorf("%s then %s (held: %v): %v, want %q", c.a, c.b, hold, err, c.want)
			}
		}
	}
}

// An order that was paid with codes that exclude each other has both booked, and a human hears of it: once a day for an offer.
func TestAClashOfPaidCodesIsTold(t *testing.T) {
	s := newShop(t)
	s.sells(off("EA", 10, "a", "exclusive"), off("CA", 10, "a", "combine"), off("CA2", 10, "a", "combine"), off("EB", 10, "b", "exclusive"))
	pay := func(order string, codes ...string) {
		t.Helper()
		o := conformance.Basket(order, 9_000)
		o.Coupons = codes
		err := s.in(func(tx redeem.Tx) error {
			done, err := s.desk.Settle(tx, []boon.Identifier{conformance.Shopper(1)}, o, s.now)
			if err == nil && !done.Repeated && len(done.Redemptions) != len(codes) {
				t.Errorf("%s: of %v %d are booked", order, codes, len(done.Redemptions))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	told := func(want ...string) {
		t.Helper()
		alarms, err := s.book.Alarms(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range alarms {
			got = append(got, fmt.Sprintf("%s %s %s %s", a.Rule, a.Subject, a.Figures["order"], a.Figures["discount"]))
			if a.Rule == "stacking" && !strings.Contains(a.Detail, "already carries offer EA, and offer CA does not combine with it") {
				t.Errorf("the alarm says %s", a.Detail)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("alarms %q, want %q", got, want)
		}
	}
	pay("o1", "CA", "CA2")
	pay("o2", "EA", "EB")
	told()
	pay("o3", "EA", "CA")
	pay("o3", "EA", "CA")
	pay("o4", "EA", "CA")
	told("stacking CA o3 9.00 USD")
	s.now = s.now.AddDate(0, 0, 1)
	s.mustRedeem(s.request("EA", 1, "o5", 9_000))
	pay("o5", "CA") // one by a call, one as the order came
	told("stacking CA o3 9.00 USD", "stacking CA o5 9.00 USD")
}

// Automatic redemption leaves an order alone that already carries what the grant does not combine with, or no room.
func TestAutoRedeemBesideOthers(t *testing.T) {
	for _, c := range []struct {
		first boon.Offer
		want  bool
	}{{off("FIRST", 10, "a", "exclusive"), false}, {off("FIRST", 100, "a", "combine"), false}, {off("FIRST", 10, "a", "combine"), true}} {
		s := newShop(t)
		s.sells(c.first, off("OWN", 50, "a", "combine"))
		s.give("OWN", 1)
		s.mustRedeem(s.request("FIRST", 1, "o1", 9_000))
		err := s.in(func(tx redeem.Tx) error {
			r, ok, err := s.desk.AutoRedeem(tx, []boon.Identifier{conformance.Shopper(1)}, conformance.Basket("o1", 9_000), s.now)
			if ok != c.want {
				t.Errorf("beside %+v: took %+v", c.first.Stacking, r)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// 80% and then 50% of the same lines is all of them; a third code finds nothing, and a reversal makes room again.
func TestCodesShareALine(t *testing.T) {
	s := newShop(t)
	s.sells(off("A80", 80, "a", "combine"), off("B50", 50, "a", "combine"), off("C10", 10, "a", "combine"))
	first := s.mustRedeem(s.request("A80", 1, "o1", 9_000))
	second := s.mustRedeem(s.request("B50", 1, "o1", 9_000))
	if second.Discount.Minor != 1_800 || second.Lines[0].Discount != "12.00" {
		t.Errorf("the second code took %+v", second)
	}
	_, err := s.redeem(s.request("C10", 1, "o1", 9_000))
	s.refuses(err, boon.ReasonNotApplicable)
	if _, err := s.teller.Reverse(t.Context(), redeem.Once{}, first.ID, redeem.ReversalBody{Lines: []redeem.LineReturn{{ID: "l2"}}}, s.now); err != nil {
		t.Fatal(err)
	}
	if third := s.mustRedeem(s.request("C10", 1, "o1", 9_000)); third.Discount.Minor != 300 || len(third.Lines) != 1 {
		t.Errorf("the third code took %+v", third)
	}
}

// However many codes an order redeems, by call, by reservation or as it arrives paid, with returns between: no line is discounted by more than
// its amount, no shipping by more than its charge.
func TestNoLinePassesItsAmount(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := &shop{T: t, book: memory.NewBook(), release: conformance.BookRelease(), now: conformance.Monday}
		s.terms = redeem.NewReleases(s.release)
		s.desk = &redeem.Desk{Terms: s.terms}
		s.teller = &redeem.Teller{Book: s.book, Desk: s.desk}
		order := drawOrder(rt)
		codes := drawCodes(rt, s)
		for _, code := range codes {
			order.Coupons = nil
			r := redeem.Request{Code: code, Owners: []boon.Identifier{conformance.Shopper(1)}, Cart: order}
			if rapid.Bool().Draw(rt, "hold") {
				if held, err := s.teller.Reserve(t.Context(), redeem.Once{}, r, s.now); err == nil {
					defer s.checkAfter(rt, order, redeem.Request{Reservation: held.ID})
				}
				continue
			}
			if rapid.IntRange(0, 3).Draw(rt, "paid") == 0 {
				order.Coupons = []string{code}
				s.settle(order)
			} else if done, err := s.redeem(r); err == nil && rapid.Bool().Draw(rt, "return") {
				_, _ = s.teller.Reverse(t.Context(), redeem.Once{}, done.ID, redeem.ReversalBody{Lines: []redeem.LineReturn{{ID: "l1", SKU: "A", Quantity: new(int64(1))}}}, s.now)
			}
			s.withinAmounts(rt, order)
		}
	})
}

func (s *shop) checkAfter(rt *rapid.T, order boon.Order, r redeem.Request) {
	_, _ = s.redeem(r)
	s.withinAmounts(rt, order)
}

func (s *shop) settle(order boon.Order) {
	s.Helper()
	if err := s.in(func(tx redeem.Tx) error {
		_, err := s.desk.Settle(tx, []boon.Identifier{conformance.Shopper(1)}, order, s.now)
		return err
	}); err != nil {
		s.Fatal(err)
	}
}

func drawOrder(rt *rapid.T) boon.Order {
	order := boon.Order{ID: "o1", Currency: "USD", Shipping: rapid.Int64Range(0, 900).Draw(rt, "shipping")}
	named := rapid.Bool().Draw(rt, "line ids")
	for i := range rapid.IntRange(1, 4).Draw(rt, "lines") {
		l := boon.Line{SKU: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(rt, "sku"), Quantity: rapid.Int64Range(1, 3).Draw(rt, "quantity"),
			Price: boon.Micros(rapid.Int64Range(0, 2_000).Draw(rt, "cents")) * boon.Unit / 100}
		if named {
			l.ID = fmt.Sprint("l", i+1)
		}
		order.Lines = append(order.Lines, l)
	}
	return order
}

func drawCodes(rt *rapid.T, s *shop) (codes []string) {
	var offers []boon.Offer
	for i := range rapid.IntRange(2, 6).Draw(rt, "codes") {
		o := off(fmt.Sprint("CODE", i), rapid.Int64Range(1, 100).Draw(rt, "level"), "a", "combine")
		o.Reward.Type = rapid.SampledFrom([]boon.RewardType{boon.RewardPercentage, boon.RewardFixed, boon.RewardFreeShipping}).Draw(rt, "reward")
		if rapid.Bool().Draw(rt, "scoped") {
			o.Scope = boon.Scope{Kind: "sku", SKUs: []string{"A", "B"}}
		}
		offers, codes = append(offers, o), append(codes, o.ID)
	}
	s.sells(offers...)
	return codes
}

// withinAmounts adds up what the order's redemptions keep of each line; lines without an id are told apart by SKU alone.
func (s *shop) withinAmounts(rt *rapid.T, order boon.Order) {
	left := map[string]int64{"shipping": order.Shipping}
	for _, l := range order.Lines {
		left[l.ID+"/"+l.SKU] += l.Amount("USD")
	}
	var done []boon.Redemption
	if err := s.book.View(s.Context(), func(tx redeem.Tx) (err error) { done, err = tx.OfOrder(order.ID); return err }); err != nil {
		rt.Fatal(err)
	}
	for _, r := range done {
		if len(r.Lines) == 0 {
			left["shipping"] -= r.Discount
		}
		for i, l := range r.Lines {
			if left[l.ID+"/"+l.SKU] -= l.Minor; i < len(r.Reversed) {
				left[l.ID+"/"+l.SKU] += r.Reversed[i].Minor
			}
		}
		if r.Cost != 0 && r.Cost != r.Discount {
			rt.Fatalf("redemption %s takes %d off and costs %d", r.ID, r.Discount, r.Cost)
		}
	}
	for part, minor := range left {
		if minor < 0 {
			rt.Fatalf("%s is discounted by %d more than it comes to: %+v", part, -minor, done)
		}
	}
}

// What is asked back is checked against what is left; a line without a quantity comes back whole.
func TestReturnableQuantities(t *testing.T) {
	s := newShop(t)
	s.sells(off("HALF", 50, "a", "combine"))
	r := s.request("HALF", 1, "o1", 9_000)
	r.Cart.Lines[0].Quantity = 3
	done := s.mustRedeem(r)
	back := func(lines ...redeem.LineReturn) (redeem.Reversed, error) {
		return s.teller.Reverse(t.Context(), redeem.Once{}, done.ID, redeem.ReversalBody{Lines: lines}, s.now)
	}
	l1 := func(n int64) redeem.LineReturn { return redeem.LineReturn{ID: "l1", Quantity: &n} }
	for _, n := range []int64{0, -1} {
		_, err := back(redeem.LineReturn{ID: "l2"}, l1(n))
		var refused *boon.Error
		if !errors.As(err, &refused) || refused.Reason != boon.ReasonInvalidRequest || refused.Field != "lines[1].quantity" {
			t.Errorf("a quantity of %d: %v", n, err)
		}
	}
	_, err := back(l1(4))
	s.refuses(err, boon.ReasonNotApplicable)
	_, err = back(l1(2), l1(2))
	s.refuses(err, boon.ReasonNotApplicable)
	if v, err := back(l1(1)); err != nil || v.Amount.Minor != 3_000 {
		t.Errorf("one of three: %+v %v", v, err)
	}
	_, err = back(l1(3))
	s.refuses(err, boon.ReasonNotApplicable)
	if v, err := back(redeem.LineReturn{ID: "l1"}); err != nil || v.Amount.Minor != 6_000 {
		t.Errorf("the other two: %+v %v", v, err)
	}
}

// Whatever a reward takes off, its answers list lines, if none; a gift is named.
func TestAnswersListLinesAndGifts(t *testing.T) {
	s := newShop(t)
	s.sells(boon.Offer{ID: "GIFT", Reward: boon.Reward{Type: boon.RewardGift, SKU: "G1"}}, boon.Offer{ID: "SHIP", Reward: boon.Reward{Type: boon.RewardFreeShipping}})
	for code, want := range map[string]string{
		"GIFT": `"discount":{"amount":"0.00","currency":"USD"},"lines":[],"gift":"G1"}`,
		"SHIP": `"discount":{"amount":"4.90","currency":"USD"},"lines":[]}`,
	} {
		r := s.request(code, 1, "order of "+code, 9_000)
		v, err := s.teller.Validate(t.Context(), r, s.now)
		if err != nil {
			t.Fatal(err)
		}
		once := redeem.OnceFor(code)
		for range 2 { // the repeated answer is the first
			done, err := s.teller.Redeem(t.Context(), once, r, s.now)
			if err != nil {
				t.Fatal(err)
			}
			for _, answer := range []any{v, done} {
				if body, _ := json.Marshal(answer); !strings.HasSuffix(string(body), want) {
					t.Errorf("%s: %s, want %s", code, body, want)
				}
			}
		}
	}
	v, err := s.teller.Validate(t.Context(), s.request("NOPE", 1, "o1", 9_000), s.now)
	if body, _ := json.Marshal(v); err != nil || strings.Contains(string(body), "lines") {
		t.Errorf("a refusal lists lines: %s %v", body, err)
	}
}
