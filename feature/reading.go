package feature

import (
	"math/bits"
	"slices"
	"time"

	"boon"
	"boon/internal/zone"
)

// Input is what a vector is computed from besides the person: the request and the shop.
type Input struct {
	Now      time.Time
	Shop     *boon.Shop
	Context  boon.Context
	Cart     boon.Order
	Product  *boon.Product // the one looked at; nil: none
	Category string        // looked at; "": the product's
	Cover    boon.Cover    // of the product's stock

	Competitor boon.CompetitorPrice // the lowest that counts now; of price 0: there is none
}

// Session is the activity without a gap of 30 minutes that ends with the last event, at most six hours of it. It is over, and so the zero Session,
// when 30 minutes have passed since.
type Session struct {
	Start, Last     int64
	Events          int64
	ProductViews    int64
	PaymentFailures int64
	Errors          int64
	Retries         int64
	StepViews       int64
	StepsRepeated   int64 // checkout steps viewed again
	Shipping        int64 // greatest quote, minor units
}

// Session is the session that is open at now.
func (s *State) Session(now time.Time) Session {
	at := len(s.Slots) - 1
	if at < 0 || now.UnixMilli()-s.Slots[at].Last >= gapMillis {
		return Session{}
	}
	open := Session{Last: s.Slots[at].Last}
	var steps uint64
	for next := open.Last; at >= 0 && next-s.Slots[at].Last < gapMillis; at-- {
		t := &s.Slots[at]
		next = t.First
		open.Start = t.First
		open.Events += t.Events
		open.ProductViews += t.ProductViews
		open.PaymentFailures += t.PaymentFailures
		open.Errors += t.Errors
		open.Retries += t.Retries
		open.StepViews += t.StepViews
		open.Shipping = max(open.Shipping, t.Shipping)
		steps |= t.Steps
	}
	open.StepsRepeated = open.StepViews - int64(bits.OnesCount64(steps))
	return open
}

// window is the sum of the days after some day.
type window struct{ orders, coupons, units, revenue, discount, refunded int64 }

func (w *window) add(d *Day) {
	w.orders += d.Orders
	w.coupons += d.CouponOrders
	w.units += d.Units
	w.revenue += d.Revenue
	w.discount += d.Discount
	w.refunded += d.Refunded
}

// Reading is a state read at one instant: what several features need is worked out once.
type Reading struct {
	*State
	in                      Input
	cuts                    Cuts
	now                     int64 // Unix milliseconds
	today                   int64
	scale                   float64 // minor units in a major unit of the shop's currency
	cartScale               float64
	d7, d30, d90, d365, all window
	sessions                int64
	activeDays              int64
	session                 Session
	basket                  Cart // the last cart
	cycleDays               float64
	usual                   int64 // for shipping, minor units
	usualKnown              bool
	local                   time.Time
	top                     string
	interestAll             int64
	interestHere            int64
	category                string
}

func (r *Reading) read() {
	r.now = r.in.Now.UnixMilli()
	r.today = day(r.now)
	r.scale = scaleOf(r.in.Shop.Currency)
	r.cartScale = scaleOf(cmpOr(r.in.Cart.Currency, r.in.Shop.Currency))
	r.category = r.in.Category
	if r.category == "" && r.in.Product != nil {
		r.category = r.in.Product.Category
	}
	r.local = r.in.Now.In(zone.First(r.in.Context.Timezone, r.in.Shop.Timezone))
	r.session = r.Session(r.in.Now)
	r.basket = r.cart()
	r.readDays()
	r.readInterests()
	r.readUsual()
	r.cycleDays = float64(cmpOr(r.cycle(), r.cuts.CycleDays, defaultCycleDays))
}

// readUsual finds what is usual for shipping: for the shopper, else in the shop. A shop whose orders never told of shipping has nothing usual.
func (r *Reading) readUsual() {
	r.usual, r.usualKnown = r.usualShipping()
	if !r.usualKnown {
		r.usual, r.usualKnown = r.cuts.Orders.Shipping, r.cuts.Orders.Count > 0
	}
	r.usualKnown = r.usualKnown && (r.usual > 0 || r.cuts.Orders.Shipped > 0)
}

func cmpOr[T comparable](values ...T) T {
	var zero T
	for _, v := range values {
		if v != zero {
			return v
		}
	}
	return zero
}

func (r *Reading) readDays() {
	var before *Day
	for i := range r.Days {
		d := &r.Days[i]
		r.sessions += runs(d, before)
		r.activeDays++
		before = d
		age := r.today - d.Number
		r.all.add(d)
		if age < 365 {
			r.d365.add(d)
		}
		if age < 90 {
			r.d90.add(d)
		}
		if age < 30 {
			r.d30.add(d)
		}
		if age < 7 {
			r.d7.add(d)
		}
	}
}

// runs counts the sessions that start on a day: half-hours with activity after one without.
func runs(d, before *Day) int64 {
	after := d.Active << 1
	if before != nil && before.Number == d.Number-1 {
		after |= before.Active >> 47 & 1
	}
	return int64(bits.OnesCount64(d.Active &^ after))
}

// defaultCycleDays stands until anyone has ordered on three days.
const defaultCycleDays = 30

// cycle is the median gap in days between distinct order days, the lower of two middle ones; 0 with fewer than three order days.
func (s *State) cycle() int64 {
	var room [64]int64
	gaps := room[:0]
	last := int64(-1)
	for i := range s.Days {
		if s.Days[i].Orders == 0 {
			continue
		}
		if last >= 0 {
			gaps = append(gaps, s.Days[i].Number-last)
		}
		last = s.Days[i].Number
	}
	if len(gaps) < 2 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[(len(gaps)-1)/2]
}

func scaleOf(c boon.Currency) float64 {
	scale := 1.0
	for range c.Exponent() {
		scale *= 10
	}
	return scale
}
