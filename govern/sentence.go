package govern

import (
	"fmt"
	"math"
	"strings"

	"boon"
)

// Sentence says what was found, for people; amounts are of currency c.
func (f Finding) Sentence(bound boon.Fairness, c boon.Currency) string {
	var said string
	switch f.Verdict {
	case TooFew:
		return fmt.Sprintf("Nothing is compared: fewer than two groups have %d members or more.", max(1, bound.AtLeast))
	case Within:
		said = fmt.Sprintf("%s: not below the bound of %s.", f.fares(bound, c), bound.Ratio)
	case Unsure:
		said = fmt.Sprintf("%s: below the bound of %s, and chance may be why (p = %.2g, and less than %.2g is asked).", f.fares(bound, c), bound.Ratio, f.Gap.P, f.Level)
	default:
		said = fmt.Sprintf("%s: below the bound of %s, and chance is not why (p = %.2g).", f.fares(bound, c), bound.Ratio, f.Gap.P)
	}
	if len(f.Few) > 0 {
		said += fmt.Sprintf(" Too few to be compared: %s.", strings.Join(f.Few, ", "))
	}
	return said
}

func (f Finding) fares(bound boon.Fairness, c boon.Currency) string {
	rate := func(x float64) string {
		if bound.Outcome == boon.FairValue {
			return money(int64(math.Round(x)), c) + " each"
		}
		return fmt.Sprintf("%.1f%%", 100*x)
	}
	return fmt.Sprintf("%q fares worst with %s against %s of %q, a ratio of %.3f", f.Gap.Low, rate(f.Gap.LowRate), rate(f.Gap.HighRate), f.Gap.High, f.Gap.Ratio)
}

// Figures are what the audit and an alarm keep of a finding.
func (f Finding) Figures(bound boon.Fairness) map[string]string {
	return map[string]string{
		"by": bound.By.String(), "outcome": string(bound.Outcome), "low": f.Gap.Low, "high": f.Gap.High, "below": bound.Ratio.String(), "over": bound.Over.String(),
		"ratio": fmt.Sprintf("%.4f", f.Gap.Ratio), "difference": fmt.Sprintf("%.4f", f.Gap.Difference), "p": fmt.Sprintf("%.2g", f.Gap.P),
	}
}
