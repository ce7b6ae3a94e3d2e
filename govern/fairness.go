package govern

import (
	"math"
	"math/big"
	"slices"

	"boon"
)

// Group is what was counted of one group of people.
type Group struct {
	Name     string
	Units    int64 // people
	Favoured int64 // of them with the favourable outcome
	Value    int64 // that all of them were given, minor units
	Squares  Square
}

// Gap holds one group against one that fares better. Rates are shares of people, or minor units a person where a bound is over value.
type Gap struct {
	Low, High         string
	LowRate, HighRate float64
	Ratio             float64 // adverse impact ratio: LowRate by HighRate (29 CFR 1607.4(D))
	Difference        float64 // statistical parity difference: HighRate less LowRate
	From, To          float64 // its interval at 95%
	P                 float64 // two-sided: of such a difference where there is none
	Test              Test
}

// Equality says how the outcomes of groups compare.
type Equality string

// The verdicts.
const (
	TooFew  Equality = "too_few" // fewer than two groups are large enough
	Within  Equality = "within"  // no ratio is below the bound
	Unsure  Equality = "unsure"  // a ratio is below the bound, and chance may be why
	Unequal Equality = "unequal" // a ratio is below the bound, and not by chance
)

// Finding is what the outcomes of groups come to under a bound. Gap is the one with the lowest ratio, of those that are not by chance where there are any;
// zero when too few were compared.
type Finding struct {
	Verdict Equality
	Gap     Gap
	Level   float64  // what P has to be below; see [Compare]
	Few     []string // groups that are too small to be compared
}

// Compare asks a bound of groups, by pairs: one passes it when its adverse impact ratio is below the bound and a test of the difference says that chance
// is not why, which the Uniform Guidelines ask of small numbers. Alpha is shared by Bonferroni's inequality over the pairs, and over the times that the
// bound is asked, so that it bounds the probability of a false alarm in all of them together, however they depend on each other.
func Compare(bound boon.Fairness, groups []Group, times int64) Finding {
	f := Finding{Verdict: TooFew}
	large := slices.DeleteFunc(slices.Clone(groups), func(g Group) bool { return g.Units < max(1, bound.AtLeast) })
	for _, g := range groups {
		if g.Units < max(1, bound.AtLeast) {
			f.Few = append(f.Few, g.Name)
		}
	}
	if len(large) < 2 {
		return f
	}
	f.Verdict = Within
	f.Level = bound.Alpha.Float() / float64(len(large)*(len(large)-1)/2) / float64(max(1, times))
	for i, a := range large {
		for _, b := range large[i+1:] {
			f.weigh(bound, a, b)
		}
	}
	return f
}

// weigh takes in one pair. What is neither below the bound nor wider than what was found is not tested.
func (f *Finding) weigh(bound boon.Fairness, low, high Group) {
	value := bound.Outcome == boon.FairValue
	if below(high, low, boon.Unit, value) {
		low, high = high, low
	}
	gap, verdict := rates(low, high, value), Within
	if below(low, high, bound.Ratio, value) {
		verdict = Unsure
	} else if f.Gap.High != "" && (f.Verdict != Within || gap.Ratio >= f.Gap.Ratio) {
		return
	}
	if gap.test(low, high, value); verdict == Unsure && gap.P < f.Level {
		verdict = Unequal
	}
	worse := severity[verdict] > severity[f.Verdict]
	if worse || f.Gap.High == "" || verdict == f.Verdict && gap.Ratio < f.Gap.Ratio {
		f.Gap, f.Verdict = gap, verdict
	}
}

var severity = map[Equality]int{Within: 1, Unsure: 2, Unequal: 3}

// outcome is what is compared, over all units.
func (g Group) outcome(value bool) int64 {
	if value {
		return g.Value
	}
	return g.Favoured
}

// Rate is the outcome of one unit: a share, or minor units.
func (g Group) Rate(value bool) float64 {
	return float64(g.outcome(value)) / float64(max(1, g.Units))
}

// below compares the ratio of rates with a bound, exactly: low's outcome x high's units < bound x high's outcome x low's units.
func below(low, high Group, bound boon.Micros, value bool) bool {
	product := func(a, b, c int64) *big.Int {
		return new(big.Int).Mul(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), big.NewInt(c))
	}
	left := product(low.outcome(value), high.Units, int64(boon.Unit))
	return left.Cmp(product(high.outcome(value), low.Units, int64(bound))) < 0
}

func rates(low, high Group, value bool) Gap {
	g := Gap{Low: low.Name, High: high.Name, LowRate: low.Rate(value), HighRate: high.Rate(value), Ratio: 1}
	if g.HighRate > 0 {
		g.Ratio = g.LowRate / g.HighRate
	}
	g.Difference = g.HighRate - g.LowRate
	return g
}

// test asks whether chance may be why.
func (g *Gap) test(low, high Group, value bool) {
	if value {
		g.P, g.From, g.To = welch(low, high)
		g.Test = TestMeans
		return
	}
	g.P, g.Test = proportions(low, high)
	g.From, g.To = newcombe(high, low)
}

// Against is a group's ratio to the best rate among groups that are large enough; NaN when there is none.
func Against(g Group, groups []Group, bound boon.Fairness) float64 {
	value, best := bound.Outcome == boon.FairValue, math.NaN()
	for _, other := range groups {
		if rate := other.Rate(value); other.Units >= max(1, bound.AtLeast) && !(rate <= best) {
			best = rate
		}
	}
	return g.Rate(value) / best
}
