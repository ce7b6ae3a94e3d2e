package feature

import "boon/internal/wire"

const version = 1

// Encode is the state's stored form. Equal states encode to equal bytes.
func (s *State) Encode() []byte { return s.Append(make([]byte, 0, s.size())) }

func (s *State) size() int {
	return 160 + 16*len(s.Days) + 32*len(s.Interests) + 24*len(s.Purchases) + 32*len(s.Slots) + 40*(len(s.Traits)+len(s.Returns))
}

// Append writes the stored form after buf.
func (s *State) Append(buf []byte) []byte {
	w := wire.Writer{Buf: buf}
	w.Byte(version)
	w.Int(s.First)
	w.Int(s.Last)
	w.Int(s.LastOrderDay)
	w.Uint(uint64(meanings))
	for _, n := range s.Counts {
		w.Int(n)
	}
	w.Int(s.Revenue)
	w.Int(s.Discount)
	w.Int(s.Refunded)
	w.Int(s.Units)
	s.putDays(&w)
	s.putInterests(&w)
	s.putPurchases(&w)
	s.putSlots(&w)
	for _, r := range s.registers() {
		putRegister(&w, *r)
	}
	w.Int(s.Cart.At)
	w.Int(s.Cart.Total)
	w.Int(s.Cart.Lines)
	w.String(s.Cart.Category)
	putTraits(&w, s.Traits)
	putTraits(&w, s.Returns)
	return w.Buf
}

// putDays writes a day as its distance from the one before, doubled, plus 1 when money follows.
func (s *State) putDays(w *wire.Writer) {
	w.Uint(uint64(len(s.Days)))
	var before int64
	for i := range s.Days {
		d := &s.Days[i]
		bare := Day{Number: d.Number, Active: d.Active}
		gap := uint64(d.Number-before) << 1
		before = d.Number
		if *d == bare {
			w.Uint(gap)
			w.Uint(d.Active)
			continue
		}
		w.Uint(gap | 1)
		w.Uint(d.Active)
		for _, n := range [...]int64{d.Orders, d.CouponOrders, d.Units, d.Revenue, d.Discount, d.Refunded} {
			w.Int(n)
		}
	}
}

func (s *State) putInterests(w *wire.Writer) {
	w.Uint(uint64(len(s.Interests)))
	for i := range s.Interests {
		w.Int(s.Interests[i].Bucket)
		w.String(s.Interests[i].Category)
		w.Int(s.Interests[i].Points)
	}
}

func (s *State) putPurchases(w *wire.Writer) {
	w.Uint(uint64(len(s.Purchases)))
	for i := range s.Purchases {
		w.Int(s.Purchases[i].Day)
		w.String(s.Purchases[i].SKU)
		w.Int(s.Purchases[i].Units)
	}
}

func (s *State) putSlots(w *wire.Writer) {
	w.Uint(uint64(len(s.Slots)))
	for i := range s.Slots {
		t := &s.Slots[i]
		for _, n := range [...]int64{t.Number, t.First, t.Last, t.Events, t.ProductViews, t.PaymentFailures, t.Errors, t.Retries, t.StepViews, t.Shipping} {
			w.Int(n)
		}
		w.Uint(t.Steps)
	}
}

func putRegister(w *wire.Writer, r Register) {
	w.Int(r.At)
	w.String(r.Value)
}

func putTraits(w *wire.Writer, traits []Trait) {
	w.Uint(uint64(len(traits)))
	for i := range traits {
		w.String(traits[i].Name)
		putRegister(w, traits[i].Register)
	}
}
