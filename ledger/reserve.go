package ledger

import (
	"math"
	"math/bits"

	"boon"
)

// normal is the quantile function of the standard normal distribution, in millionths of a share and of a standard deviation. Between two points
// the straight line lies above the curve, hence is on the safe side.
var normal = []struct{ quantile, z boon.Micros }{
	{500_000, 0}, {550_000, 125_661}, {600_000, 253_347}, {650_000, 385_320}, {700_000, 524_401}, {750_000, 674_490}, {800_000, 841_621},
	{850_000, 1_036_433}, {900_000, 1_281_552}, {925_000, 1_439_531}, {950_000, 1_644_854}, {960_000, 1_750_686}, {970_000, 1_880_794},
	{975_000, 1_959_964}, {980_000, 2_053_749}, {985_000, 2_170_090}, {990_000, 2_326_348}, {993_000, 2_457_263}, {995_000, 2_575_829},
	{997_000, 2_747_781}, {999_000, 3_090_232},
}

// Deviations is how many standard deviations above the mean a quantile of 0.5 to 0.999 lies.
func Deviations(quantile boon.Micros) boon.Micros {
	for i, p := range normal {
		if quantile > p.quantile {
			continue
		}
		if i == 0 {
			return p.z
		}
		below := normal[i-1]
		rise := boon.MulDiv(int64(p.z-below.z), int64(quantile-below.quantile), int64(p.quantile-below.quantile))
		return below.z + boon.Micros(rise)
	}
	return normal[len(normal)-1].z
}

// Variance is that of a grant that costs worst with the probability that makes it cost expected, and else nothing: the largest that any cost
// between nothing and worst can have. Minor units squared.
func Variance(expected, worst int64) int64 {
	return boon.MulDiv(expected, max(0, worst-expected), 1)
}

// SetAside is what has to be there beside what is expected so that with the quantile's probability the cost of all open grants, whose variances
// add up to variance, is met. Minor units, rounded up.
func SetAside(quantile boon.Micros, variance int64) int64 {
	if quantile <= 0 || variance <= 0 {
		return 0
	}
	return boon.MulDiv(root(variance), int64(Deviations(quantile)), int64(boon.Unit)) + 1
}

// root is the least integer whose square is n or more.
func root(n int64) int64 {
	if n <= 1 {
		return max(n, 0)
	}
	x := uint64(1) << ((bits.Len64(uint64(n)) + 1) / 2) // above the root
	for {
		next := (x + uint64(n)/x) / 2
		if next >= x {
			break
		}
		x = next
	}
	if x*x < uint64(n) {
		x++
	}
	return int64(min(x, math.MaxInt64))
}
