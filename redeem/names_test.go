package redeem_test

import (
	"testing"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

func mugs(id string, units int64) boon.Line {
	return boon.Line{ID: id, SKU: "mug", Quantity: units, Price: 2 * boon.Unit}
}

func cup(id string) boon.Line {
	return boon.Line{ID: id, SKU: "cup", Quantity: 1, Price: 4 * boon.Unit}
}

// amendBy sends one event for each list of lines and adds up what they take back.
func (s *shop) amendBy(event string, come [][]boon.Line) (back int64) {
	s.Helper()
	for i, lines := range come {
		for _, v := range s.amend(string(rune('a'+i)), event, boon.Order{ID: "o1", Currency: "USD", Lines: lines}, 1) {
			back += v.Amount
		}
	}
	return back
}

// An event that names SKUs finds the lines of the call that redeemed, by whatever ids it named them; and units that lie on several lines.
func TestAnEventFindsTheLinesOfItsSKU(t *testing.T) {
	checkout, events := []boon.Line{mugs("1", 2), cup("2")}, []boon.Line{mugs("mug", 2), cup("cup")} // 33%: 1.32 and 1.32
	apart := []boon.Line{mugs("mug", 1), mugs("mug#2", 1)}                                           // 0.66 each
	for name, c := range map[string]struct {
		order []boon.Line
		event string
		come  [][]boon.Line // one event each
		want  int64
	}{
		"a unit by its SKU":            {checkout, boon.OrderRefunded, [][]boon.Line{{mugs("mug", 1)}}, 66},
		"by the id of the call":        {checkout, boon.OrderRefunded, [][]boon.Line{{mugs("1", 1)}}, 66},
		"an id of the shop's own":      {checkout, boon.OrderRefunded, [][]boon.Line{{mugs("l7", 1)}}, 0},
		"an exchange":                  {checkout, boon.ExchangeCompleted, [][]boon.Line{{cup("cup")}}, 132},
		"an update that says the same": {checkout, boon.OrderUpdated, [][]boon.Line{events}, 0},
		"an update without the cup":    {checkout, boon.OrderUpdated, [][]boon.Line{events[:1]}, 132},
		"the same, then less":          {checkout, boon.OrderUpdated, [][]boon.Line{events, events[:1]}, 132},
		"both lines of one SKU":        {apart, boon.OrderRefunded, [][]boon.Line{{mugs("mug", 2)}}, 132},
		"one after the other":          {apart, boon.OrderRefunded, [][]boon.Line{{mugs("mug", 1)}, {mugs("mug", 1)}}, 132},
		"no more than there were":      {apart, boon.OrderRefunded, [][]boon.Line{{mugs("mug", 2)}, {mugs("mug", 2)}}, 132},
		"unit by unit off one line":    {events, boon.OrderRefunded, [][]boon.Line{{mugs("mug", 1), mugs("mug#2", 1)}}, 132},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			cart := boon.Order{ID: "o1", Currency: "USD", Lines: c.order}
			s.mustRedeem(redeem.Request{Code: "UNEVEN", Owners: []boon.Identifier{conformance.Shopper(1)}, Cart: cart})
			if back := s.amendBy(c.event, c.come); back != c.want {
				t.Errorf("took back %d, want %d", back, c.want)
			}
		})
	}
}

