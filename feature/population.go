package feature

import (
	"fmt"

	"boon/internal/sketch"
	"boon/internal/wire"
)

// Population counts the figures of every profile that ever ordered, to score one among them. Profiles come, change and go with Replace; the
// order is irrelevant, and populations of partitions Merge. Make one with NewPopulation.
type Population struct {
	lastOrderDay sketch.Histogram // exact
	orders       sketch.Histogram // exact below 1024, then within 0.2 %
	revenue      sketch.Histogram // minor units; exact below 1024, then within 0.2 %
	cycle        sketch.Histogram // days; only profiles with three order days
	value        sketch.Histogram // merchandise of the latest orders of each, minor units
	shipping     sketch.Histogram // paid on them, minor units
}

// amounts is what a histogram of money remembers.
var amounts = sketch.New(10)

// NewPopulation is that of nobody.
func NewPopulation() Population {
	return Population{sketch.New(16), sketch.New(10), sketch.New(10), sketch.New(10), sketch.New(amounts.Precision()), sketch.New(amounts.Precision())}
}

// histograms lists them in the order in which they are stored; the first four are all that version 1 had.
func (p *Population) histograms() [6]*sketch.Histogram {
	return [...]*sketch.Histogram{&p.lastOrderDay, &p.orders, &p.revenue, &p.cycle, &p.value, &p.shipping}
}

// Replace takes out what a profile counted as before and puts in what it counts as now, and says whether that differs. The zero Summary is nobody: a
// first or a last one.
func (p *Population) Replace(before, now Summary) (moved bool) {
	if before == now {
		return false
	}
	p.count(before, -1)
	p.count(now, 1)
	return true
}

func (p *Population) count(s Summary, n int64) {
	if s.Orders <= 0 {
		return
	}
	p.lastOrderDay.Add(s.LastOrderDay, n)
	p.orders.Add(s.Orders, n)
	p.revenue.Add(s.Revenue, n)
	if s.CycleDays > 0 {
		p.cycle.Add(s.CycleDays, n)
	}
	for _, r := range s.Receipts {
		if r.At > 0 {
			p.value.Add(r.Value, n)
			p.shipping.Add(r.Shipping, n)
		}
	}
}

// Merge adds o's profiles to p.
func (p *Population) Merge(o Population) {
	theirs := o.histograms()
	for i, h := range p.histograms() {
		h.Merge(*theirs[i])
	}
}

// Clone is a copy that shares nothing.
func (p *Population) Clone() Population {
	return Population{p.lastOrderDay.Clone(), p.orders.Clone(), p.revenue.Clone(), p.cycle.Clone(), p.value.Clone(), p.shipping.Clone()}
}

// Profiles is the number of profiles counted.
func (p *Population) Profiles() int64 { return p.orders.Total() }

// Orders is the number of latest orders counted, of all profiles.
func (p *Population) Orders() int64 { return p.value.Total() }

// Cuts are what Compute needs of a population; they are few, and belong in the decision record.
type Cuts struct {
	Profiles  int64     `json:"profiles"`
	Recency   Quintiles `json:"recency"` // last order day
	Frequency Quintiles `json:"frequency"`
	Monetary  Quintiles `json:"monetary"`  // minor units
	CycleDays int64     `json:"cycleDays"` // median purchase cycle; 0: not known yet
	Orders    OrderCuts `json:"orders"`
}

// Cuts reads the quintiles, the median cycle, and what is usual for an order.
func (p *Population) Cuts() Cuts {
	c := Cuts{Profiles: p.orders.Total()}
	for k := range c.Recency {
		c.Recency[k] = p.lastOrderDay.Quantile(int64(k+1), 5)
		c.Frequency[k] = p.orders.Quantile(int64(k+1), 5)
		c.Monetary[k] = p.revenue.Quantile(int64(k+1), 5)
	}
	c.CycleDays = p.cycle.Quantile(1, 2)
	c.Orders = p.orderCuts()
	return c
}

func (p *Population) orderCuts() OrderCuts {
	c := OrderCuts{Count: p.value.Total(), Shipped: p.shipping.Total() - p.shipping.Count(0), Shipping: p.shipping.Quantile(1, 2)}
	for k := range c.Values {
		c.Values[k] = p.value.Quantile(int64(k+1), 100)
	}
	return c
}

// Encode is the population's stored form.
func (p *Population) Encode() []byte {
	w := wire.Writer{}
	w.Byte(2)
	for _, h := range p.histograms() {
		h.Append(&w)
	}
	return w.Buf
}

// DecodePopulation reads what Encode wrote. Empty input is nobody.
func DecodePopulation(data []byte) (Population, error) {
	p := NewPopulation()
	if len(data) == 0 {
		return p, nil
	}
	r := wire.NewReader(data)
	all := p.histograms()
	stored := all[:]
	switch v := r.Byte(); v {
	case 1:
		stored = all[:4]
	case 2:
	default:
		return p, fmt.Errorf("decode population: version %d is not known", v)
	}
	for _, h := range stored {
		read, err := sketch.Read(r)
		if err == nil && read.Precision() != h.Precision() {
			err = wire.ErrMalformed
		}
		if err != nil {
			return NewPopulation(), fmt.Errorf("decode population: %w", err)
		}
		*h = read
	}
	if r.Len() > 0 {
		return NewPopulation(), fmt.Errorf("decode population: %w", wire.ErrMalformed)
	}
	return p, nil
}
