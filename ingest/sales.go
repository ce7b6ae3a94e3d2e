package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"boon"
	"boon/catalog"
)

// maxSales bounds the products whose sales the applier has at hand; beyond it they are dropped between batches.
const maxSales = 50_000

// sell counts what an order sold, once it is known that it was not settled before.
func (a *Applier) sell(ctx context.Context, e *boon.Event) error {
	if e.Order == nil {
		return nil
	}
	day := catalog.Day(noLater(e))
	for i := range e.Order.Lines {
		l := &e.Order.Lines[i]
		if l.SKU == "" {
			continue
		}
		s, err := a.salesOf(ctx, l.SKU)
		if err != nil {
			return err
		}
		s.Sell(day, l.Quantity)
		a.sold[l.SKU] = true
	}
	return nil
}

// salesOf is the batch's own copy.
func (a *Applier) salesOf(ctx context.Context, sku string) (*catalog.Sales, error) {
	if s, ok := a.sales[sku]; ok {
		return s, nil
	}
	s, err := loadSales(ctx, a.Store, sku)
	if err != nil {
		return nil, err
	}
	a.sales[sku] = &s
	return &s, nil
}

// soldHere is what this process sold so far, the batch at hand included.
func (a *Applier) soldHere(ctx context.Context, _ Store, sku string) (catalog.Sales, error) {
	s, err := a.salesOf(ctx, sku)
	if err != nil {
		return catalog.Sales{}, err
	}
	return *s, nil
}

// keepSales adds the sales that the batch changed to what it writes.
func (a *Applier) keepSales() {
	for _, sku := range slices.Sorted(maps.Keys(a.sold)) {
		a.writes = append(a.writes, boon.Write{Key: salesKey(sku), Value: a.sales[sku].Encode()})
	}
}

func loadSales(ctx context.Context, store Store, sku string) (s catalog.Sales, err error) {
	data, err := store.Get(ctx, salesKey(sku))
	if err != nil {
		return s, fmt.Errorf("read sales: %w", err)
	}
	return catalog.DecodeSales(data)
}

// WithDemand is a product whose stock has the demand that the shop's own orders come to at an instant, where its feed does not say one.
func (v *View) WithDemand(ctx context.Context, p boon.Product, at time.Time) (boon.Product, error) {
	if !catalog.AsksDemand(p.Stock, at) {
		return p, nil
	}
	sales, err := v.sales(ctx, p.SKU)
	if err != nil {
		return p, err
	}
	stock := catalog.WithDemand(*p.Stock, sales, at)
	p.Stock = &stock
	return p, nil
}
