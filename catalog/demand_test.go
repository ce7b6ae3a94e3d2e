package catalog

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// By hand: a first sale on day 100, then 2 on each of the next seven days, 3 on each of the seven after, 10 on day 115.
func TestDemandByHand(t *testing.T) {
	var s Sales
	s.Sell(100, 9)
	for day := int64(101); day <= 107; day++ {
		s.Sell(day, 2)
		s.Sell(day+7, 3)
	}
	s.Sell(115, 10)
	for _, c := range []struct {
		today int64
		want  string // "": not known
	}{
		{100, ""}, {107, ""}, // the first whole week is not over
		{108, "2"},                    // 101..107: 14 / 7
		{109, "2.142857"},             // 102..108: (6*2 + 3) / 7 = 15 / 7
		{115, "2.5"},                  // 101..114: (14 + 21) / 14; day 115 itself is not over
		{116, "3.071429"},             // 102..115: (6*2 + 7*3 + 10) / 14 = 43 / 14
		{129, "1.607143"},             // 101..128: 45 / 28
		{130, "1.535714"},             // 102..129: 43 / 28
		{140, "0.678571"},             // 112..139: (3*3 + 10) / 28
		{143, "0.357143"}, {144, "0"}, // 115..142: 10 / 28; then none
	} {
		rate, known := s.Daily(c.today)
		if got := rate.String(); known != (c.want != "") || known && got != c.want {
			t.Errorf("day %d: %s (known %v), want %q", c.today, got, known, c.want)
		}
	}
	if rate, known := (Sales{}).Daily(100); known || rate != 0 {
		t.Errorf("without a sale: %v %v", rate, known)
	}
}

// Orders come in any order, and late ones are put where they belong.
func TestSalesComeOutTheSameInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		orders := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Sold {
			return Sold{rapid.Int64Range(20_000, 20_080).Draw(t, "day"), rapid.Int64Range(-1, 5).Draw(t, "units")}
		}), 1, 60).Draw(t, "orders")
		var one, other Sales
		for _, o := range orders {
			one.Sell(o.Day, o.Units)
		}
		for _, i := range rapid.Permutation(indexes(len(orders))).Draw(t, "order") {
			other.Sell(orders[i].Day, orders[i].Units)
		}
		if diff := cmp.Diff(one, other); diff != "" {
			t.Fatal(diff)
		}
		if len(one.Days) > demandDays+1 {
			t.Fatalf("%d days are kept", len(one.Days))
		}
		if again, err := DecodeSales(one.Encode()); err != nil || !cmp.Equal(one, again) {
			t.Fatal(again, err)
		}
	})
}

func indexes(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// Of shops whose demand is Poisson with a known rate, the estimate is that rate on average, with the standard error that theory gives, however long ago
// the first sale was; an estimate that counted the day of the first sale would be too high.
// However orders are spread over counters, together they come to the demand that one would have counted.
func TestCountersAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var whole Sales
		parts := make([]Sales, 3)
		last := int64(0)
		for range rapid.IntRange(0, 40).Draw(t, "orders") {
			day, units := rapid.Int64Range(20_000, 20_080).Draw(t, "day"), rapid.Int64Range(1, 5).Draw(t, "units")
			whole.Sell(day, units)
			parts[rapid.IntRange(0, 2).Draw(t, "counter")].Sell(day, units)
			last = max(last, day)
		}
		today := last + rapid.Int64Range(0, 40).Draw(t, "later")
		want, known := whole.Daily(today)
		for _, sum := range []Sales{parts[0].Plus(parts[1]).Plus(parts[2]), parts[2].Plus(parts[1].Plus(parts[0]))} {
			if got, ok := sum.Daily(today); got != want || ok != known {
				t.Fatalf("%v (%v) of %+v, want %v (%v) of %+v", got, ok, sum, want, known, whole)
			}
		}
	})
}

