package redeem_test

import (
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

// sellsStated sells what orders of these tests are paid with: of 60.00 and 30.00 in shoes TEN takes 6.00 and 3.00, HALF 30.00 and
// 15.00, FIVE 3.33 and 1.67.
func (s *shop) sellsStated() {
	of := func(id string, r boon.Reward) boon.Offer {
		return boon.Offer{ID: id, Budget: "welcome", Reward: r, Stacking: boon.Stacking{Policy: "combine"}}
	}
	percent := func(id string, n int64) boon.Offer {
		return of(id, boon.Reward{Type: boon.RewardPercentage, Levels: []boon.Micros{boon.Micros(n) * boon.Unit}, MaxDiscount: 9_000})
	}
	shoes := func(o boon.Offer) boon.Offer {
		o.Scope = boon.Scope{Kind: "category", Categories: []string{"SHOES"}}
		return o
	}
	none := percent("NONE", 20)
	none.Scope = boon.Scope{Kind: "sku", SKUs: []string{"Z9"}}
	big := of("BIG", boon.Reward{Type: boon.RewardFixed, Levels: []boon.Micros{9 * boon.Unit}})
	big.Minimum = 50_000
	big2 := big
	big2.ID = "BIG2"
	vendor := percent("VENDOR", 20)
	vendor.Reward.VendorShare = boon.Unit / 4
	once := percent("ONCE", 10)
	once.Caps.Total = 1
	s.sells(percent("TEN", 10), percent("HALF", 50), percent("FULL", 100), of("FIVE", boon.Reward{Type: boon.RewardFixed, Levels: []boon.Micros{5 * boon.Unit}}),
		shoes(percent("SHOES", 20)), none, shoes(percent("SHOES2", 25)), big, big2, vendor, once,
		of("POINTS", boon.Reward{Type: boon.RewardPoints, Levels: []boon.Micros{9 * boon.Unit}, PointValue: boon.Unit / 100}),
		of("GIFT", boon.Reward{Type: boon.RewardGift, SKU: "G1"}), of("SHIP", boon.Reward{Type: boon.RewardFreeShipping}))
}

// paidWith is an order of 60.00 and 30.00 that says what was taken off in all and by line.
func paidWith(codes string, discount int64, byLine ...int64) boon.Order {
	o := conformance.Basket("o1", 9_000)
	o.Coupons, o.Discount = strings.Fields(codes), discount
	for i, minor := range byLine {
		o.Lines[i].Coupon = minor
	}
	return o
}

// listed gives the lines of an order list prices, in major units.
func listed(o boon.Order, prices ...int64) boon.Order {
	for i, major := range prices {
		o.Lines[i].ListPrice = boon.Micros(major) * boon.Unit
	}
	return o
}

func topsOnly(o boon.Order) boon.Order {
	o.Lines = o.Lines[:1]
	return o
}

func shoesOnly(o boon.Order) boon.Order {
	o.Lines = o.Lines[1:]
	return o
}

// took writes what redemptions take off, by line and in all, in the order of their offers.
func took(all []boon.Redemption) string {
	var text []string
	for _, r := range all {
		one := r.Offer
		for _, l := range r.Lines {
			one += fmt.Sprint(" ", l.ID, ":", l.Minor)
		}
		text = append(text, fmt.Sprint(one, " = ", r.Discount))
	}
	slices.Sort(text)
	return strings.Join(text, ", ")
}

// What a paid order says it gave is spread over the codes that it names, when all of it is theirs.
func TestSeveralCodesShareWhatAnOrderSays(t *testing.T) {
	for _, c := range []struct {
		name  string
		order boon.Order
		want  string
	}{
		{"it says nothing", paidWith("TEN FIVE", 0), "FIVE l1:333 l2:167 = 500, TEN l1:600 l2:300 = 900"},
		{"as much as they compute", paidWith("TEN FIVE", 1_400), "FIVE l1:333 l2:167 = 500, TEN l1:600 l2:300 = 900"},
		{"less", paidWith("TEN FIVE", 700), "FIVE l1:167 l2:83 = 250, TEN l1:300 l2:150 = 450"},
		{"more", paidWith("TEN FIVE", 2_100), "FIVE l1:500 l2:250 = 750, TEN l1:900 l2:450 = 1350"},
		{"more than the goods", paidWith("TEN FIVE", 14_000), "FIVE l1:2143 l2:1071 = 3214, TEN l1:3857 l2:1929 = 5786"},
		{"more than the goods, of one code", paidWith("TEN", 14_000), "TEN l1:6000 l2:3000 = 9000"},
		{"more than the goods in scope", paidWith("SHOES", 4_000), "SHOES l2:3000 = 3000"},
		{"more than the goods in scope of one of them", paidWith("SHOES FIVE", 8_000), "FIVE l1:5000 = 5000, SHOES l2:3000 = 3000"},
		{"more than the goods in scope, beside one that does not apply", paidWith("SHOES BIG", 5_000), "BIG l1:2000 = 2000, SHOES l2:3000 = 3000"},
		{"more than the goods in scope, by line", listed(paidWith("SHOES", 0, 1_000, 4_000), 0, 30), "SHOES l1:750 l2:2250 = 3000"},
		{"more than a line's list price", listed(paidWith("TEN", 0, 9_000, 3_500), 80, 0), "TEN l1:8000 l2:3500 = 11500"},
		{"a price that is paid after the coupon", listed(paidWith("TEN", 0, 9_000), 150, 0), "TEN l1:9000 = 9000"},
		{"in the other order", paidWith("FIVE TEN", 1_350), "FIVE l1:321 l2:161 = 482, TEN l1:579 l2:289 = 868"},
		{"each computes on what is left", paidWith("TEN FULL", 4_500), "FULL l1:2700 l2:1350 = 4050, TEN l1:300 l2:150 = 450"},
		{"nothing is left", paidWith("FULL TEN", 4_500), "FULL l1:3000 l2:1500 = 4500, TEN = 0"},
		{"an odd cent", paidWith("TEN HALF", 101), "HALF l1:56 l2:28 = 84, TEN l1:11 l2:6 = 17"},
		{"each keeps to its scope", paidWith("SHOES FIVE", 1_000), "FIVE l1:303 l2:152 = 455, SHOES l2:545 = 545"},
		{"the rest of a full line goes where there is room", paidWith("SHOES FIVE", 7_000), "FIVE l1:4000 = 4000, SHOES l2:3000 = 3000"},
		{"two of one scope", paidWith("SHOES SHOES2", 6_000), "SHOES l2:1333 = 1333, SHOES2 l2:1667 = 1667"},
		{"two percentages, by line", paidWith("TEN HALF", 0, 3_600, 1_800), "HALF l1:3000 l2:1500 = 4500, TEN l1:600 l2:300 = 900"},
		{"lines go before the total", paidWith("TEN HALF", 77, 1_100, 100), "HALF l1:917 l2:83 = 1000, TEN l1:183 l2:17 = 200"},
		{"a line that says nothing", paidWith("TEN FIVE", 1_400, 900), "FIVE l1:321 = 321, TEN l1:579 = 579"},
		{"a line by one of them", paidWith("SHOES FIVE", 0, 300, 600), "FIVE l1:300 l2:131 = 431, SHOES l2:469 = 469"},
		{"a line by none of them", paidWith("SHOES SHOES2", 0, 101), "SHOES l1:45 = 45, SHOES2 l1:56 = 56"},
		{"one does not apply", paidWith("TEN BIG", 800), "BIG = 0, TEN l1:533 l2:267 = 800"},
		{"none applies", paidWith("BIG BIG2", 901), "BIG l1:301 l2:150 = 451, BIG2 l1:300 l2:150 = 450"},
		{"none applies, by line", paidWith("BIG BIG2", 0, 5, 2), "BIG l1:3 l2:1 = 4, BIG2 l1:2 l2:1 = 3"},
		{"a cent", paidWith("TEN FIVE", 1), "FIVE = 0, TEN l1:1 = 1"},
		{"one code spelt twice", paidWith("TEN ten", 700), "TEN l1:467 l2:233 = 700"},
		{"a foreign code", paidWith("TEN FIVE ALIEN", 700), "FIVE l1:333 l2:167 = 500, TEN l1:600 l2:300 = 900"},
		{"a foreign code, by line", paidWith("ALIEN TEN", 0, 50, 50), "TEN l1:600 l2:300 = 900"},
		{"points", paidWith("TEN FIVE POINTS", 700), "FIVE l1:333 l2:167 = 500, POINTS = 0, TEN l1:600 l2:300 = 900"},
		{"a gift", paidWith("GIFT TEN", 700), "GIFT = 0, TEN l1:600 l2:300 = 900"},
		{"shipping", paidWith("TEN SHIP", 1_390), "SHIP = 490, TEN l1:600 l2:300 = 900"},
		{"one code alone has all", paidWith("TEN", 700), "TEN l1:467 l2:233 = 700"},
		{"one code alone, on the lines that it is about", paidWith("SHOES", 900), "SHOES l2:900 = 900"},
		{"nothing that it is about", paidWith("NONE", 900), "NONE = 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShop(t)
			s.sellsStated()
			done := s.arrives(c.order, 1)
			if got := took(done.Redemptions); got != c.want {
				t.Errorf("booked %s, want %s", got, c.want)
			}
			if again := s.arrives(c.order, 1); !again.Repeated {
				t.Errorf("settled again: %+v", again)
			}
		})
	}
}

