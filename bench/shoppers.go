package bench

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"
)

// Shoppers are synthetic people; their events are Segment calls, one a line, in order of time.
type Shoppers struct {
	Seed   uint64
	Count  int  // people
	Browse int  // product views before each basket
	Buy    bool // a basket goes on to checkout, order and now and then a refund
}

// from is when the synthetic time begins; it lies within the campaigns of the grocer example.
var from = time.Date(2017, 3, 1, 8, 0, 0, 0, time.UTC)

// Write writes n events.
func (s Shoppers) Write(w io.Writer, n int) error {
	out := bufio.NewWriter(w)
	next := s.Events()
	for range n {
		if _, err := out.WriteString(next() + "\n"); err != nil {
			return fmt.Errorf("write events: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	return nil
}

// Events gives the events one after the other, without end. It is not safe for several callers.
func (s Shoppers) Events() func() string {
	t := &teller{Shoppers: s, rand: rand.New(rand.NewPCG(s.Seed, 1)), at: from}
	var session []string
	return func() string {
		for len(session) == 0 {
			session = t.session()
		}
		event := session[0]
		session = session[1:]
		return event
	}
}

// Each gives one event of each of so many people, one after the other.
func (s Shoppers) Each(people int) func() string {
	t := &teller{Shoppers: s, rand: rand.New(rand.NewPCG(s.Seed, 2)), at: from}
	who := -1
	return func() string {
		who = (who + 1) % max(people, 1)
		if who%3 == 0 {
			t.trips++
			return t.track(who, "Order Completed", t.basket(who%Products, 2))
		}
		p := who % Products
		return t.track(who, "Product Viewed", fmt.Sprintf(`"sku":%q,"category":%q,"price":%s,"currency":"USD"`, sku(p), category(p), decimal(price(p))))
	}
}

// teller tells one session after the other.
type teller struct {
	Shoppers
	rand  *rand.Rand
	at    time.Time
	n     int // events so far
	trips int
}

func (t *teller) session() []string {
	who := t.rand.IntN(max(t.Count, 1))
	var events []string
	add := func(name, properties string) {
		events = append(events, t.track(who, name, properties))
	}
	first := t.rand.IntN(Products)
	for i := range t.Browse {
		p := (first + i) % Products
		add("Product Viewed", fmt.Sprintf(`"sku":%q,"category":%q,"price":%s,"currency":"USD"`, sku(p), category(p), decimal(price(p))))
	}
	if t.trips++; t.Buy {
		basket := t.basket(first, 1+t.rand.IntN(4))
		add("Checkout Started", basket)
		if t.rand.IntN(5) > 0 {
			add("Order Completed", basket)
			if t.rand.IntN(20) == 0 {
				add("Order Refunded", basket)
			}
		}
	}
	if t.rand.IntN(10) == 0 {
		events = append(events, t.identify(who))
	}
	return events
}

// basket are the properties of an order.
func (t *teller) basket(first, lines int) string {
	total := 0
	products := make([]string, lines)
	for i := range products {
		p, quantity := (first+i*13)%Products, 1+t.rand.IntN(3)
		total += price(p) * quantity
		products[i] = fmt.Sprintf(`{"sku":%q,"category":%q,"price":%s,"quantity":%d}`, sku(p), category(p), decimal(price(p)), quantity)
	}
	return fmt.Sprintf(`"order_id":"order-%d-%d","currency":"USD","total":%s,"products":[%s]`, t.Seed, t.trips, decimal(total), strings.Join(products, ","))
}

func (t *teller) head(who int, kind string) string {
	t.n++
	t.at = t.at.Add(time.Duration(20+t.rand.IntN(200)) * time.Second)
	return fmt.Sprintf(`{"type":%q,"messageId":"m-%d-%d","userId":"shopper-%d","timestamp":%q,"context":{"channel":"web","location":{"country":"US"}}`,
		kind, t.Seed, t.n, who, t.at.Format(time.RFC3339))
}

func (t *teller) track(who int, name, properties string) string {
	return fmt.Sprintf(`%s,"event":%q,"properties":{%s}}`, t.head(who, "track"), name, properties)
}

func (t *teller) identify(who int) string {
	return fmt.Sprintf(`%s,"anonymousId":"device-%d","traits":{"kids_count":"%d"}}`, t.head(who, "identify"), who, who%4)
}
