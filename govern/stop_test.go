package govern

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"boon"
)

var anyFigures = rapid.Custom(func(t *rapid.T) Figures {
	n := rapid.Int64Range(0, 1_000_000).Draw(t, "redemptions")
	amount := rapid.Int64Range(0, 1<<50).Draw(t, "amount")
	return Figures{Redemptions: n, Amount: amount, Discount: rapid.Int64Range(0, max(1, amount)).Draw(t, "discount"),
		Spend: rapid.Int64Range(0, 1<<50).Draw(t, "spend"), Returned: rapid.Int64Range(0, n).Draw(t, "returned"),
		Suspicious: rapid.Int64Range(0, n).Draw(t, "suspicious")}
})

var anyThreshold = rapid.Custom(func(t *rapid.T) boon.Threshold {
	figure := rapid.SampledFrom([]boon.Figure{boon.FigureDiscountRate, boon.FigureReturnsRate, boon.FigureSpend, boon.FigureRedemptions,
		boon.FigureSuspicious}).Draw(t, "figure")
	most := int64(boon.Unit)
	if figure != boon.FigureDiscountRate && figure != boon.FigureReturnsRate {
		most *= 1_000_000
	}
	return boon.Threshold{Figure: figure, Above: boon.Micros(rapid.Int64Range(0, most).Draw(t, "above")), Over: time.Hour,
		AtLeast: rapid.Int64Range(1, 100).Draw(t, "atLeast")}
})

// A verdict is what exact fractions say.
func TestVerdictsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, rule := anyFigures.Draw(t, "figures"), anyThreshold.Draw(t, "rule")
		part, whole := f.Redemptions, int64(1)
		switch rule.Figure {
		case boon.FigureDiscountRate:
			part, whole = f.Discount, f.Amount
		case boon.FigureReturnsRate:
			part, whole = f.Returned, f.Redemptions
		case boon.FigureSuspicious:
			part = f.Suspicious
		case boon.FigureSpend:
			part, whole = f.Spend, 100 // cents
		}
		bound := new(big.Rat).Mul(big.NewRat(int64(rule.Above), int64(boon.Unit)), big.NewRat(whole, 1))
		if rule.Figure == boon.FigureSpend {
			bound = big.NewRat(rule.Above.Minor("USD"), 1)
		}
		want := f.Redemptions >= rule.AtLeast && part > 0 && big.NewRat(part, 1).Cmp(bound) > 0
		if got := Judge(rule, f, "USD"); got.Holds != want || got.Holds != (got.Figures != nil) {
			t.Fatalf("%+v of %+v: %+v, want %v", rule, f, got, want)
		}
	})
}

// More of what is watched never takes a verdict back, a higher bound never brings one about.
func TestVerdictsAreMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, rule := anyFigures.Draw(t, "figures"), anyThreshold.Draw(t, "rule")
		more, n := f, rapid.Int64Range(0, 1000).Draw(t, "more")
		switch rule.Figure {
		case boon.FigureDiscountRate:
			more.Discount += n
		case boon.FigureReturnsRate:
			more.Returned += n
		case boon.FigureSpend:
			more.Spend += n
		case boon.FigureRedemptions:
			more.Redemptions += n
		case boon.FigureSuspicious:
			more.Suspicious += n
		}
		if Judge(rule, f, "USD").Holds && !Judge(rule, more, "USD").Holds {
			t.Fatalf("%+v holds for %+v and not for %+v", rule, f, more)
		}
		stricter := rule
		stricter.Above += boon.Micros(n)
		if !Judge(rule, f, "USD").Holds && Judge(stricter, f, "USD").Holds {
			t.Fatalf("%+v does not hold and %+v does", rule, stricter)
		}
	})
}