// Codes that share all of an order take exactly what each of its lines comes to, however the cents fall.
func TestAllOfAnOrderIsItsLines(t *testing.T) {
	s := newShop(t)
	s.sellsStated()
	for n := int64(20); n < 120; n++ {
		order := conformance.Basket(fmt.Sprint("all of ", n), n)
		order.Coupons, order.Discount = []string{"SHOES", "TEN"}, n
		lines := map[string]int64{}
		for _, r := range s.arrives(order, int(n)).Redemptions {
			for _, l := range r.Lines {
				lines[l.ID] += l.Minor
			}
		}
		if lines["l1"] != n-n/3 || lines["l2"] != n/3 {
			t.Errorf("of %d cents %v are booked", n, lines)
		}
	}
}

// An order without lines is shared in all.
func TestSeveralCodesShareAnOrderWithoutLines(t *testing.T) {
	s := newShop(t)
	s.sellsStated()
	order := paidWith("TEN FIVE", 701)
	order.Lines = nil
	if got, want := took(s.arrives(order, 1).Redemptions), "FIVE = 350, TEN = 351"; got != want {
		t.Errorf("booked %s, want %s", got, want)
	}
}

// Lines that nothing tells apart have each its own part.
func TestSeveralCodesShareLikeLines(t *testing.T) {
	s := newShop(t)
	s.sellsStated()
	order := paidWith("TEN FIVE", 1_400)
	for i := range order.Lines {
		order.Lines[i].ID, order.Lines[i].SKU = "", "A1"
	}
	if got, want := took(s.arrives(order, 1).Redemptions), "FIVE :333 :167 = 500, TEN :600 :300 = 900"; got != want {
		t.Errorf("booked %s, want %s", got, want)
	}
}

