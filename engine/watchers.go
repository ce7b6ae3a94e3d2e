package engine

import (
	"encoding/json"
	"fmt"
	"time"

	"boon"
	"boon/ingest"
)

// How many are told of one product, and by one feed.
const (
	tellOfProduct = 1000
	tellByFeed    = 10_000
)

// defaultDrop is the share by which a price falls before anybody hears of it, unless the shop says another.
const defaultDrop = boon.Unit / 20

// happened is what a change means to those who watch the product; "" for nothing. One who can buy again need not hear of the price besides.
func (c *change) happened(drop boon.Micros) string {
	was, is := c.before.Current(), c.after.Current()
	switch {
	case !c.after.InStock():
		return ""
	case !c.before.InStock():
		return boon.ProductBackInStock
	case is > 0 && was > is && was-is >= drop.Of(was):
		return boon.ProductPriceDropped
	}
	return ""
}

// news are the events that tell what changed, one for each who watches.
func (s *shelving) news(changes []change) (events []boon.Event, err error) {
	live := s.e.live.Load()
	shop, now := &live.rules.Shop, s.e.config.Now().UTC()
	drop := shop.PriceDrop
	if drop == 0 {
		drop = defaultDrop
	}
	view := s.e.view()
	for i := range changes {
		c := &changes[i]
		name := c.happened(drop)
		if name == "" || !live.rules.Triggers.Listens(name) {
			continue
		}
		most := min(tellOfProduct, tellByFeed-s.told-len(events))
		ids, more, err := ingest.Watchers(s.ctx, s.e.store, view, shop, c.after.SKU, now, most)
		if err != nil {
			return nil, err
		}
		if more {
			s.batch.untold = append(s.batch.untold, c.after.SKU)
		}
		for _, id := range ids {
			e, err := c.notice(name, id, now)
			if err != nil {
				return nil, err
			}
			events = append(events, e)
		}
	}
	return events, nil
}

// notice is the event that tells one person. Its message id follows from the feed's instant, the product and the person.
func (c *change) notice(name string, id boon.Identifier, now time.Time) (boon.Event, error) {
	p := &c.after
	text := func(minor int64) string { return boon.Money{Minor: minor, Currency: p.Currency}.Text() }
	rest, err := json.Marshal(map[string]string{"price": text(p.Current()), "previousPrice": text(c.before.Current()), "currency": string(p.Currency)})
	if err != nil {
		return boon.Event{}, fmt.Errorf("encode what changed: %w", err)
	}
	return boon.Event{MessageID: boon.NewID("feed-", now, name, p.SKU, id.String(), now.Format(time.RFC3339Nano)), Kind: boon.KindNoticed, Name: name, Owner: id,
		Verified: true, Time: now, Received: now, SKU: p.SKU, Category: p.Category, Rest: rest}, nil
}
