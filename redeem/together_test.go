package redeem_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// stacks is a shop whose codes TEN (10%), FIVE (5.00) and BIG (20.00 from 86.00) stack in this order on what is left, SOLO (15%) is exclusive, and
// the group of FLASH (30%) excludes theirs.
func stacks(t *testing.T) *shop {
	s := newShop(t)
	group := func(id string) boon.StackingGroup {
		return boon.StackingGroup{ID: id, Mode: boon.StackAll, Per: boon.PerOrder, Price: boon.OnRemaining, Minimum: boon.MinimumAfter}
	}
	sale, flash := group("sale"), group("flash")
	flash.Excludes = []string{"sale"}
	s.release.Bundle.StackingGroups = []boon.StackingGroup{flash, sale}
	offers := []boon.Offer{off("TEN", 10, "sale", "combine"), off("FIVE", 5, "sale", "combine"), off("BIG", 20, "sale", "combine"),
		off("SOLO", 15, "sale", "exclusive"), off("FLASH", 30, "flash", "exclusive")}
	for i := range offers {
		offers[i].Stacking.Priority = int64(i)
		offers[i].Caps.PerProfile = 1
	}
	offers[1].Reward.Type, offers[2].Reward.Type, offers[2].Minimum = boon.RewardFixed, boon.RewardFixed, 8_600
	s.sells(offers...)
	return s
}

func (s *shop) together(order string, codes ...string) redeem.Request {
	r := s.request("", 1, order, 9_000)
	r.Code, r.Codes = "", codes
	return r
}

func (s *shop) validates(r redeem.Request) string {
	s.Helper()
	v, err := s.teller.Validate(s.Context(), r, s.now)
	if err != nil {
		s.Fatal(err)
	}
	var told string
	for _, c := range v.Codes {
		told += c.Code + " "
		if c.Valid {
			told += c.Discount.Text() + "; "
		} else {
			told += string(c.Reason) + ": " + c.Detail + "; "
		}
	}
	if !v.Valid {
		told += "not all; "
	}
	return told + v.Discount.Text()
}

// Each code is answered: what it takes off beside the others, or why not, with the figures; the order in which codes are typed in is nothing to it.
func TestCodesAreValidatedTogether(t *testing.T) {
	s := stacks(t)
	for _, c := range []struct {
		codes []string
		want  string
	}{
		{[]string{"TEN"}, "TEN 9.00; 9.00"},
		{[]string{"TEN", "FIVE"}, "TEN 9.00; FIVE 5.00; 14.00"},
		{[]string{"five", "TEN"}, "five 5.00; TEN 9.00; 14.00"},
		{[]string{"TEN", "BIG"}, "TEN 9.00; BIG not_applicable: the cart holds 90.00 USD in the offer's scope, of which 9.00 USD are taken off already; it needs 86.00 USD; not all; 9.00"},
		{[]string{"SOLO", "FIVE"}, "SOLO stacking: offer FIVE is on the order, and offer SOLO does not combine with it; FIVE 5.00; not all; 5.00"},
		{[]string{"TEN", "FLASH"}, `TEN stacking: group "flash" of offer FLASH and group "sale" of offer TEN exclude each other; FLASH 27.00; not all; 27.00`},
		{[]string{"TEN", "NOPE"}, "TEN 9.00; NOPE unknown_code: no grant and no offer has this code; not all; 9.00"},
	} {
		if got := s.validates(s.together("o1", c.codes...)); got != c.want {
			t.Errorf("%v:\ngot  %s\nwant %s", c.codes, got, c.want)
		}
	}
	if n := s.redemptions("o1"); len(n) != 0 {
		t.Errorf("validating redeemed %+v", n)
	}
}

func (s *shop) redemptions(order string) (all []boon.Redemption) {
	s.Helper()
	if err := s.book.View(s.Context(), func(tx redeem.Tx) (err error) { all, err = tx.OfOrder(order); return err }); err != nil {
		s.Fatal(err)
	}
	return all
}

// Codes are taken all or none: a refusal names the code, and leaves neither redemptions nor grants; the same call again gets the same answer.
func TestCodesAreTakenAllOrNone(t *testing.T) {
	s := stacks(t)
	for code, want := range map[string]boon.Reason{"BIG": boon.ReasonNotApplicable, "FLASH": boon.ReasonStacking, "NOPE": boon.ReasonUnknownCode} {
		_, err := s.redeem(s.together("o1", "FIVE", code))
		s.refuses(err, want)
		if field := fieldOf(err); code != "FLASH" && field != "codes[1]" {
			t.Errorf("the refusal of %s is about %q", code, field)
		}
	}
	if got := s.redemptions("o1"); len(got) != 0 {
		t.Fatalf("a refused call redeemed %+v", got)
	}
	var first string
	for range 2 {
		done, err := s.teller.Redeem(s.Context(), redeem.OnceFor("k1"), s.together("o1", "FIVE", "TEN"), s.now)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := json.Marshal(done)
		if first == "" {
			first = string(body)
		}
		if string(body) != first || done.Discount.Minor != 1_400 || done.Lines[0].Discount != "9.33" || len(done.Codes) != 2 || done.Codes[0].Code != "FIVE" {
			t.Errorf("answered %s, first %s", body, first)
		}
	}
	if got := s.redemptions("o1"); len(got) != 2 {
		t.Errorf("redeemed %+v", got)
	}
	_, err := s.redeem(s.together("o1", "TEN", "BIG"))
	s.refuses(err, boon.ReasonAlreadyRedeemed)
}