// What a call redeemed before the order came is its own; the order's codes compute beside it.
func TestAnOrderRedeemedInPartComputes(t *testing.T) {
	s := newShop(t)
	s.sellsStated()
	s.mustRedeem(s.request("TEN", 1, "o1", 9_000))
	if got, want := took(s.arrives(paidWith("TEN FIVE HALF", 700), 1).Redemptions), "FIVE l1:333 l2:167 = 500, HALF l1:3000 l2:1500 = 4500"; got != want {
		t.Errorf("booked %s, want %s", got, want)
	}
}

// An update that came before its order, and after a code of it was redeemed, says nothing of the order's other codes alone.
func TestAnUpdateBeforeAnOrderRedeemedInPart(t *testing.T) {
	s := newShop(t)
	s.sellsStated()
	s.mustRedeem(s.request("TEN", 1, "o1", 9_000))
	s.amend("early", boon.OrderUpdated, paidWith("", 900), 1)
	if done := s.arrives(paidWith("TEN FIVE HALF", 900), 1); len(done.Redemptions) != 2 || len(done.Late) != 0 {
		t.Errorf("settled %+v", done)
	}
}

// After a return of one code's line an update leaves the other's alone.
func TestAnUpdateAfterAReturnOfOneCode(t *testing.T) {
	s := newShop(t)
	s.sellsStated()
	for _, r := range s.arrives(paidWith("TEN HALF", 0, 3_600, 1_800), 1).Redemptions {
		if r.Offer == "TEN" {
			s.reverse(r.ID, redeem.LineReturn{ID: "l2"})
		}
	}
	if back := s.amend("e1", boon.OrderUpdated, paidWith("TEN HALF", 0, 3_600, 1_500), 1); len(back) != 0 {
		t.Errorf("came back: %+v", back)
	}
}

