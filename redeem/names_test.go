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
			var back int64
			for i, lines := range c.come {
				for _, v := range s.amend(string(rune('a'+i)), c.event, boon.Order{ID: "o1", Currency: "USD", Lines: lines}, 1) {
					back += v.Amount
				}
			}
			if back != c.want {
				t.Errorf("took back %d, want %d", back, c.want)
			}
		})
	}
}
