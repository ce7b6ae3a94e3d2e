package feature

import "boon"

// foldOrder takes in money, carts and what was bought.
func (s *State) foldOrder(m Meaning, e *boon.Event, ms int64, currency boon.Currency) {
	if e.Order == nil {
		if m == Orders {
			s.bought(&boon.Order{Currency: currency}, ms, currency)
		}
		return
	}
	switch m {
	case Orders:
		s.bought(e.Order, ms, currency)
	case Refunds, Cancellations:
		s.refunded(e.Order, ms, currency)
	case CartViews, Checkouts:
		s.seeCart(m, e.Order, ms, currency)
	case Adds:
		s.moveLines(e.Order, ms, currency, 1)
	case Removes:
		s.moveLines(e.Order, ms, currency, -1)
	}
}

func (s *State) bought(o *boon.Order, ms int64, currency boon.Currency) {
	number := day(ms)
	s.LastOrderDay = max(s.LastOrderDay, number)
	s.tellCart(Cart{At: ms})
	one := Day{Orders: 1, Units: s.buyLines(o, ms)}
	if hasCoupon(o) {
		one.CouponOrders = 1
		s.Counts[CouponOrders]++
	}
	if o.Currency == currency || o.Currency == "" {
		one.Revenue, one.Discount = Revenue(o), Discount(o)
		s.receipt(receiptOf(o, ms))
	} else {
		s.Counts[ForeignOrders]++
	}
	s.Revenue += one.Revenue
	s.Discount += one.Discount
	s.Units += one.Units
	if d := s.day(number); d != nil {
		d.add(one)
	}
}

func (s *State) buyLines(o *boon.Order, ms int64) (units int64) {
	for i := range o.Lines {
		l := &o.Lines[i]
		units += l.Quantity
		s.interest(ms, l.Category, 5)
		if l.SKU != "" {
			s.purchase(Purchase{day(ms), clip(l.SKU, 128), l.Quantity})
		}
	}
	return units
}

func (s *State) refunded(o *boon.Order, ms int64, currency boon.Currency) {
	if o.Currency != currency && o.Currency != "" {
		return
	}
	minor := o.Total
	if minor == 0 {
		minor = Revenue(o)
	}
	s.Refunded += minor
	if d := s.day(day(ms)); d != nil {
		d.Refunded += minor
	}
}

// Revenue is what an order earns net of discounts, before shipping and tax: as the shop says, else its lines, else its total.
func Revenue(o *boon.Order) int64 {
	if o.Revenue != 0 {
		return o.Revenue
	}
	return Merchandise(o)
}

// Merchandise is the lines' amount, or for an order without lines its total.
func Merchandise(o *boon.Order) int64 {
	if len(o.Lines) > 0 {
		return o.Merchandise()
	}
	return o.Total
}

// Discount is what was taken off an order: as the shop says, else the lines' list amounts less their amounts.
func Discount(o *boon.Order) int64 {
	if o.Discount != 0 {
		return o.Discount
	}
	var off int64
	for i := range o.Lines {
		off += o.Lines[i].List(o.Currency) - o.Lines[i].Amount(o.Currency)
	}
	return off
}

func hasCoupon(o *boon.Order) bool {
	if len(o.Coupons) > 0 {
		return true
	}
	for i := range o.Lines {
		if o.Lines[i].Coupon > 0 {
			return true
		}
	}
	return false
}

// dearestCategory is the category of the line that costs most; of equals, the first by name.
func dearestCategory(o *boon.Order) string {
	best, most := "", int64(-1)
	for i := range o.Lines {
		l := &o.Lines[i]
		amount := l.Amount(o.Currency)
		if amount > most || (amount == most && l.Category < best) {
			best, most = l.Category, amount
		}
	}
	return best
}
