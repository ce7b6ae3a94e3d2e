package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"boon/ingest"
	"boon/redeem"
	"boon/redeem/batch"

	"golang.org/x/sync/errgroup"
)

// How the loops run.
const (
	batchSize  = 256                   // events a batch when live: small, so that a call beside it waits little
	sweepEvery = time.Second           // expiries and timers when live
	trimEvery  = time.Hour             // retention
	keepEvents = 400 * 24 * time.Hour  // log entries
	keepIDs    = 8 * 24 * time.Hour    // de-duplication by messageId
	patience   = 50 * time.Millisecond // how long a call waits for its shopper's events
)

// Run applies the log, expires what is due and trims what is old, until ctx ends.
func (e *Engine) Run(ctx context.Context) error {
	defer e.stream.close() // a server waits for open answers when it ends, and these end by nothing else
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return e.follow(ctx) })
	group.Go(func() error { return e.retain(ctx) })
	group.Go(func() error { return e.unpark(ctx) })
	if e.shared != nil {
		group.Go(func() error { return e.hear(ctx) })
		group.Go(func() error { return e.followOthers(ctx) })
		group.Go(func() error { return e.shareSales(ctx) })
	}
	group.Go(func() error { return e.watchAlarms(ctx) })
	group.Go(func() error { return e.watchFairness(ctx) })
	return group.Wait()
}

// follow applies batch after batch; between two of them it lets wall-clock time pass, however busy the log is.
func (e *Engine) follow(ctx context.Context) error {
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	var s stumble
	for {
		changed := e.store.Changed()
		n, err := e.stepOver(ctx, &s, batchSize)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			if err := e.survive(ctx, "apply events", err); err != nil {
				return err
			}
			continue
		}
		if n > 0 {
			changed = already
		}
		select {
		case <-ctx.Done():
			return nil
		case <-sweep.C:
			if err := e.tick(ctx); err != nil && ctx.Err() == nil {
				if err := e.survive(ctx, "let time pass", err); err != nil {
					return err
				}
			}
		case <-changed:
		}
	}
}

// already is a channel that is always ready.
var already = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// retain trims what is past its time.
func (e *Engine) retain(ctx context.Context) error {
	trim := time.NewTicker(trimEvery)
	defer trim.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-trim.C:
			now := e.config.Now()
			if err := e.store.Trim(ctx, now.Add(-keepEvents), now.Add(-keepIDs)); err != nil && ctx.Err() == nil {
				return fmt.Errorf("trim log: %w", err)
			}
			if err := errors.Join(ingest.TrimWatches(ctx, e.store, now), ingest.TrimSheets(ctx, e.store, now)); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

// step applies one batch and shows it.
func (e *Engine) step(ctx context.Context, limit int) (int, error) {
	e.both.RLock()
	defer e.both.RUnlock()
	n, err := e.applier.Step(ctx, limit)
	if err != nil || n == 0 {
		return n, err
	}
	e.expose()
	e.noteDelays()
	return n, nil
}

// tick lets wall-clock time pass: money that is due, timers that ran out.
func (e *Engine) tick(ctx context.Context) error {
	now := e.config.Now()
	if err := e.sweep(ctx, now); err != nil {
		return err
	}
	elapsed, err := e.applier.Elapsed(ctx, now)
	if err != nil {
		return fmt.Errorf("read timers: %w", err)
	}
	if len(elapsed) == 0 {
		return nil
	}
	if err := e.record(ctx, nil, elapsed...); err != nil {
		return fmt.Errorf("put elapsed timers onto the log: %w", err)
	}
	return nil
}

// tendEvery is how often budgets are looked after and old answers dropped.
const tendEvery = time.Minute

// sweep looks before it writes: an idle process asks one question a second, and whichever of several processes comes first ends what is due.
func (e *Engine) sweep(ctx context.Context, now time.Time) error {
	tend := now.Sub(e.tended).Abs() >= tendEvery
	due := tend
	if !due {
		err := e.book.View(ctx, func(tx redeem.Tx) (err error) {
			due, err = anyDue(tx, now)
			return err
		})
		if err != nil {
			return fmt.Errorf("look for what is due: %w", err)
		}
	}
	if due {
		if _, err := e.teller.Sweep(batch.From(ctx, callerSweep), now); err != nil {
			return fmt.Errorf("expire what is due: %w", err)
		}
	}
	if tend {
		if err := e.fundBudgets(ctx); err != nil {
			return fmt.Errorf("fund budgets: %w", err)
		}
		e.tended = now
	}
	return nil
}

func anyDue(tx redeem.Tx, now time.Time) (bool, error) {
	held, err := tx.DueReservations(now, 1)
	if err != nil || len(held) > 0 {
		return true, err
	}
	due, err := tx.DueGrants(now, 1)
	if err != nil || len(due) > 0 {
		return true, err
	}
	points, err := tx.DueRedemptions(now, 1)
	return len(points) > 0, err
}
