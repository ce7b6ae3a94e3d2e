package catalog

import (
	"fmt"
	"maps"
	"slices"

	"boon"
	"boon/internal/wire"
)

const (
	productVersion = 1
	stockVersion   = 2
)

// EncodeProduct is a product's stored form, its stock apart (EncodeStock): feeds replace them at different times.
func EncodeProduct(p boon.Product) []byte {
	var w wire.Writer
	w.Byte(productVersion)
	for _, s := range []string{p.SKU, p.Title, p.Brand, p.Category, string(p.Currency), p.Availability} {
		w.String(s)
	}
	w.Int(p.Price)
	w.Int(p.SalePrice)
	w.Bool(p.Cost != nil)
	if p.Cost != nil {
		w.Int(*p.Cost)
	}
	w.Uint(uint64(len(p.Attributes)))
	for _, name := range slices.Sorted(maps.Keys(p.Attributes)) {
		w.String(name)
		w.String(p.Attributes[name])
	}
	return w.Buf
}

// DecodeProduct reads what EncodeProduct wrote.
func DecodeProduct(data []byte) (boon.Product, error) {
	r := wire.NewReader(data)
	if v := r.Byte(); v != productVersion {
		return boon.Product{}, fmt.Errorf("decode product: unknown version %d", v)
	}
	p := boon.Product{SKU: r.String(), Title: r.String(), Brand: r.String(), Category: r.String(), Currency: boon.Currency(r.String()), Availability: r.String(), Price: r.Int(), SalePrice: r.Int()}
	if r.Bool() {
		cost := r.Int()
		p.Cost = &cost
	}
	if n := r.Count(2); n > 0 {
		p.Attributes = make(map[string]string, n)
		for range n {
			name := r.String()
			p.Attributes[name] = r.String()
		}
	}
	if err := finished(r); err != nil {
		return boon.Product{}, fmt.Errorf("decode product: %w", err)
	}
	return p, nil
}

// EncodeStock is a stock's stored form.
func EncodeStock(s boon.Stock) []byte {
	var w wire.Writer
	w.Byte(stockVersion)
	w.Int(s.OnHand)
	w.Int(int64(s.DailyDemand))
	w.Int(int64(s.TargetDays))
	w.Time(s.At)
	w.Bool(s.DemandFrom != "")
	return w.Buf
}

// DecodeStock reads what EncodeStock wrote; of a demand that the feed did not give it says that it is unknown. Version 1 could not tell that from 0.
func DecodeStock(data []byte) (boon.Stock, error) {
	r := wire.NewReader(data)
	version := r.Byte()
	if version != stockVersion && version != 1 {
		return boon.Stock{}, fmt.Errorf("decode stock: unknown version %d", version)
	}
	s := boon.Stock{OnHand: r.Int(), DailyDemand: boon.Micros(r.Int()), TargetDays: boon.Micros(r.Int()), At: r.Time()}
	if (version == 1 && s.DailyDemand == 0) || (version > 1 && r.Bool()) {
		s.DemandFrom = boon.DemandUnknown
	}
	if err := finished(r); err != nil {
		return boon.Stock{}, fmt.Errorf("decode stock: %w", err)
	}
	return s, nil
}

func finished(r *wire.Reader) error {
	if r.Err() == nil && r.Len() > 0 {
		return fmt.Errorf("%d bytes too many", r.Len())
	}
	return r.Err()
}
