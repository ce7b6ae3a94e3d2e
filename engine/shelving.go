package engine

import (
	"cmp"
	"context"
	"fmt"

	"boon"
	"boon/catalog"
)

// shelving gathers rows into batches, and tells those who watch a product what became of it.
type shelving struct {
	e      *Engine
	ctx    context.Context
	rows   []shelved
	told   int
	late   int // competitors' prices that were older than what is known
	untold []string
}

// shelved is one row: what it makes of a product.
type shelved struct {
	sku   string
	apply func(*boon.Product) []boon.Write
}

func (s *shelving) put(sku string, apply func(*boon.Product) []boon.Write) error {
	s.rows = append(s.rows, shelved{sku, apply})
	if len(s.rows) < shelfBatch {
		return nil
	}
	return s.flush()
}

// flush stores the rows and what they mean for those who watch, at once: a feed that is sent again finds nothing new to tell. One flush at a time, so that
// no two feeds see the same change.
func (s *shelving) flush() error {
	if len(s.rows) == 0 {
		return nil
	}
	s.e.shelf.feeding.Lock()
	defer s.e.shelf.feeding.Unlock()
	changes, writes, err := s.changes()
	if err != nil {
		return err
	}
	events, err := s.news(changes)
	if err != nil {
		return err
	}
	skus := make([]string, len(changes))
	for i := range changes {
		skus[i] = changes[i].after.SKU
	}
	defer s.e.shelf.change(skus)()
	if err := s.store(writes, events); err != nil {
		return fmt.Errorf("store feed: %w", err)
	}
	s.rows, s.told = nil, s.told+len(events)
	return nil
}

func (s *shelving) store(writes []boon.Write, events []boon.Event) error {
	if len(events) == 0 {
		return s.e.store.Commit(s.ctx, writes, true)
	}
	return s.e.record(s.ctx, writes, events...)
}

// change is a product before and after a batch.
type change struct{ before, after boon.Product }

// changes applies the rows in order; each product is listed once.
func (s *shelving) changes() (changes []change, writes []boon.Write, err error) {
	at := map[string]int{}
	for _, row := range s.rows {
		i, known := at[row.sku]
		if !known {
			p, _, err := s.e.shelf.Product(s.ctx, row.sku)
			if err != nil {
				return nil, nil, err
			}
			p.SKU = row.sku
			i = len(changes)
			at[row.sku], changes = i, append(changes, change{p, p})
		}
		writes = append(writes, row.apply(&changes[i].after)...)
	}
	return changes, writes, nil
}

// replaced is a row of a product feed.
func replaced(with boon.Product) func(*boon.Product) []boon.Write {
	return func(p *boon.Product) []boon.Write {
		with.Stock, with.Competitors = p.Stock, p.Competitors
		*p = with
		return []boon.Write{productWrite(*p)}
	}
}

// stocked is a row of an inventory feed.
func stocked(with boon.Stock) func(*boon.Product) []boon.Write {
	return func(p *boon.Product) []boon.Write {
		p.Stock = &with
		return []boon.Write{{Key: stockKey(p.SKU), Value: catalog.EncodeStock(with)}}
	}
}

// priced is a row of a price feed, of a product known or new.
func (s *shelving) priced(change catalog.Price, currency boon.Currency) func(*boon.Product) []boon.Write {
	return func(p *boon.Product) (writes []boon.Write) {
		if change.Price != nil || change.SalePrice != nil {
			p.Currency = cmp.Or(p.Currency, currency)
			p.Price, p.SalePrice = *cmp.Or(change.Price, &p.Price), *cmp.Or(change.SalePrice, &p.SalePrice)
			writes = append(writes, productWrite(*p))
		}
		if change.Competitor != nil {
			writes = append(writes, s.compared(p, *change.Competitor)...)
		}
		return writes
	}
}

// compared keeps what a competitor asks, unless something later is known of it.
func (s *shelving) compared(p *boon.Product, seen boon.CompetitorPrice) []boon.Write {
	list, taken := catalog.WithCompetitor(p.Competitors, seen)
	if !taken {
		s.late++
		return nil
	}
	p.Competitors = list
	return []boon.Write{{Key: competitorsKey(p.SKU), Value: catalog.EncodeCompetitors(list)}}
}

func productWrite(p boon.Product) boon.Write {
	return boon.Write{Key: productKey(p.SKU), Value: catalog.EncodeProduct(p)}
}
