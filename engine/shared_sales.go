package engine

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"boon"
	"boon/ingest"
)

// shareEvery is how often a process tells the others what it sold: they need it by the end of the day.
const shareEvery = time.Second

// unshared are the SKUs whose sales changed since they were told.
type unshared struct {
	mu   sync.Mutex
	skus map[string]bool
}

func (u *unshared) add(skus []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.skus == nil {
		u.skus = map[string]bool{}
	}
	for _, sku := range skus {
		u.skus[sku] = true
	}
}

// take gives some of them, and forgets these.
func (u *unshared) take(max int) (skus []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for sku := range u.skus {
		if len(skus) == max {
			break
		}
		skus = append(skus, sku)
		delete(u.skus, sku)
	}
	return skus
}

// shareSales tells other processes what the orders sold that reach this one, first whatever they were not told before it went down.
func (e *Engine) shareSales(ctx context.Context) error {
	skus, err := ingest.SoldHere(ctx, e.store)
	if err != nil {
		return fmt.Errorf("read what was sold: %w", err)
	}
	e.others.sold.add(skus)
	tick := time.NewTicker(shareEvery)
	defer tick.Stop()
	for {
		if err := e.tellSales(ctx); err != nil && ctx.Err() == nil && !away(err) {
			return fmt.Errorf("share what was sold: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// tellSales tells all that is untold. What could not be told is tried again.
func (e *Engine) tellSales(ctx context.Context) error {
	for {
		skus := e.others.sold.take(shelfBatch)
		if len(skus) == 0 {
			return nil
		}
		if err := e.tellSalesOf(ctx, skus); err != nil {
			e.others.sold.add(skus)
			return err
		}
	}
}

func (e *Engine) tellSalesOf(ctx context.Context, skus []string) error {
	e.shelf.feeding.Lock()
	defer e.shelf.feeding.Unlock()
	for {
		if err := e.catchShelf(ctx); err != nil {
			return err
		}
		tell, keep, err := ingest.TellSales(ctx, e.store, e.instance.name, skus)
		if err != nil || len(tell) == 0 {
			return err
		}
		place, stored, err := e.shared.PutShelf(ctx, e.others.shelf, tell)
		if err != nil {
			return err
		}
		if stored {
			return e.heard(ctx, keep, place)
		}
	}
}

// heard keeps what the shared shelf holds of sales up to a place.
func (e *Engine) heard(ctx context.Context, keep []boon.Write, place int64) error {
	if err := e.store.Commit(ctx, append(keep, shelfPlace(place)), true); err != nil {
		return fmt.Errorf("keep what others sold: %w", err)
	}
	e.others.shelf = place
	return nil
}

// shelfPlace is the place up to which the shelf of this process is that of all.
func shelfPlace(place int64) boon.Write {
	return boon.Write{Key: []byte{keyShelf}, Value: binary.BigEndian.AppendUint64(nil, uint64(place))}
}