// One code spelt twice is one use, also where no cap allows it.
func TestACodeSpeltTwiceBeyondItsCap(t *testing.T) {
	s := newShop(t)
	s.sellsStated()
	s.mustRedeem(s.request("ONCE", 2, "o0", 9_000))
	if got, want := took(s.arrives(paidWith("ONCE once", 0), 1).Redemptions), "ONCE l1:600 l2:300 = 900"; got != want {
		t.Errorf("booked %s, want %s", got, want)
	}
}

// The budget is charged what the shop gave, and the vendor a quarter of a share; returns give back what was booked, line by line.
func TestASharedDiscountComesBack(t *testing.T) {
	s := newShop(t)
	s.sellsStated()
	done := s.arrives(paidWith("VENDOR FIVE", 0, 1_001, 400), 1).Redemptions
	if got, want := took(done), "FIVE l1:217 l2:87 = 304, VENDOR l1:784 l2:313 = 1097"; got != want {
		t.Fatalf("booked %s, want %s", got, want)
	}
	for _, r := range done {
		if share := r.Discount / 4; r.Offer == "VENDOR" && (r.Vendor != share || r.Cost != r.Discount-share) {
			t.Errorf("the vendor owes %d of %d, the budget %d", r.Vendor, r.Discount, r.Cost)
		}
	}
	s.stands("welcome", accounts{"available": 100_000 - 823 - 304, "promo_expense": 823 + 304, "vendor_funding": -274, "vendor_receivable": 274})
	second := conformance.Basket("o1", 9_000)
	second.Lines = second.Lines[1:]
	back := s.amend("e1", boon.OrderRefunded, second, 1)
	if len(back) != 2 || back[0].Amount+back[1].Amount != 400 {
		t.Errorf("the second line gave back %+v", back)
	}
	s.amend("e2", boon.OrderCancelled, boon.Order{ID: "o1"}, 1)
	s.stands("welcome", accounts{"available": 100_000, "promo_expense": 823 + 304, "reversal": -(823 + 304)})
}

