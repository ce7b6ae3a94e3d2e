package decide_test

import (
	"math"
	"testing"

	"boon"
	"boon/decide"
	"boon/model"
)

// one is a shop with VAT in its prices and one offer of ten per cent.
const one = `---
kind: Offer
id: ten
campaign: spring
reward: {type: percentage, values: ["10"], maxDiscount: "20.00"}
placements: [checkout]
duration: 7d
`

// TestScoreByHand follows the arithmetic of the domain on paper.
func TestScoreByHand(t *testing.T) {
	b := parse(t, base(t)+one)
	b.Shop.PricesInclude = "vat"
	in := inputs(b, "checkout")
	in.Request.Cart.Lines[0].Tax, in.Request.Cart.Lines[1].Tax = 1000, 500
	cost := int64(2500)
	in.Products = []boon.Product{{SKU: "tea", Category: "GROCERY/TEA", Price: 3000}, {SKU: "toy", Price: 4000, Cost: &cost}}

	// revenue without VAT  6000-1000 + 4000-500 = 8500
	// goods                tea by its margin of 40%: 6000 - 2400 = 3600; toy 2500
	// gross                8500 - 6100 = 2400
	// returns              10% of gross: 240
	// payment fee          2% of 8500 + 400 shipping: 178
	// shipping             + 400 charged - 400 spent
	const margin = 2400 - 240 - 178 + 400 - 400
	// depth 1000/10000 = 0.1, so p = 1 - (1-0.5)*exp(-4*0.1) and q = 0.6 p
	p := 1 - 0.5*math.Exp(-0.4)
	q := 0.6 * p
	delta := p*margin - q*1000 - 0.5*margin

	record := decide.Compute(compile(t, b), rates(), in)
	k := record.Candidates[0]
	if k.Cost != 1000 {
		t.Errorf("ten per cent of 100.00 costs %d", k.Cost)
	}
	near(t, "p0", k.P0, 0.5)
	near(t, "p", k.P, p)
	near(t, "q", k.Q, q)
	near(t, "delta", k.Delta, delta)
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
		t.Errorf("%s is %.12g, want %.12g", what, got, want)
	}
}

// TestWhatVendorsPayIsNoCost, what a till order does not ship costs no shipping, and what was seen outweighs what was believed.
func TestScoreParts(t *testing.T) {
	at := func(change func(*boon.Bundle, *decide.Inputs), r model.Rates) boon.Candidate {
		b := parse(t, base(t)+one)
		in := inputs(b, "checkout")
		change(&b, &in)
		in.RatesID = r.ID
		return decide.Compute(compile(t, b), r, in).Candidates[0]
	}
	plain := at(func(*boon.Bundle, *decide.Inputs) {}, rates())
	lift := plain.P - plain.P0

	vendor := at(func(b *boon.Bundle, _ *decide.Inputs) { b.Offers[0].Reward.VendorShare = boon.Unit / 4 }, rates())
	if vendor.Cost != 750 {
		t.Errorf("a vendor pays a quarter, the shop %d of 1000", vendor.Cost)
	}
	near(t, "delta with a vendor", vendor.Delta, plain.Delta+plain.Q*250)

	till := at(func(_ *boon.Bundle, in *decide.Inputs) { in.Request.Context.Channel = "store" }, rates())
	near(t, "delta at the till", till.Delta, plain.Delta+lift*400)

	var tally model.Tally
	arm := model.Arm{Offer: "ten", Level: 10 * boon.Unit}
	for i := range 150 {
		tally.Given(arm)
		tally.Given(model.Arm{})
		if i < 120 {
			tally.Bought(arm)
		}
		if i < 90 {
			tally.Bought(model.Arm{})
		}
		if i < 60 {
			tally.Redeemed(arm)
		}
	}
	seen := at(func(*boon.Bundle, *decide.Inputs) {}, model.Freeze(tally))
	p0 := (90 + 50*0.5) / 200.0
	p := (120 + 50*(1-(1-p0)*math.Exp(-0.4))) / 200
	near(t, "p0 after 150", seen.P0, p0)
	near(t, "p after 150", seen.P, p)
	near(t, "q after 150", seen.Q, p*(60+50*0.6)/(120+50))
}
