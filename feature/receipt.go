package feature

import (
	"cmp"
	"slices"
	"sort"

	"boon"
)

// Receipt is one order in the shop's currency: when it was, what its goods came to and what the shopper paid for shipping. Equal receipts are
// two orders.
type Receipt struct {
	At       int64
	Value    int64 // merchandise, minor units
	Shipping int64
}

func compareReceipt(a, b Receipt) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Shipping, b.Shipping))
}

func (s *State) receipt(r Receipt) {
	at, _ := slices.BinarySearchFunc(s.Receipts, r, compareReceipt)
	s.Receipts = insert(s.Receipts, at, r, keepReceipts)
}

func receiptOf(o *boon.Order, ms int64) Receipt { return Receipt{ms, Merchandise(o), o.Shipping} }

// usualShipping is the median of what the receipts paid for shipping, the lower of two middle ones.
func (s *State) usualShipping() (minor int64, known bool) {
	n := len(s.Receipts)
	if n == 0 {
		return 0, false
	}
	var room [keepReceipts]int64
	for i := range s.Receipts {
		room[i] = s.Receipts[i].Shipping
	}
	slices.Sort(room[:n])
	return room[(n-1)/2], true
}

// OrderCuts are a shop's recent orders as a population sees them: 99 cut points of their value, and what is usual for shipping.
type OrderCuts struct {
	Count    int64     `json:"count"`
	Shipped  int64     `json:"shipped"`  // of Count, those that paid for shipping
	Shipping int64     `json:"shipping"` // median, minor units
	Values   [99]int64 `json:"values"`   // minor units
}

// enoughOrders is how many orders a shop needs before one can be called great or small.
const enoughOrders = 20

// percentile is how many per cent of the shop's orders are known to be worth less, 0 to 99; 0 while there are too few to say.
func (o *OrderCuts) percentile(minor int64) int64 {
	if o.Count < enoughOrders {
		return 0
	}
	minor = amounts.Floor(minor)
	return int64(sort.Search(len(o.Values), func(i int) bool { return o.Values[i] >= minor }))
}