// An update is held to what it says of several codes, as of one: what it repeats changes nothing, what it says less comes back.
func TestAnUpdateOfASharedDiscount(t *testing.T) {
	for _, c := range []struct {
		name          string
		order, update boon.Order
		back          int64
	}{
		{"the same, more than computed", paidWith("TEN HALF", 6_000), paidWith("TEN HALF", 6_000), 0},
		{"the same in the other order", paidWith("TEN HALF", 6_001), paidWith("HALF TEN", 6_001), 0},
		{"the same by line, without codes", paidWith("TEN HALF", 0, 4_001, 777), paidWith("", 0, 4_001, 777), 0},
		{"less", paidWith("TEN HALF", 6_000), paidWith("TEN HALF", 5_001), 999},
		{"a line less", paidWith("TEN HALF", 0, 4_001, 777), paidWith("TEN HALF", 0, 4_001), 777},
		{"more is not given", paidWith("TEN HALF", 3_000), paidWith("TEN HALF", 4_000), 0},
		{"with points beside it is computed", paidWith("TEN POINTS HALF", 100), paidWith("TEN HALF", 100), 0},
		{"one code, the same", paidWith("TEN", 1_500), paidWith("TEN", 1_500), 0},
		{"one code, the same, without it", paidWith("TEN", 1_500), paidWith("", 1_500), 0},
		{"one code, less", paidWith("TEN", 900), paidWith("TEN", 500), 400},
		{"one code, less goods than it says", paidWith("TEN", 9_000), shoesOnly(paidWith("TEN", 9_000)), 6_000},
		{"less goods than it says", paidWith("TEN HALF", 9_000), shoesOnly(paidWith("TEN HALF", 9_000)), 6_000},
		{"one code, nothing left that it is about", paidWith("SHOES", 900), topsOnly(paidWith("SHOES", 900)), 900},
		{"one code, more than the goods, the same", paidWith("TEN", 14_000), paidWith("TEN", 14_000), 0},
		{"one code, with a foreign one beside it", paidWith("TEN ALIEN", 700), paidWith("TEN ALIEN", 700), 0},
		{"one code, with a foreign one that is gone", paidWith("TEN ALIEN", 700), paidWith("TEN", 700), 200},
		{"with a foreign code it is computed", paidWith("TEN HALF", 6_000), paidWith("TEN HALF ALIEN", 6_000), 600},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShop(t)
			s.sellsStated()
			var gave, back int64
			done := s.arrives(c.order, 1).Redemptions
			for _, r := range done {
				gave += r.Discount
			}
			for _, v := range s.amend("e1", boon.OrderUpdated, c.update, 1) {
				back += v.Amount
			}
			if back != c.back {
				t.Errorf("of %d came back %d, want %d", gave, back, c.back)
			}
			if len(done) > 2 { // points are a liability besides
				return
			}
			left := accounts{"available": 100_000 - gave + back, "promo_expense": gave}
			if back > 0 {
				left["reversal"] = -back
			}
			s.stands("welcome", left)
		})
	}
}

// Whatever an order says, its claims share it to the cent and by line, none of them negative, in whatever order it names them.
func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		order := drawOrder(rt)
		order.Discount = rapid.Int64Range(0, 9_000).Draw(rt, "discount")
		byLine := drawStated(rt, &order)
		var offers []boon.Offer
		for i := range rapid.IntRange(2, 5).Draw(rt, "codes") {
			o := off(fmt.Sprint("CODE", i), rapid.Int64Range(1, 100).Draw(rt, "level"), "a", "combine")
			o.Reward.Type = rapid.SampledFrom([]boon.RewardType{boon.RewardPercentage, boon.RewardFixed}).Draw(rt, "reward")
			if rapid.Bool().Draw(rt, "scoped") {
				o.Scope = boon.Scope{Kind: "sku", SKUs: []string{"A", "B"}}
			}
			offers, order.Coupons = append(offers, o), append(order.Coupons, o.ID)
		}
		first := settled(t, offers, order)
		order.Coupons = rapid.Permutation(order.Coupons).Draw(rt, "permuted")
		if again := settled(t, offers, order); took(again) != took(first) {
			rt.Fatalf("%s, and named otherwise %s", took(first), took(again))
		}
		addsUp(rt, order, offers, first, byLine)
	})
}

// drawStated lets an order say what it gave: in all, often all of its goods, or by line, which it returns the sum of.
func drawStated(rt *rapid.T, order *boon.Order) (byLine int64) {
	how := rapid.SampledFrom([]string{"in all", "all of it", "by line"}).Draw(rt, "says")
	if how == "all of it" {
		order.Discount = 0
	}
	for i := range order.Lines {
		l := &order.Lines[i]
		switch l.ID = fmt.Sprint("l", i+1); how {
		case "all of it":
			order.Discount += l.Amount("USD")
		case "by line":
			l.Coupon = rapid.Int64Range(0, 2_000).Draw(rt, "coupon")
			byLine += l.Coupon
		}
	}
	return byLine
}

func settled(t *testing.T, offers []boon.Offer, order boon.Order) []boon.Redemption {
	s := &shop{T: t, book: memory.NewBook(), release: conformance.BookRelease(), now: conformance.Monday}
	s.release.Bundle.StackingGroups = []boon.StackingGroup{{ID: "a", Mode: boon.StackAll}}
	s.terms = redeem.NewReleases(s.release)
	s.desk = &redeem.Desk{Terms: s.terms}
	s.sells(slices.Clone(offers)...)
	return s.arrives(order, 1).Redemptions
}
