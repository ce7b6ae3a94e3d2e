package workload

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

const (
	requests = 64
	lines    = 5
	morning  = 1_790_000_000 // when the requests begin, seconds since 1970
	day      = 86_400
)

var (
	segments   = names("seg", 20)
	categories = names("cat", 40)
	countries  = []string{"DE", "FR", "GB", "ES", "IT", "NL", "PL", "SE", "US", "CA"}
	channels   = []string{"web", "app", "store", "email"}
	kinds      = []Kind{Category, Channel, Country, Segment, Time, Total}
	thresholds = []int64{2000, 5000, 10000, 15000, 20000, 30000, 50000}
)

func names(prefix string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint(prefix, i)
	}
	return list
}

// Make draws so many promotions, and the requests, which do not depend on how many there are.
func Make(seed uint64, promotions int) Set {
	p := dice{rand.New(rand.NewPCG(seed, 1))}
	r := dice{rand.New(rand.NewPCG(seed, 2))}
	s := Set{Promotions: make([]Promotion, promotions), Requests: make([]Request, requests)}
	for i := range s.Promotions {
		s.Promotions[i] = p.promotion(i)
	}
	for i := range s.Requests {
		s.Requests[i] = r.request(i)
	}
	return s
}

type dice struct{ *rand.Rand }

// between is a whole number from low to high, both included.
func (d dice) between(low, high int64) int64 { return low + d.Int64N(high-low+1) }

func one[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

// some are n different ones of a list.
func some[T any](d dice, list []T, n int64) []T {
	mixed := slices.Clone(list)
	d.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return mixed[:n]
}

func (d dice) promotion(i int) Promotion {
	p := Promotion{ID: fmt.Sprint("p", i)}
	asked := some(d, kinds, d.between(3, 6))
	slices.Sort(asked)
	for _, k := range asked {
		p.Conditions = append(p.Conditions, d.condition(k))
	}
	if d.IntN(10) < 6 {
		p.Discount.Percent = d.between(3, 30)
	} else {
		p.Discount.Amount = d.between(2, 60) * 100
	}
	return p
}

func (d dice) condition(k Kind) Condition {
	c := Condition{Kind: k}
	switch k {
	case Category:
		c.Any = some(d, categories, d.between(1, 4))
	case Channel:
		c.Any = some(d, channels, d.between(1, 3))
	case Country:
		c.Any = some(d, countries, d.between(1, 5))
	case Segment:
		c.Any = some(d, segments, d.between(1, 3))
	case Time:
		c.From = morning + d.between(-30, 10)*day
		c.To = c.From + d.between(7, 60)*day
	case Total:
		c.Min = one(d, thresholds)
	}
	return c
}

func (d dice) request(i int) Request {
	r := Request{Now: morning + d.between(0, 3600), Customer: d.customer(i)}
	for range lines {
		l := Line{SKU: fmt.Sprint("sku", d.IntN(5000)), Category: one(d, categories), Price: d.between(300, 9000), Quantity: d.between(1, 3)}
		l.Margin = l.Price * d.between(10, 60) / 100
		r.Cart.Lines = append(r.Cart.Lines, l)
		r.Cart.Total += l.Price * l.Quantity
	}
	return r
}

func (d dice) customer(i int) Customer {
	return Customer{
		ID: fmt.Sprint("c", i), Segments: some(d, segments, 3), Country: one(d, countries), Channel: one(d, channels),
		Language: one(d, []string{"de", "en", "fr"}), Device: one(d, []string{"ios", "android", "desktop"}),
		Tier: one(d, []string{"none", "silver", "gold"}), AgeBand: one(d, []string{"18-24", "25-34", "35-49", "50+"}),
		City: fmt.Sprint("city", d.IntN(200)), Lifetime: d.between(0, 500_000), Average: d.between(1000, 20_000), Orders: d.between(0, 60),
		DaysSinceLast: d.between(0, 400), OptIn: d.IntN(10) < 6, App: d.IntN(10) < 4,
	}
}
