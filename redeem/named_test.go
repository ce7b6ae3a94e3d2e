package redeem_test

import (
	"errors"
	"testing"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// A call names lines by id, or by SKU: then units come off the lines with a discount in their order, and off the others last. What it names besides is
// refused with its field, and nothing is booked. 10% of two cups at 5.00 is 1.00, of one at 20.00 it is 2.00; the spoon is not in scope.
func TestACallNamesLinesByIDOrSKU(t *testing.T) {
	line := func(id, sku string, units, price int64) boon.Line {
		return boon.Line{ID: id, SKU: sku, Quantity: units, Price: boon.Micros(price) * boon.Unit}
	}
	by := func(id, sku string, units ...int64) (l redeem.LineReturn) {
		if l.ID, l.SKU = id, sku; len(units) > 0 {
			l.Quantity = &units[0]
		}
		return l
	}
	cups := off("CUPS", 10, "", "combine")
	cups.Budget, cups.Reward.MaxDiscount, cups.Scope = "welcome", 900, boon.Scope{Kind: "sku", SKUs: []string{"cup"}}
	for name, c := range map[string]struct {
		lines []redeem.LineReturn
		want  int64
		as    boon.Reason
		field string
	}{
		"a unit of a SKU":               {[]redeem.LineReturn{by("", "cup", 1)}, 50, "", ""},
		"units of two lines":            {[]redeem.LineReturn{by("", "cup", 3)}, 300, "", ""},
		"all of a SKU":                  {[]redeem.LineReturn{by("", "cup")}, 300, "", ""},
		"a line, then its SKU":          {[]redeem.LineReturn{by("2", ""), by("", "cup", 1)}, 250, "", ""},
		"with one that has nothing off": {[]redeem.LineReturn{by("", "spoon"), by("2", "")}, 200, "", ""},
		"only one that has nothing off": {[]redeem.LineReturn{by("3", "")}, 0, boon.ReasonNotApplicable, ""},
		"more than there are":           {[]redeem.LineReturn{by("", "cup", 4)}, 0, boon.ReasonNotApplicable, ""},
		"more than another line leaves": {[]redeem.LineReturn{by("1", "", 1), by("", "cup", 3)}, 0, boon.ReasonNotApplicable, ""},
		"an id that the order has not":  {[]redeem.LineReturn{by("1", "", 1), by("7", "cup", 1)}, 0, boon.ReasonInvalidRequest, "lines[1].id"},
		"a SKU that the order has not":  {[]redeem.LineReturn{by("1", ""), by("2", ""), by("", "hat")}, 0, boon.ReasonInvalidRequest, "lines[2].sku"},
		"no units":                      {[]redeem.LineReturn{by("", "cup", 0)}, 0, boon.ReasonInvalidRequest, "lines[0].quantity"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.sells(cups)
			done := s.mustRedeem(redeem.Request{Code: "CUPS", Owners: []boon.Identifier{conformance.Shopper(1)},
				Cart: boon.Order{ID: "o1", Currency: "USD", Lines: []boon.Line{line("1", "cup", 2, 5), line("2", "cup", 1, 20), line("3", "spoon", 1, 4)}}})
			v, err := s.teller.Reverse(t.Context(), redeem.Once{}, done.ID, redeem.ReversalBody{Lines: c.lines}, s.now)
			var refused *boon.Error
			if errors.As(err, &refused); reasonOf(err) != c.as || (refused != nil && refused.Field != c.field) || v.Amount.Minor != c.want {
				t.Errorf("took back %+v, refused %v", v, err)
			}
			want := accounts{"available": 100_000 - 300 + c.want, "promo_expense": 300}
			if c.want > 0 {
				want["reversal"] = -c.want
			}
			s.stands("welcome", want)
		})
	}
}
