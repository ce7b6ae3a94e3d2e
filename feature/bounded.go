package feature

import (
	"cmp"
	"slices"
	"strings"
)

// day finds or makes the bucket of a day; nil when it is older than what is kept.
func (s *State) day(number int64) *Day {
	at := len(s.Days)
	for at > 0 && s.Days[at-1].Number >= number {
		at--
	}
	if at < len(s.Days) && s.Days[at].Number == number {
		return &s.Days[at]
	}
	if n := len(s.Days); n > 0 && number <= s.Days[n-1].Number-keepDays {
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
	s.Interests = insert(s.Interests, at, o, keepInterests)
}

func compareInterest(a, b Interest) int {
	if a.Bucket != b.Bucket {
		return cmp.Compare(a.Bucket, b.Bucket)
	}
	return strings.Compare(a.Category, b.Category)
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
