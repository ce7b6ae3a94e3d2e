package ingest

import (
	"fmt"
	"maps"
	"slices"

	"boon"
	"boon/internal/wire"
)

// eventVersion is the first byte of an encoded event.
const eventVersion = 1

// Which parts of an event follow.
const (
	hasVerified uint64 = 1 << iota
	hasGPC
	hasContext
	hasOrder
	hasShipping
	hasProduct // any of SKU, Category, Query, Coupon, DecisionID, OfferID
)

// Encode writes an event in the form that the log keeps (sealed). Equal events give equal bytes.
func Encode(e boon.Event) []byte {
	return appendEvent(make([]byte, 0, 320+len(e.Rest)+96*len(e.Linked)), e)
}

func appendEvent(buf []byte, e boon.Event) []byte {
	w := wire.Writer{Buf: buf}
	w.Byte(eventVersion)
	w.Byte(byte(e.Kind))
	parts := partsOf(&e)
	w.Uint(parts)
	w.String(e.MessageID)
	w.String(e.Name)
	w.Time(e.Time)
	w.Time(e.Received)
	writeIdentifier(&w, e.Owner)
	w.Uint(uint64(len(e.Linked)))
	for _, id := range e.Linked {
		writeIdentifier(&w, id)
	}
	if parts&hasContext != 0 {
		writeContext(&w, e.Context)
	}
	writeChoices(&w, e.Choices)
	writeTraits(&w, e.Traits)
	if parts&hasOrder != 0 {
		writeOrder(&w, e.Order)
	}
	if parts&hasShipping != 0 {
		w.Int(*e.Shipping)
	}
	if parts&hasProduct != 0 {
		writeStrings(&w, e.SKU, e.Category, e.Query, e.Coupon, e.DecisionID, e.OfferID)
	}
	w.Bytes(e.Rest)
	return w.Buf
}

func partsOf(e *boon.Event) uint64 {
	var parts uint64
	set := func(bit uint64, yes bool) {
		if yes {
			parts |= bit
		}
	}
	c := e.Context
	c.GPC = false
	set(hasVerified, e.Verified)
	set(hasGPC, e.Context.GPC)
	set(hasContext, c != boon.Context{})
	set(hasOrder, e.Order != nil)
	set(hasShipping, e.Shipping != nil)
	set(hasProduct, e.SKU != "" || e.Category != "" || e.Query != "" || e.Coupon != "" || e.DecisionID != "" || e.OfferID != "")
	return parts
}

func writeStrings(w *wire.Writer, texts ...string) {
	for _, s := range texts {
		w.String(s)
	}
}

func writeIdentifier(w *wire.Writer, id boon.Identifier) {
	w.Byte(byte(id.Namespace))
	w.Raw(id.Hash[:])
}

func writeContext(w *wire.Writer, c boon.Context) {
	writeStrings(w, c.Channel, c.Device, c.Country, c.Region, c.Timezone, c.Locale, c.Store)
}

func writeChoices(w *wire.Writer, choices []boon.Choice) {
	w.Uint(uint64(len(choices)))
	for _, c := range choices {
		w.Byte(byte(c.Purpose))
		w.Bool(c.Granted)
		w.Time(c.At)
		w.String(c.Source)
	}
}

func writeTraits(w *wire.Writer, traits map[string]string) {
	w.Uint(uint64(len(traits)))
	if len(traits) == 0 {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(traits)) {
		writeStrings(w, key, traits[key])
	}
}

func writeOrder(w *wire.Writer, o *boon.Order) {
	writeStrings(w, o.ID, string(o.Currency))
	for _, amount := range [...]int64{o.Total, o.Revenue, o.Shipping, o.Tax, o.Discount} {
		w.Int(amount)
	}
	w.Uint(uint64(len(o.Coupons)))
	writeStrings(w, o.Coupons...)
	w.Uint(uint64(len(o.Lines)))
	for i := range o.Lines {
		writeLine(w, &o.Lines[i])
	}
}

// writeLine leaves out an id that is the SKU, which most are.
func writeLine(w *wire.Writer, l *boon.Line) {
	w.String(l.SKU)
	w.Bool(l.ID != l.SKU)
	if l.ID != l.SKU {
		w.String(l.ID)
	}
	w.String(l.Category)
	for _, n := range [...]int64{l.Quantity, int64(l.Price), int64(l.ListPrice), l.Tax, l.Saved, l.Coupon} {
		w.Int(n)
	}
	w.Uint(uint64(len(l.Discounts)))
	writeStrings(w, l.Discounts...)
}

