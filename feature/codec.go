package feature

import (
	"encoding/binary"
	"math/bits"

	"boon/internal/wire"
)

// version 2 added receipts; 3 what moved into and out of the cart; 4 the product viewed last.
const version = 4

// Encode is the state's stored form. Equal states encode to equal bytes.
func (s *State) Encode() []byte { return s.Append(make([]byte, 0, s.size())) }

func (s *State) size() int {
	return 192 + 8*len(s.Days) + 8*len(s.Interests) + 16*len(s.Purchases) + 32*len(s.Slots) + 40*(len(s.Traits)+len(s.Returns)) + 16*len(s.Receipts) + 32*len(s.Moves)
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
	s.putReceipts(&w)
	s.putMoves(&w)
	putRegister(&w, s.Looked)
	return w.Buf
}

// putDays writes a day as its distance from the one before, doubled, plus 1 when money follows: a mask of what is not zero, and that.
func (s *State) putDays(w *wire.Writer) {
	w.Uint(uint64(len(s.Days)))
	buf := w.Buf // a local slice spares a write barrier for every field
	var before int64
	for i := range s.Days {
		d := &s.Days[i]
		mask := d.mask()
		buf = binary.AppendUvarint(buf, uint64(d.Number-before)<<1|uint64(min(mask, 1)))
		buf = binary.AppendUvarint(buf, d.Active)
		before = d.Number
		if mask == 0 {
			continue
		}
		buf = append(buf, mask)
		for money := d.money(); mask != 0; mask &= mask - 1 {
			buf = binary.AppendVarint(buf, *money[bits.TrailingZeros8(mask)])
		}
	}
	w.Buf = buf
}

// mask has a bit for each of the day's sums that is not zero.
func (d *Day) mask() (mask byte) {
	if d.Orders|d.CouponOrders|d.Units|d.Revenue|d.Discount|d.Refunded == 0 {
		return 0
	}
	for bit, n := range d.money() {
		if *n != 0 {
			mask |= 1 << bit
		}
	}
	return mask
}

// money lists a day's sums in the order in which they are stored.
func (d *Day) money() [6]*int64 {
	return [6]*int64{&d.Orders, &d.CouponOrders, &d.Units, &d.Revenue, &d.Discount, &d.Refunded}
}

// putInterests writes a category once, and after it the number of its buckets and their points.
func (s *State) putInterests(w *wire.Writer) {
	w.Uint(uint64(len(s.Interests)))
	for i := 0; i < len(s.Interests); {
		end := i + 1
		for end < len(s.Interests) && s.Interests[end].Category == s.Interests[i].Category {
			end++
		}
		w.String(s.Interests[i].Category)
		w.Uint(uint64(end - i))
		buf := w.Buf
		var before int64
		for ; i < end; i++ {
			buf = binary.AppendVarint(buf, s.Interests[i].Bucket-before)
			buf = binary.AppendVarint(buf, s.Interests[i].Points)
			before = s.Interests[i].Bucket
		}
		w.Buf = buf
	}
}

func (s *State) putPurchases(w *wire.Writer) {
	w.Uint(uint64(len(s.Purchases)))
	var before int64
	for i := range s.Purchases {
		w.Int(s.Purchases[i].Day - before)
		w.String(s.Purchases[i].SKU)
		w.Int(s.Purchases[i].Units)
		before = s.Purchases[i].Day
	}
}

func (s *State) putReceipts(w *wire.Writer) {
	w.Uint(uint64(len(s.Receipts)))
	var before int64
	for _, r := range s.Receipts {
		w.Int(r.At - before)
		w.Int(r.Value)
		w.Int(r.Shipping)
		before = r.At
	}
}

func (s *State) putMoves(w *wire.Writer) {
	w.Uint(uint64(len(s.Moves)))
	var before int64
	for i := range s.Moves {
		m := &s.Moves[i]
		w.Int(m.At - before)
		w.String(m.SKU)
		w.Int(m.Units)
		w.Int(m.Amount)
		w.String(m.Category)
		before = m.At
	}
}

func (s *State) putSlots(w *wire.Writer) {
	w.Uint(uint64(len(s.Slots)))
	for i := range s.Slots {
		t := &s.Slots[i]
		for _, n := range t.numbers() {
			w.Int(*n)
		}
		w.Uint(t.Steps)
	}
}

// numbers lists a slot's numbers in the order in which they are stored.
func (t *Slot) numbers() [10]*int64 {
	return [10]*int64{&t.Number, &t.First, &t.Last, &t.Events, &t.ProductViews, &t.PaymentFailures, &t.Errors, &t.Retries, &t.StepViews, &t.Shipping}
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
