package feature

import (
	"slices"

	"boon"
)

// bought finds a product among the purchases: the last day (-1: none) and the number of days.
func (r *Reading) bought(sku string) (last, days int64) {
	last = -1
	if sku == "" {
		return last, 0
	}
	for i := range r.Purchases {
		if r.Purchases[i].SKU == sku {
			last = r.Purchases[i].Day
			days++
		}
	}
	return last, days
}

func (r *Reading) productRecency(sku string) int64 {
	last, _ := r.bought(sku)
	if last < 0 {
		return never
	}
	return max(r.today-last, 0)
}

// productCycle is the median gap in days between the days on which a product was bought, the lower of two middle ones; the shopper's own cycle
// while there is no gap.
func (r *Reading) productCycle(sku string) float64 {
	var room [keepPurchases]int64
	gaps, before := room[:0], int64(-1)
	for i := range r.Purchases {
		if sku == "" || r.Purchases[i].SKU != sku {
			continue
		}
		if before >= 0 {
			gaps = append(gaps, r.Purchases[i].Day-before)
		}
		before = r.Purchases[i].Day
	}
	if len(gaps) == 0 {
		return r.cycleDays
	}
	slices.Sort(gaps)
	return float64(gaps[(len(gaps)-1)/2])
}

// productDue is how much of a product's cycle has passed since it was bought.
func (r *Reading) productDue(sku string) float64 {
	recency := r.productRecency(sku)
	if recency == never {
		return 0
	}
	return float64(recency) / r.productCycle(sku)
}

// dueFrom is the part of its cycle after which a product is due: who comes for it rarely waits to the day.
const dueFrom = 0.75

func (r *Reading) due(sku string) bool { return r.productDue(sku) >= dueFrom }

// compared reports whether there are two prices to compare.
func (r *Reading) compared() bool { return r.in.Competitor.Price > 0 && r.product().Current() > 0 }

// competitor is the lowest price elsewhere; the zero value where there is nothing to compare.
func (r *Reading) competitor() (c boon.CompetitorPrice) {
	if r.compared() {
		c = r.in.Competitor
	}
	return c
}

func (r *Reading) priceGap() float64 {
	if !r.compared() {
		return 0
	}
	own := r.product().Current()
	return float64(own-r.in.Competitor.Price) / float64(own)
}
