package engine

import (
	"context"
	"fmt"
	"time"

	"boon"
	"boon/ingest"
)

// keyShelf holds the place up to which this process's shelf is that of all.
const keyShelf = 'n'

// share shows other processes what a feed changes. It says false when they changed the shelf meanwhile: what the feed makes of it is to be worked out
// again. Killed before it is stored here too, this process reads it as it reads what others stored.
func (s *shelving) share(p *prepared) (stored bool, err error) {
	if s.e.shared == nil {
		return true, nil
	}
	p.place, stored, err = s.e.shared.PutShelf(s.ctx, s.e.others.shelf, p.writes)
	return stored, err
}

// catchShelf brings onto this process's shelf what others changed, and tells those who watch here. The caller holds shelf.feeding.
func (e *Engine) catchShelf(ctx context.Context) error {
	for e.shared != nil {
		list, last, err := e.shared.Shelf(ctx, e.others.shelf, shelfBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		s := &shelving{e: e, ctx: ctx}
		var sold []boon.Write
		for _, w := range list {
			if ingest.IsSales(w.Key) {
				sold = append(sold, w)
				continue
			}
			if err := take(new(boon.Product), w); err != nil {
				e.config.Log.Error("a product that another process stored cannot be read here: what was known of it stays. Is this program older than the others?", "error", err)
				continue
			}
			s.rows = append(s.rows, shelved{string(w.Key[1:]), followed(w)})
		}
		p, err := s.prepare()
		if err != nil {
			return err
		}
		heard, err := ingest.HearSales(ctx, e.store, e.instance.name, sold)
		if err != nil {
			return err
		}
		p.place, p.writes = last, append(p.writes, heard...)
		if err := s.keep(p); err != nil {
			return err
		}
	}
	return nil
}

// followed is what another process stored of a product.
func followed(w boon.Write) func(*boon.Product) []boon.Write {
	return func(p *boon.Product) []boon.Write {
		_ = take(p, w) // it was read before
		return []boon.Write{w}
	}
}

// followShelf is catchShelf, unless the shelf is known up to a place already.
func (e *Engine) followShelf(ctx context.Context, last int64) error {
	e.shelf.feeding.Lock()
	defer e.shelf.feeding.Unlock()
	if e.others.shelf >= last {
		return nil
	}
	if err := e.catchShelf(ctx); err != nil {
		return fmt.Errorf("follow the shelf of other processes: %w", err)
	}
	return nil
}

// tellPlace tells the others how far this process has followed the shelf, where it went on.
func (e *Engine) tellPlace(ctx context.Context) error {
	e.shelf.feeding.Lock()
	place := e.others.shelf
	e.shelf.feeding.Unlock()
	if place == e.others.told {
		return nil
	}
	if err := e.shared.Followed(ctx, place); err != nil {
		return err
	}
	e.others.told = place
	return nil
}

// followPatience is how long a feed waits for the processes that hear of it: one that hangs holds up no feed for longer.
const followPatience = 2 * time.Second

// awaitOthers waits until every process that hears of changes decides by what was stored up to a place. What cannot be asked is not waited for: it is stored.
func (e *Engine) awaitOthers(ctx context.Context, place int64) {
	if e.shared == nil || place == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, followPatience)
	defer cancel()
	for wait := time.Millisecond; ; wait = min(2*wait, 32*time.Millisecond) {
		if behind, err := e.shared.Behind(ctx, place); !behind || err != nil {
			return
		}
		pause(ctx, wait)
	}
}
