package engine

import (
	"context"
	"fmt"
	"time"
)

// How the loops run.
const (
	batchSize  = 256                    // events a batch when live: small, so that a call beside it waits little
	sweepEvery = time.Second            // expiries and timers when live
	trimEvery  = time.Hour              // retention
	keepEvents = 400 * 24 * time.Hour   // log entries
	keepIDs    = 8 * 24 * time.Hour     // de-duplication by messageId
	patience   = 50 * time.Millisecond  // how long a call waits for its shopper's events
	retryAfter = 500 * time.Millisecond // after a failed batch
)

// Run applies the log, expires what is due and trims what is old, until ctx ends.
func (e *Engine) Run(ctx context.Context) error {
	sweep, trim := time.NewTicker(sweepEvery), time.NewTicker(trimEvery)
	defer sweep.Stop()
	defer trim.Stop()
	for {
		changed := e.store.Changed()
		n, err := e.step(ctx, batchSize)
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("apply events: %w", err)
		}
		if n > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-sweep.C:
			err = e.tick(ctx)
		case <-trim.C:
			now := e.config.Now()
			err = e.store.Trim(ctx, now.Add(-keepEvents), now.Add(-keepIDs))
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// step applies one batch and shows it.
func (e *Engine) step(ctx context.Context, limit int) (int, error) {
	n, err := e.applier.Step(ctx, limit)
	if err != nil || n == 0 {
		return n, err
	}
	e.expose()
	return n, nil
}

// tick lets wall-clock time pass: money that is due, timers that ran out.
func (e *Engine) tick(ctx context.Context) error {
	now := e.config.Now()
	if _, err := e.teller.Sweep(ctx, now); err != nil {
		return fmt.Errorf("expire what is due: %w", err)
	}
	if err := e.fundBudgets(ctx); err != nil {
		return fmt.Errorf("fund budgets: %w", err)
	}
	n, err := e.applier.Tick(ctx, now)
	if err != nil {
		return fmt.Errorf("fire timers: %w", err)
	}
	if n > 0 {
		e.expose()
	}
	return nil
}