// DecodeEvent reads what Encode wrote. The event shares nothing with data.
func DecodeEvent(data []byte) (boon.Event, error) {
	r := wire.NewReader(data)
	if v := r.Byte(); v != eventVersion {
		return boon.Event{}, fmt.Errorf("decode event: unknown version %d", v)
	}
	e := boon.Event{Kind: boon.Kind(r.Byte())}
	parts := r.Uint()
	e.Verified = parts&hasVerified != 0
	e.MessageID, e.Name = r.String(), r.String()
	e.Time, e.Received = r.Time(), r.Time()
	e.Owner = readIdentifier(r)
	e.Linked = readIdentifiers(r)
	if parts&hasContext != 0 {
		e.Context = readContext(r)
	}
	e.Context.GPC = parts&hasGPC != 0
	e.Choices = readChoices(r)
	e.Traits = readTraits(r)
	if parts&hasOrder != 0 {
		e.Order = readOrder(r)
	}
	if parts&hasShipping != 0 {
		shipping := r.Int()
		e.Shipping = &shipping
	}
	if parts&hasProduct != 0 {
		readStrings(r, &e.SKU, &e.Category, &e.Query, &e.Coupon, &e.DecisionID, &e.OfferID)
	}
	if rest := r.Bytes(); len(rest) > 0 {
		e.Rest = slices.Clone(rest)
	}
	if r.Err() == nil && r.Len() > 0 {
		return boon.Event{}, fmt.Errorf("decode event: %d bytes too many", r.Len())
	}
	if err := r.Err(); err != nil {
		return boon.Event{}, fmt.Errorf("decode event: %w", err)
	}
	return e, nil
}

func readStrings(r *wire.Reader, into ...*string) {
	for _, s := range into {
		*s = r.String()
	}
}

func readIdentifier(r *wire.Reader) boon.Identifier {
	id := boon.Identifier{Namespace: boon.Namespace(r.Byte())}
	copy(id.Hash[:], r.Raw(len(id.Hash)))
	return id
}

func readIdentifiers(r *wire.Reader) []boon.Identifier {
	n := r.Count(17)
	if n == 0 {
		return nil
	}
	ids := make([]boon.Identifier, n)
	for i := range ids {
		ids[i] = readIdentifier(r)
	}
	return ids
}

func readContext(r *wire.Reader) (c boon.Context) {
	readStrings(r, &c.Channel, &c.Device, &c.Country, &c.Region, &c.Timezone, &c.Locale, &c.Store)
	return c
}

func readChoices(r *wire.Reader) []boon.Choice {
	n := r.Count(4)
	if n == 0 {
		return nil
	}
	choices := make([]boon.Choice, n)
	for i := range choices {
		choices[i] = boon.Choice{Purpose: boon.Purpose(r.Byte()), Granted: r.Bool(), At: r.Time(), Source: r.String()}
	}
	return choices
}

func readTraits(r *wire.Reader) map[string]string {
	n := r.Count(2)
	if n == 0 {
		return nil
	}
	traits := make(map[string]string, n)
	for range n {
		key := r.String()
		traits[key] = r.String()
	}
	return traits
}

func readOrder(r *wire.Reader) *boon.Order {
	o := &boon.Order{ID: r.String(), Currency: boon.Currency(r.String())}
	for _, amount := range [...]*int64{&o.Total, &o.Revenue, &o.Shipping, &o.Tax, &o.Discount} {
		*amount = r.Int()
	}
	o.Coupons = readTexts(r)
	if n := r.Count(10); n > 0 {
		o.Lines = make([]boon.Line, n)
	}
	for i := range o.Lines {
		readLine(r, &o.Lines[i])
	}
	return o
}

func readTexts(r *wire.Reader) []string {
	n := r.Count(1)
	if n == 0 {
		return nil
	}
	texts := make([]string, n)
	for i := range texts {
		texts[i] = r.String()
	}
	return texts
}

func readLine(r *wire.Reader, l *boon.Line) {
	l.SKU = r.String()
	l.ID = l.SKU
	if r.Bool() {
		l.ID = r.String()
	}
	l.Category = r.String()
	l.Quantity, l.Price, l.ListPrice = r.Int(), boon.Micros(r.Int()), boon.Micros(r.Int())
	l.Tax, l.Saved, l.Coupon = r.Int(), r.Int(), r.Int()
	l.Discounts = readTexts(r)
}
