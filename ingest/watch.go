package ingest

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"boon"
	"boon/consent"
)

// watchDays is how long somebody who looked at a product is taken to wait for it.
const watchDays = 30

// What a watch says.
const (
	looked = iota
	bought
)

// watch is what one identifier did about a product on one day, last.
type watch struct {
	id     boon.Identifier
	at     int64 // ms
	bought bool
}

// watched notes who looked at which product, or bought it, while a trigger waits for news of products. What no trigger asks for is not kept.
func (a *Applier) watched(e *boon.Event) {
	if !a.Rules().Triggers.Watches() {
		return
	}
	switch e.Name {
	case boon.ProductViewed, boon.ProductAdded:
		a.watch(e, e.SKU, looked)
	case boon.CartViewed:
		a.watchLines(e, looked)
	case boon.OrderCompleted:
		a.watchLines(e, bought)
	}
}

func (a *Applier) watchLines(e *boon.Event, what byte) {
	if e.Order == nil {
		return
	}
	for i := range e.Order.Lines {
		a.watch(e, e.Order.Lines[i].SKU, what)
	}
}

func (a *Applier) watch(e *boon.Event, sku string, what byte) {
	if sku == "" {
		return
	}
	at := noLater(e)
	a.writes = append(a.writes, boon.Write{Key: watchKey(dayOf(at), sku, e.Owner, what), Value: binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))})
}

func watchKey(day int64, sku string, id boon.Identifier, what byte) []byte {
	key := append(watchPrefix(day, sku), byte(id.Namespace))
	return append(append(key, id.Hash[:]...), what)
}

func dayOf(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

// noLater is when an event happened, and no later than it came: a clock that runs ahead does not reach into days to come.
func noLater(e *boon.Event) time.Time {
	if !e.Received.IsZero() && e.Time.After(e.Received) {
		return e.Received
	}
	return e.Time
}

// watchPrefix has the day first, so that what is old lies together, and the length of the SKU before it, so that none is the beginning of another.
func watchPrefix(day int64, sku string) []byte {
	k := binary.BigEndian.AppendUint32([]byte{keyWatch}, uint32(day))
	k = binary.BigEndian.AppendUint32(k, uint32(len(sku)))
	return append(k, sku...)
}

// Watchers are who looked at a product within 30 days and has not bought it since, each person once, under the identifier that looked last; who looked
// last comes first. Nobody is watched who denies analytics. At most so many; more says that there may be others.
func Watchers(ctx context.Context, store Store, view *View, shop *boon.Shop, sku string, now time.Time, most int) (ids []boon.Identifier, more bool, err error) {
	watches, more, err := watchesOf(ctx, store, sku, dayOf(now), 4*most)
	if err != nil {
		return nil, false, err
	}
	seen := map[boon.Identifier]bool{}
	for _, w := range watches {
		if seen[w.id] {
			continue
		}
		profile, err := view.Component(ctx, []boon.Identifier{w.id}, false)
		if err != nil {
			return nil, false, err
		}
		for _, id := range profile.Members {
			seen[id] = true
		}
		willing, err := view.watchable(ctx, profile.Members, shop)
		if err != nil {
			return nil, false, err
		}
		if w.bought || !willing {
			continue
		}
		if len(ids) == most {
			return ids, true, nil
		}
		ids = append(ids, w.id)
	}
	return ids, more, nil
}

// watchesOf reads day by day, from today back; the latest come first.
func watchesOf(ctx context.Context, store Store, sku string, today int64, most int) (all []watch, more bool, err error) {
	for day := today; day > today-watchDays && !more; day-- {
		prefix := watchPrefix(day, sku)
		err := store.Scan(ctx, prefix, nil, func(key, value []byte) bool {
			if more = len(all) == most; more {
				return false
			}
			if w, ok := parseWatch(key[len(prefix):], value); ok {
				all = append(all, w)
			}
			return true
		})
		if err != nil {
			return nil, false, fmt.Errorf("read who watches %s: %w", sku, err)
		}
	}
	slices.SortStableFunc(all, func(x, y watch) int { return cmp.Or(cmp.Compare(y.at, x.at), x.id.Compare(y.id)) })
	return all, more, nil
}

func parseWatch(rest, value []byte) (w watch, ok bool) {
	if len(rest) != 18 || len(value) != 8 {
		return w, false
	}
	w.id.Namespace = boon.Namespace(rest[0])
	copy(w.id.Hash[:], rest[1:17])
	w.at, w.bought = int64(binary.BigEndian.Uint64(value)), rest[17] == bought
	return w, true
}

// watchable asks consent to analytics where the person was last.
func (v *View) watchable(ctx context.Context, members []boon.Identifier, shop *boon.Shop) (bool, error) {
	choices, err := v.choices(ctx, members)
	if err != nil {
		return false, err
	}
	country := ""
	for _, id := range members {
		p, err := v.load(ctx, id)
		if err != nil {
			return false, err
		}
		country = cmp.Or(country, p.State.Country.Value)
	}
	return consent.Gate(choices, *shop, country, boon.PurposeAnalytics).OK, nil
}

// TrimWatches deletes what is too old to be waited for. It is called beside the applier, now and then.
func TrimWatches(ctx context.Context, store Store, now time.Time) error {
	return trim(ctx, store, keyWatch, dayOf(now)-watchDays+1)
}

// trim deletes what has a day before first, of keys that begin with it.
func trim(ctx context.Context, store Store, kind byte, first int64) error {
	end := binary.BigEndian.AppendUint32([]byte{kind}, uint32(first))
	var old []boon.Write
	err := store.Scan(ctx, []byte{kind}, nil, func(key, _ []byte) bool {
		if string(key) >= string(end) {
			return false
		}
		old = append(old, boon.Write{Key: slices.Clone(key)})
		return len(old) < 100_000
	})
	if err == nil && len(old) > 0 {
		err = store.Commit(ctx, old, false)
	}
	if err != nil {
		return fmt.Errorf("trim what is old: %w", err)
	}
	return nil
}

// noticed decides for the triggers that wait for news of a product, as the person was met last.
func (a *Applier) noticed(ctx context.Context, e *entry, s Session) error {
	p, err := a.person(ctx, e.event.Owner, false)
	if err != nil {
		return err
	}
	members, err := a.View().members(ctx, e.event.Owner)
	if err != nil {
		return err
	}
	e.event.Context = whereabouts(p)
	return a.trigger(ctx, e, members, s)
}

// whereabouts stand for the context of a request when nobody is here to say where they are.
func whereabouts(p *Person) boon.Context {
	from := &p.State
	return boon.Context{Channel: from.Channel.Value, Country: from.Country.Value, Region: from.Region.Value, Timezone: from.Timezone.Value}
}