func fieldOf(err error) string {
	if e, ok := err.(*boon.Error); ok {
		return e.Field
	}
	return ""
}

// A later code is planned beside what its order redeemed: what stands stays.
func TestALaterCodeIsPlannedBesideTheEarlier(t *testing.T) {
	s := stacks(t)
	s.mustRedeem(s.together("o1", "TEN"))
	if later := s.mustRedeem(s.together("o1", "FIVE")); later.Discount.Minor != 500 {
		t.Errorf("FIVE took %+v", later)
	}
	for code, want := range map[string]boon.Reason{"BIG": boon.ReasonNotApplicable, "SOLO": boon.ReasonStacking, "FLASH": boon.ReasonStacking} {
		_, err := s.redeem(s.request(code, 1, "o1", 9_000))
		s.refuses(err, want)
		_, err = s.redeem(s.together("o1", code))
		s.refuses(err, want)
	}
	s = stacks(t)
	s.mustRedeem(s.request("FIVE", 1, "o1", 9_000))
	if later := s.mustRedeem(s.request("TEN", 1, "o1", 9_000)); later.Discount.Minor != 850 { // of the 85.00 that are left
		t.Errorf("TEN took %+v", later)
	}
}

// A return of a line gives each code back what it took off the line.
func TestAReturnSplitsOverTheCodes(t *testing.T) {
	s := stacks(t)
	s.mustRedeem(s.together("o1", "TEN", "FIVE"))
	err := s.in(func(tx redeem.Tx) error {
		back, err := s.desk.SettleRefund(tx, "m1", boon.Order{ID: "o1", Currency: "USD", Lines: []boon.Line{{ID: "l1", SKU: "A1", Quantity: 1}}}, "return", s.now)
		var amounts []int64
		for _, v := range back {
			amounts = append(amounts, v.Amount)
		}
		slices.Sort(amounts)
		if !slices.Equal(amounts, []int64{333, 600}) {
			t.Errorf("came back: %v", amounts)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Reservations of several codes are made and redeemed all or none, at what was promised.
func TestCodesAreReservedTogether(t *testing.T) {
	s := stacks(t)
	_, err := s.teller.Reserve(s.Context(), redeem.Once{}, s.together("o1", "FIVE", "SOLO"), s.now)
	s.refuses(err, boon.ReasonStacking)
	held, err := s.teller.Reserve(s.Context(), redeem.Once{}, s.together("o1", "FIVE", "TEN"), s.now)
	if err != nil || held.Discount.Minor != 1_400 || len(held.Codes) != 2 {
		t.Fatalf("reserved %+v, %v", held, err)
	}
	_, err = s.redeem(redeem.Request{Held: []string{held.Codes[0].ID, "rsv_gone"}})
	s.refuses(err, boon.ReasonNotFound)
	done := s.mustRedeem(redeem.Request{Held: []string{held.Codes[0].ID, held.Codes[1].ID}})
	if done.Discount.Minor != 1_400 || len(s.redemptions("o1")) != 2 {
		t.Errorf("redeemed %+v", done)
	}
}

// An order that arrives paid books its coupons in the order of application, however it lists them.
func TestCouponsOfAPaidOrderApplyInTurn(t *testing.T) {
	for _, coupons := range [][]string{{"TEN", "FIVE"}, {"FIVE", "TEN"}} {
		s := stacks(t)
		order := conformance.Basket("o1", 9_000)
		order.Coupons = coupons
		s.settle(order)
		for _, r := range s.redemptions("o1") {
			if want := map[string]int64{"TEN": 900, "FIVE": 500}[r.Offer]; r.Discount != want {
				t.Errorf("coupons %v: %s took %d, want %d", coupons, r.Offer, r.Discount, want)
			}
		}
	}
}

// The condition of a public code is asked again of what the codes before it leave of the cart.
func TestAConditionIsAskedOfWhatIsLeft(t *testing.T) {
	s := stacks(t)
	s.desk.Eligible = func(o boon.Offer, _ []boon.Identifier, cart boon.Order, _ time.Time) error {
		if total := cart.Merchandise(); o.ID == "FIVE" && total < 8_500 {
			return boon.Refuse(boon.ReasonNotEligible, "cart.total is %s", boon.Money{Minor: total, Currency: cart.Currency})
		}
		return nil
	}
	if got, want := s.validates(s.together("o1", "FIVE")), "FIVE 5.00; 5.00"; got != want {
		t.Error(got)
	}
	if got, want := s.validates(s.together("o1", "FIVE", "TEN")), "FIVE not_eligible: cart.total is 81.00 USD; TEN 9.00; not all; 9.00"; got != want {
		t.Error(got)
	}
}
