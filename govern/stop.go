package govern

import (
	"math/bits"
	"strconv"

	"boon"
)

// Figures are what was counted of one subject within a rule's window; amounts in minor units.
type Figures struct {
	Redemptions int64
	Amount      int64 // the orders' merchandise before the discount
	Discount    int64
	Spend       int64 // charged to budgets
	Returned    int64 // redemptions that were taken back
	Suspicious  int64 // redemptions by marked profiles
}

// Verdict says whether a rule holds, and by which figures.
type Verdict struct {
	Holds   bool
	Figures map[string]string // for the audit and the alarm; nil when it does not hold
}

// Judge asks a rule of the figures.
func Judge(t boon.Threshold, f Figures, c boon.Currency) Verdict {
	if f.Redemptions < t.AtLeast || !above(t, f, c) {
		return Verdict{}
	}
	return Verdict{true, map[string]string{
		"figure": string(t.Figure), "value": value(t.Figure, f, c), "above": t.Above.String(), "over": t.Over.String(),
		"redemptions": strconv.FormatInt(f.Redemptions, 10), "discount": money(f.Discount, c), "spend": money(f.Spend, c),
		"revenue": money(f.Amount-f.Discount, c), "returned": strconv.FormatInt(f.Returned, 10), "suspicious": strconv.FormatInt(f.Suspicious, 10),
	}}
}

func above(t boon.Threshold, f Figures, c boon.Currency) bool {
	switch t.Figure {
	case boon.FigureDiscountRate:
		return passes(f.Discount, t.Above, f.Amount)
	case boon.FigureReturnsRate:
		return passes(f.Returned, t.Above, f.Redemptions)
	case boon.FigureSpend:
		return f.Spend > t.Above.Minor(c)
	case boon.FigureRedemptions:
		return passes(f.Redemptions, t.Above, 1)
	case boon.FigureSuspicious:
		return passes(f.Suspicious, t.Above, 1)
	}
	return false
}

// passes compares part with share of whole, exactly.
func passes(part int64, share boon.Micros, whole int64) bool {
	if part <= 0 {
		return false
	}
	lh, ll := bits.Mul64(uint64(part), uint64(boon.Unit))
	rh, rl := bits.Mul64(uint64(max(0, share)), uint64(max(0, whole)))
	return lh > rh || lh == rh && ll > rl
}

// value is the figure in words: a share, an amount, or a count.
func value(figure boon.Figure, f Figures, c boon.Currency) string {
	switch figure {
	case boon.FigureDiscountRate:
		return share(f.Discount, f.Amount)
	case boon.FigureReturnsRate:
		return share(f.Returned, f.Redemptions)
	case boon.FigureSpend:
		return money(f.Spend, c)
	case boon.FigureSuspicious:
		return strconv.FormatInt(f.Suspicious, 10)
	}
	return strconv.FormatInt(f.Redemptions, 10)
}

func share(part, whole int64) string {
	return boon.Micros(boon.MulDiv(part, int64(boon.Unit), max(1, whole))).String()
}

func money(minor int64, c boon.Currency) string {
	return boon.Money{Minor: minor, Currency: c}.String()
}