// Lines of one SKU without ids of their own are told apart by what a unit of them costs: an event's lines have made-up ids by their place, and places move.
// 10% of 40.00 and of 60.00 are 4.00 and 6.00.
func TestLinesOfOneSKUAreToldApartByPrice(t *testing.T) {
	line := func(id string, units, price int64) boon.Line {
		return boon.Line{ID: id, SKU: "mug", Quantity: units, Price: boon.Micros(price) * boon.Unit}
	}
	pair := []boon.Line{line("mug", 1, 40), line("mug#2", 1, 60)}
	ids := []boon.Line{line("1", 1, 40), line("2", 1, 60)} // of the call
	sets := []boon.Line{line("mug", 3, 20), line("mug#2", 2, 20), line("mug#3", 1, 40)}
	for name, c := range map[string]struct {
		order []boon.Line
		event string
		come  [][]boon.Line
		want  int64
	}{
		"an update drops the first":       {pair, boon.OrderUpdated, [][]boon.Line{{line("mug", 1, 60)}}, 400},
		"an update drops the second":      {pair, boon.OrderUpdated, [][]boon.Line{{line("mug", 1, 40)}}, 600},
		"an update turns them round":      {pair, boon.OrderUpdated, [][]boon.Line{{line("mug", 1, 60), line("mug#2", 1, 40)}}, 0},
		"an update of other prices":       {pair, boon.OrderUpdated, [][]boon.Line{{line("mug", 1, 30), line("mug#2", 1, 50)}}, 200},
		"an update puts one before":       {pair, boon.OrderUpdated, [][]boon.Line{{line("mug", 1, 10), line("mug#2", 1, 40), line("mug#3", 1, 60)}}, 0},
		"the first, then the second":      {pair, boon.OrderUpdated, [][]boon.Line{{line("mug", 1, 60)}, {line("mug", 1, 60)}, {line("mug", 0, 60)}}, 1_000},
		"by ids of the call":              {ids, boon.OrderUpdated, [][]boon.Line{{line("mug", 1, 60)}}, 400},
		"the shop's own ids":              {ids, boon.OrderUpdated, [][]boon.Line{{line("1", 1, 60)}}, 600},
		"an update of three, by quantity": {sets, boon.OrderUpdated, [][]boon.Line{{line("mug", 2, 20), line("mug#2", 1, 40)}}, 600},
		"a return of the second":          {pair, boon.OrderRefunded, [][]boon.Line{{line("mug", 1, 60)}}, 600},
		"a return of both in turn":        {pair, boon.OrderRefunded, [][]boon.Line{{line("mug", 1, 60)}, {line("mug", 1, 40)}}, 1_000},
		"a return twice over":             {pair, boon.OrderRefunded, [][]boon.Line{{line("mug", 1, 60)}, {line("mug", 1, 60)}, {line("mug", 1, 60)}}, 1_000},
		"a return of no price":            {pair, boon.OrderRefunded, [][]boon.Line{{line("mug", 1, 0)}}, 400},
		"a return by ids of the call":     {ids, boon.OrderRefunded, [][]boon.Line{{line("mug", 1, 60)}}, 600},
		"a return of two of three":        {sets, boon.OrderRefunded, [][]boon.Line{{line("mug", 2, 40)}}, 600},
		"an exchange of the second":       {pair, boon.ExchangeCompleted, [][]boon.Line{{line("mug", 1, 60)}}, 600},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.sells(off("TEN", 10, "", "combine"))
			s.mustRedeem(redeem.Request{Code: "TEN", Owners: []boon.Identifier{conformance.Shopper(1)}, Cart: boon.Order{ID: "o1", Currency: "USD", Lines: c.order}})
			if back := s.amendBy(c.event, c.come); back != c.want {
				t.Errorf("took back %d, want %d", back, c.want)
			}
		})
	}
}

