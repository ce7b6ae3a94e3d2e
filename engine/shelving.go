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
	e    *Engine
	ctx  context.Context
	rows []shelved
	tally
	batch tally // of the batch at hand
	place int64 // on the shared shelf, of the last that was stored
}

// tally is what became of rows besides.
type tally struct {
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
// no two feeds see the same change; where the shelf is shared, what other processes stored comes first.
func (s *shelving) flush() error {
	if len(s.rows) == 0 {
		return nil
	}
	s.e.shelf.feeding.Lock()
	defer s.e.shelf.feeding.Unlock()
	for {
		if err := s.e.catchShelf(s.ctx); err != nil {
			return err
		}
		p, err := s.prepare()
		if err != nil {
			return err
		}
		stored, err := s.share(&p)
		if err != nil {
			return err
		}
		if stored {
			return s.keep(p)
		}
	}
}

// prepared is what a batch of rows comes to, before it is stored.
type prepared struct {
	skus   []string
	writes []boon.Write
	events []boon.Event
	place  int64 // that the shared shelf is read to with it
}

func (s *shelving) prepare() (p prepared, err error) {
	s.batch = tally{}
	changes, writes, err := s.changes()
	if err != nil {
		return p, err
	}
	if p.events, err = s.news(changes); err != nil {
		return p, err
	}
	for i := range changes {
		p.skus = append(p.skus, changes[i].after.SKU)
	}
	p.writes = writes
	return p, nil
}

// keep stores a batch in this process's store.
func (s *shelving) keep(p prepared) error {
	defer s.e.shelf.change(p.skus)()
	if s.e.shared != nil {
		p.writes = append(p.writes, shelfPlace(p.place))
	}
	if err := s.store(p.writes, p.events); err != nil {
		return fmt.Errorf("store feed: %w", err)
	}
	s.e.others.shelf, s.place = p.place, p.place
	s.rows, s.told, s.late, s.untold = nil, s.told+len(p.events), s.late+s.batch.late, append(s.untold, s.batch.untold...)
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
		s.batch.late++
		return nil
	}
	p.Competitors = list
	return []boon.Write{{Key: competitorsKey(p.SKU), Value: catalog.EncodeCompetitors(list)}}
}

func productWrite(p boon.Product) boon.Write {
	return boon.Write{Key: productKey(p.SKU), Value: catalog.EncodeProduct(p)}
}
