package govern

import (
	"math"
	"math/bits"
)

// Test names how a difference was tested.
type Test string

// The tests.
const (
	TestExact       Test = "fisher" // Fisher's exact test
	TestProportions Test = "z"      // two proportions, pooled
	TestMeans       Test = "welch"  // two means of unequal variance, normal
)

// exactUpTo is the smallest margin of a table up to which the exact test is asked; beyond it the normal one says the same.
const exactUpTo = 5000

// quantile975 of the standard normal distribution: of intervals at 95%.
const quantile975 = 1.959963984540054

// proportions tests that two groups have one rate, two-sided.
func proportions(a, b Group) (p float64, test Test) {
	favoured := a.Favoured + b.Favoured
	if min(a.Units, b.Units, favoured, a.Units+b.Units-favoured) <= exactUpTo {
		return fisher(a, b), TestExact
	}
	n, m := float64(a.Units), float64(b.Units)
	pooled := float64(favoured) / (n + m)
	z := (a.Rate(false) - b.Rate(false)) / math.Sqrt(pooled*(1-pooled)*(1/n+1/m))
	return twoSided(z), TestProportions
}

func twoSided(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }

// fisher is the two-sided p value of Fisher's exact test: the probability, given the margins, of all tables that are no likelier than this one
// (R. A. Fisher, Statistical Methods for Research Workers, 1934, section 21.02). Tables are walked from this one to both ends by the ratio of neighbours.
func fisher(a, b Group) float64 {
	n, m, k := a.Units, b.Units, a.Favoured+b.Favoured
	up := func(x int64) float64 { return float64(n-x) * float64(k-x) / (float64(x+1) * float64(m-k+x+1)) }
	sum, here := 1.0, a.Favoured
	for x, w := here, 1.0; x < min(n, k); x++ {
		w *= up(x)
		sum += noLikelier(w)
	}
	for x, w := here, 1.0; x > max(0, k-m); x-- {
		w /= up(x - 1)
		sum += noLikelier(w)
	}
	return min(1, sum*math.Exp(choose(n, here)+choose(m, k-here)-choose(n+m, k)))
}

// noLikelier counts a table by its likelihood relative to the one observed; equal ones may differ by rounding.
func noLikelier(w float64) float64 {
	if w > 1+1e-7 {
		return 0
	}
	return w
}

// choose is the logarithm of n over k.
func choose(n, k int64) float64 {
	return logFactorial(n) - logFactorial(k) - logFactorial(n-k)
}

func logFactorial(n int64) float64 {
	v, _ := math.Lgamma(float64(n) + 1)
	return v
}

// newcombe is the interval of the difference of two rates at 95% by Wilson's score limits of each (R. G. Newcombe, Statistics in Medicine 17:873-890,
// 1998, method 10).
func newcombe(a, b Group) (from, to float64) {
	lowA, highA := wilson(a)
	lowB, highB := wilson(b)
	x, y := a.Rate(false), b.Rate(false)
	return max(-1, x-y-math.Hypot(x-lowA, highB-y)), min(1, x-y+math.Hypot(highA-x, y-lowB))
}

// wilson is the score interval of one rate at 95% (E. B. Wilson, JASA 22:209-212, 1927).
func wilson(g Group) (low, high float64) {
	n, p, z := float64(g.Units), g.Rate(false), quantile975
	centre, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return (centre - half) / (1 + z*z/n), (centre + half) / (1 + z*z/n)
}

// welch tests that two groups have one mean, two-sided, and gives the interval of high's less low's at 95% (B. L. Welch, Biometrika 29:350-362, 1938, by
// the normal distribution, since groups are large).
func welch(low, high Group) (p, from, to float64) {
	difference, se := high.Rate(true)-low.Rate(true), math.Sqrt(low.errorSquared()+high.errorSquared())
	if se == 0 {
		if difference == 0 {
			return 1, 0, 0
		}
		return 0, difference, difference
	}
	return twoSided(difference / se), difference - quantile975*se, difference + quantile975*se
}

// errorSquared is the square of the standard error of the mean value.
func (g Group) errorSquared() float64 {
	n, mean := float64(g.Units), g.Rate(true)
	return max(0, g.Squares.Float()/n-mean*mean) / max(1, n-1)
}

// Square is a sum of squares of amounts, in minor units squared; exact, so that what was added can be taken back.
type Square struct{ High, Low uint64 }

// SquareOf is the square of an amount.
func SquareOf(minor int64) Square {
	n := uint64(max(minor, -minor))
	high, low := bits.Mul64(n, n)
	return Square{high, low}
}

// Plus is the sum.
func (s Square) Plus(o Square) Square {
	low, carry := bits.Add64(s.Low, o.Low, 0)
	high, _ := bits.Add64(s.High, o.High, carry)
	return Square{high, low}
}

// Less is the difference.
func (s Square) Less(o Square) Square {
	low, borrow := bits.Sub64(s.Low, o.Low, 0)
	high, _ := bits.Sub64(s.High, o.High, borrow)
	return Square{high, low}
}

// Float is about the sum.
func (s Square) Float() float64 { return math.Ldexp(float64(s.High), 64) + float64(s.Low) }