// What comes back of a line that nothing was taken off takes nothing off the other of its SKU: a coupon of 1.00 is on the second of two mugs.
func TestALineWithoutADiscountIsNotTheOther(t *testing.T) {
	dear := func(id string) boon.Line { return boon.Line{ID: id, SKU: "mug", Quantity: 1, Price: 9 * boon.Unit} }
	with := func(l boon.Line) boon.Line { l.Coupon = 100; return l }
	likes, differ := []boon.Line{mugs("mug", 1), with(mugs("mug#2", 1))}, []boon.Line{mugs("mug", 1), with(dear("mug#2"))}
	for name, c := range map[string]struct {
		order []boon.Line
		event string
		come  [][]boon.Line
		want  int64
	}{
		"the first":                    {differ, boon.OrderRefunded, [][]boon.Line{{mugs("mug", 1)}}, 0},
		"the first, twice over":        {differ, boon.OrderRefunded, [][]boon.Line{{mugs("mug", 1)}, {mugs("mug", 0)}}, 0},
		"the second":                   {differ, boon.OrderRefunded, [][]boon.Line{{dear("mug")}}, 100},
		"the second, by an exchange":   {differ, boon.ExchangeCompleted, [][]boon.Line{{dear("mug")}}, 100},
		"both":                         {differ, boon.OrderRefunded, [][]boon.Line{{mugs("mug", 1), dear("mug#2")}}, 100},
		"an update without the second": {differ, boon.OrderUpdated, [][]boon.Line{{mugs("mug", 1)}}, 100},
		"an update without the first":  {differ, boon.OrderUpdated, [][]boon.Line{{with(dear("mug"))}}, 0},
		"updated, then the second":     {differ, boon.OrderUpdated, [][]boon.Line{{mugs("mug", 1), with(dear("mug#2"))}, {mugs("mug", 1)}}, 100},
		"the first of like ones":       {likes, boon.OrderRefunded, [][]boon.Line{{mugs("mug", 1)}}, 0},
		"like ones in turn":            {likes, boon.OrderRefunded, [][]boon.Line{{mugs("mug", 1)}, {mugs("mug", 1)}}, 100},
		"a like one beside another line, then the other": {append(likes[:2:2], with(cup("cup"))), boon.OrderRefunded, [][]boon.Line{{mugs("mug", 1), cup("cup")}, {mugs("mug", 1)}}, 200},
		"an update of like ones, the same":               {likes, boon.OrderUpdated, [][]boon.Line{likes}, 0},
		"an update without a like one":                   {likes, boon.OrderUpdated, [][]boon.Line{{with(mugs("mug", 1))}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.sells(off("TEN", 10, "", "combine"))
			s.arrives(boon.Order{ID: "o1", Currency: "USD", Coupons: []string{"TEN"}, Lines: c.order}, 1)
			if back := s.amendBy(c.event, c.come); back != c.want {
				t.Errorf("took back %d, want %d", back, c.want)
			}
		})
	}
}

// After an update that has the line without a discount no more, a return is of the other.
func TestAnUpdateDropsALineWithoutADiscount(t *testing.T) {
	s := newShop(t)
	s.sells(off("TEN", 10, "", "combine"))
	second := mugs("mug#2", 1)
	second.Coupon = 100
	order := boon.Order{ID: "o1", Currency: "USD", Coupons: []string{"TEN"}, Lines: []boon.Line{mugs("mug", 1), second}}
	s.arrives(order, 1)
	second.ID = "mug"
	order.Lines = []boon.Line{second}
	if back := s.amend("e1", boon.OrderUpdated, order, 1); len(back) != 0 {
		t.Errorf("the update took back %+v", back)
	}
	if back := s.amendBy(boon.OrderRefunded, [][]boon.Line{{mugs("mug", 1)}}); back != 100 {
		t.Errorf("the return took back %d, want 100", back)
	}
}

// Of lines of one SKU and price the one with as many units is meant: 3 with 1.00 off and 2 with 5.00 off.
func TestLinesOfOnePriceAreToldApartByUnits(t *testing.T) {
	for event, want := range map[string]int64{boon.OrderUpdated: 100, boon.OrderRefunded: 500} {
		s := newShop(t)
		s.sells(off("TEN", 10, "", "combine"))
		three, two := mugs("mug", 3), mugs("mug#2", 2)
		three.Coupon, two.Coupon = 100, 500
		s.arrives(boon.Order{ID: "o1", Currency: "USD", Coupons: []string{"TEN"}, Lines: []boon.Line{three, two}}, 1)
		two.ID = "mug"
		back := s.amend("e1", event, boon.Order{ID: "o1", Currency: "USD", Lines: []boon.Line{two}}, 1)
		if len(back) != 1 || back[0].Amount != want {
			t.Errorf("%s: took back %+v, want %d", event, back, want)
		}
	}
}