func TestDemandRecoversAKnownRate(t *testing.T) {
	const shops = 4000
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		rate      float64
		age, days int64 // since the first sale, and of the window that this gives
	}{{0.2, 60, 28}, {1, 60, 28}, {6.5, 60, 28}, {0.2, 8, 7}, {1, 16, 14}, {1, 27, 21}} {
		var sum, squares, within, naive float64
		for range shops {
			var s Sales
			first := firstSale(random, c.rate)
			s.Sell(0, first)
			total := float64(first)
			for day := int64(1); day <= c.age; day++ {
				units := poisson(random, c.rate)
				s.Sell(day, units)
				if day < c.age {
					total += float64(units)
				}
			}
			rate, known := s.Daily(c.age)
			if !known {
				t.Fatalf("rate %v, %d days after the first sale: not known", c.rate, c.age)
			}
			off := rate.Float() - c.rate
			sum, squares, naive = sum+off, squares+off*off, naive+total/float64(c.age)-c.rate
			if math.Abs(off) <= 1.96*math.Sqrt(c.rate/float64(c.days)) {
				within++
			}
		}
		se := math.Sqrt(c.rate / float64(c.days))
		if bias := sum / shops; math.Abs(bias) > 4*se/math.Sqrt(shops) {
			t.Errorf("rate %v, age %d: bias %v", c.rate, c.age, bias)
		}
		if ratio := math.Sqrt(squares/shops) / se; math.Abs(ratio-1) > 0.05 {
			t.Errorf("rate %v, age %d: the standard error is %v times what it should be", c.rate, c.age, ratio)
		}
		if share := within / shops; c.rate*float64(c.days) > 20 && math.Abs(share-0.95) > 0.02 {
			t.Errorf("rate %v, age %d: %v of the 95%% intervals hold the rate", c.rate, c.age, share)
		}
		if bias := naive / shops; c.age < 28 && bias < 4*se/math.Sqrt(shops) {
			t.Errorf("rate %v, age %d: counting the first day would be off by %v only, so this test cannot tell", c.rate, c.age, bias)
		}
	}
}

// poisson draws by Knuth's product of uniforms.
func poisson(random *rand.Rand, rate float64) (n int64) {
	for p := random.Float64(); p > math.Exp(-rate); p *= random.Float64() {
		n++
	}
	return n
}

// firstSale draws the units of a day that sold any.
func firstSale(random *rand.Rand, rate float64) int64 {
	for {
		if n := poisson(random, rate); n > 0 {
			return n
		}
	}
}

func TestTheFeedsDemandGoesFirstWhileItIsFresh(t *testing.T) {
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var sold, young Sales
	for day := Day(at) - 40; day < Day(at); day++ {
		sold.Sell(day, 3)
	}
	young.Sell(Day(at)-3, 3)
	ago := func(days int) time.Time { return at.AddDate(0, 0, -days) }
	for _, c := range []struct {
		name   string
		stock  boon.Stock
		sales  Sales
		demand boon.Micros
		from   string
	}{
		{"the feed says it", boon.Stock{DailyDemand: boon.Unit, At: at}, sold, boon.Unit, ""},
		{"the feed says none", boon.Stock{At: at}, sold, 0, ""},
		{"the feed said it four weeks ago", boon.Stock{DailyDemand: boon.Unit, At: ago(28)}, sold, boon.Unit, ""},
		{"the feed said it longer ago", boon.Stock{DailyDemand: boon.Unit, At: ago(29)}, sold, 3 * boon.Unit, boon.DemandOrders},
		{"the feed said it longer ago, and nothing was sold", boon.Stock{DailyDemand: boon.Unit, At: ago(29)}, Sales{}, boon.Unit, ""},
		{"the feed does not say", boon.Stock{At: at, DemandFrom: boon.DemandUnknown}, sold, 3 * boon.Unit, boon.DemandOrders},
		{"nobody says yet", boon.Stock{At: at, DemandFrom: boon.DemandUnknown}, young, 0, boon.DemandUnknown},
	} {
		got := WithDemand(c.stock, c.sales, at)
		if got.DailyDemand != c.demand || got.DemandFrom != c.from {
			t.Errorf("%s: %v from %q, want %v from %q", c.name, got.DailyDemand, got.DemandFrom, c.demand, c.from)
		}
	}
}
