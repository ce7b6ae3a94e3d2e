package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"boon"
	"boon/catalog"
	"boon/ingest"
	"boon/pebblestore"

	"github.com/maypok86/otter/v2"
)

// Keys of the catalogue in the online store (package ingest lists the others).
const (
	keyProduct     = 'c' // sku -> product
	keyStock       = 'k' // sku -> stock
	keyCompetitors = 'r' // sku -> prices of competitors
)

func productKey(sku string) []byte     { return append([]byte{keyProduct}, sku...) }
func stockKey(sku string) []byte       { return append([]byte{keyStock}, sku...) }
func competitorsKey(sku string) []byte { return append([]byte{keyCompetitors}, sku...) }

// shelf reads the catalogue with its stock. Products that are read often stay decoded; a feed takes out what it changes before it does.
type shelf struct {
	store *pebblestore.DB
	*shelfCache
}

// shelfCache keeps decoded products. While a feed changes a product it is read from the store, and what was read before is not kept after: whoever asks
// once the change is on the disk, be it the applier for an event that the feed put on the log with it, sees the change.
type shelfCache struct {
	none     bool       // keep nothing
	feeding  sync.Mutex // one batch of a feed is stored at a time
	mu       sync.Mutex
	feeds    uint64
	changing map[string]int // feeds at work on a product
	ready    *otter.Cache[string, boon.Product]
}

func (c *shelfCache) seen() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.feeds
}

func (c *shelfCache) keep(p boon.Product, seen uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.feeds == seen && c.changing[p.SKU] == 0 && !c.none {
		c.ready.Set(p.SKU, p)
	}
}

// change keeps products out of the cache until the function it gives is called.
func (c *shelfCache) change(skus []string) (changed func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.feeds++
	for _, sku := range skus {
		c.changing[sku]++
		c.ready.Invalidate(sku)
	}
	return func() { c.changed(skus) }
}

func (c *shelfCache) changed(skus []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.feeds++
	for _, sku := range skus {
		if c.changing[sku]--; c.changing[sku] == 0 {
			delete(c.changing, sku)
		}
	}
}

const shelfSize = 50_000

func newShelf(store *pebblestore.DB, none bool) shelf {
	return shelf{store, &shelfCache{none: none, changing: map[string]int{}, ready: otter.Must(&otter.Options[string, boon.Product]{MaximumSize: shelfSize})}}
}

// Product implements decide.Shelf.
func (s shelf) Product(ctx context.Context, sku string) (boon.Product, bool, error) {
	if p, ok := s.ready.GetIfPresent(sku); ok {
		return p, true, nil
	}
	seen := s.seen()
	p, ok, err := s.read(ctx, sku)
	if err == nil && ok {
		s.keep(p, seen)
	}
	return p, ok, err
}

// read joins what three feeds say of a SKU.
func (s shelf) read(ctx context.Context, sku string) (p boon.Product, ok bool, err error) {
	for _, key := range [][]byte{productKey(sku), stockKey(sku), competitorsKey(sku)} {
		data, err := s.store.Get(ctx, key)
		if err != nil {
			return p, false, fmt.Errorf("read catalogue: %w", err)
		}
		if data == nil {
			continue
		}
		if err := take(&p, boon.Write{Key: key, Value: data}); err != nil {
			return p, false, err
		}
		ok = true
	}
	p.SKU = sku
	return p, ok, nil
}

// take puts what one feed's key holds into its product.
func take(p *boon.Product, w boon.Write) (err error) {
	if len(w.Key) == 0 {
		return errors.New("read catalogue: a key is empty")
	}
	switch w.Key[0] {
	case keyProduct:
		stock, competitors := p.Stock, p.Competitors
		*p, err = catalog.DecodeProduct(w.Value)
		p.Stock, p.Competitors = stock, competitors
	case keyStock:
		var stock boon.Stock
		stock, err = catalog.DecodeStock(w.Value)
		p.Stock = &stock
	case keyCompetitors:
		p.Competitors, err = catalog.DecodeCompetitors(w.Value)
	default:
		err = fmt.Errorf("read catalogue: nothing is known of keys %q", w.Key[0])
	}
	return err
}

// counted is the shelf as of an instant: where a feed tells no demand, it is what the shop's own orders come to then.
type counted struct {
	shelf
	view *ingest.View
	at   time.Time
}

// Product implements decide.Shelf.
func (c counted) Product(ctx context.Context, sku string) (boon.Product, bool, error) {
	p, ok, err := c.shelf.Product(ctx, sku)
	if err == nil && ok {
		p, err = c.view.WithDemand(ctx, p, c.at)
	}
	return p, ok, err
}

// goods shows the shelf to the money path, which has no context of its own.
type goods struct{ shelf shelf }

// Product implements redeem.Goods.
func (g goods) Product(sku string) (boon.Product, bool) {
	p, ok, err := g.shelf.Product(context.Background(), sku)
	return p, ok && err == nil
}
