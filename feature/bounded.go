package feature

import (
	"cmp"
	"slices"
	"strings"
)

// day finds or makes the bucket of a day; nil when it is older than what is kept.
func (s *State) day(number int64) *Day {
	n := len(s.Days)
	if n > 0 && s.Days[n-1].Number == number {
		return &s.Days[n-1]
	}
	at, found := slices.BinarySearchFunc(s.Days, number, func(d Day, n int64) int { return cmp.Compare(d.Number, n) })
	if found {
		return &s.Days[at]
	}
	if n > 0 && number <= s.Days[n-1].Number-keepDays {
		return nil
	}
	s.Days = slices.Insert(s.Days, at, Day{Number: number})
	old := pruneDays(s.Days)
	s.Days = s.Days[old:]
	return &s.Days[at-old]
}

// pruneDays counts the days that have fallen out.
func pruneDays(days []Day) (old int) {
	oldest := days[len(days)-1].Number - keepDays
	for days[old].Number <= oldest {
		old++
	}
	return old
}

func (d *Day) add(o Day) {
	d.Active |= o.Active
	d.Orders += o.Orders
	d.CouponOrders += o.CouponOrders
	d.Units += o.Units
	d.Revenue += o.Revenue
	d.Discount += o.Discount
	d.Refunded += o.Refunded
}

// slot finds or makes the session slot of an instant and counts an event in it; nil when it is older than what is kept.
func (s *State) slot(ms int64) *Slot {
	return s.addSlot(Slot{Number: floorDiv(ms, slotMillis), First: ms, Last: ms, Events: 1})
}

func (s *State) addSlot(o Slot) *Slot {
	at := len(s.Slots)
	for at > 0 && s.Slots[at-1].Number >= o.Number {
		at--
	}
	if at < len(s.Slots) && s.Slots[at].Number == o.Number {
		s.Slots[at].add(o)
		return &s.Slots[at]
	}
	if n := len(s.Slots); n > 0 && o.Number <= s.Slots[n-1].Number-keepSlots {
		return nil
	}
	s.Slots = slices.Insert(s.Slots, at, o)
	old, oldest := 0, s.Slots[len(s.Slots)-1].Number-keepSlots
	for s.Slots[old].Number <= oldest {
		old++
	}
	s.Slots = slices.Delete(s.Slots, 0, old)
	return &s.Slots[at-old]
}

func (t *Slot) add(o Slot) {
	t.First, t.Last = min(t.First, o.First), max(t.Last, o.Last)
	t.Events += o.Events
	t.ProductViews += o.ProductViews
	t.PaymentFailures += o.PaymentFailures
	t.Errors += o.Errors
	t.Retries += o.Retries
	t.StepViews += o.StepViews
	t.Steps |= o.Steps
	t.Shipping = max(t.Shipping, o.Shipping)
}

func (s *State) interest(ms int64, category string, points int64) {
	if category == "" {
		return
	}
	s.addInterest(Interest{floorDiv(day(ms), bucketDays), clip(category, 128), points})
}

func (s *State) addInterest(o Interest) {
	at, found := slices.BinarySearchFunc(s.Interests, o, compareInterest)
	if found {
		s.Interests[at].Points += o.Points
		return
	}
	s.Interests = slices.Insert(s.Interests, at, o)
	if len(s.Interests) > keepInterests {
		oldest := oldestInterest(s.Interests)
		s.Interests = slices.Delete(s.Interests, oldest, oldest+1)
	}
}

// compareInterest keeps a category's buckets together, which is how they are read and stored.
func compareInterest(a, b Interest) int {
	if c := strings.Compare(a.Category, b.Category); c != 0 {
		return c
	}
	return cmp.Compare(a.Bucket, b.Bucket)
}

// oldestInterest is the one with the least (bucket, category).
func oldestInterest(list []Interest) (oldest int) {
	for i := range list {
		if list[i].Bucket < list[oldest].Bucket {
			oldest = i // categories ascend, so the first of a bucket has the least
		}
	}
	return oldest
}

func (s *State) purchase(o Purchase) {
	at, found := slices.BinarySearchFunc(s.Purchases, o, comparePurchase)
	if found {
		s.Purchases[at].Units += o.Units
		return
	}
	s.Purchases = insert(s.Purchases, at, o, keepPurchases)
}

func comparePurchase(a, b Purchase) int {
	if a.Day != b.Day {
		return cmp.Compare(a.Day, b.Day)
	}
	return strings.Compare(a.SKU, b.SKU)
}

// insert puts o at its place, and when there are more than keep lets the least key go.
func insert[T any](list []T, at int, o T, keep int) []T {
	if len(list) < keep {
		return slices.Insert(list, at, o)
	}
	if at == 0 {
		return list
	}
	copy(list, list[1:at])
	list[at-1] = o
	return list
}
