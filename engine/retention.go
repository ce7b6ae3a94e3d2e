package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"boon"
	"boon/ingest"
)

// How records are walked: in steps with a rest between them, so that calls beside it do not wait for the disk.
const (
	walkEvery = 24 // of trimEvery
	walkStep  = 500
	walkRest  = 20 * time.Millisecond
)

// trimmed counts what was removed since the start.
type trimmed struct{ decisions, exposures, rates atomic.Int64 }

// Trimmed implements api.Operations.
func (o operations) Trimmed() map[string]int64 {
	t := &o.e.trimmed
	return map[string]int64{"decisions": t.decisions.Load(), "exposures": t.exposures.Load(), "rates": t.rates.Load()}
}

// trim removes what is past its time by the shop's rules.
func (e *Engine) trim(ctx context.Context, walk bool) error {
	now, rule := e.config.Now(), e.live.Load().release.Bundle.Shop.Retention
	events := rule.Events
	if events == 0 {
		events = keepEvents
	}
	if err := e.store.Trim(ctx, now.Add(-events), now.Add(-keepIDs)); err != nil {
		return fmt.Errorf("trim log: %w", err)
	}
	if !walk || rule.Decisions == 0 && rule.Exposures == 0 {
		return nil
	}
	if err := e.trimRecords(ctx, rule, now); err != nil {
		return fmt.Errorf("trim records: %w", err)
	}
	return nil
}

// trimRecords walks all decision records once, then drops the rates that none of them names.
func (e *Engine) trimRecords(ctx context.Context, rule boon.Retention, now time.Time) error {
	idle, err := e.blobs(ctx)
	if err != nil {
		return err
	}
	w := walker{e: e, rule: rule, now: now}
	for more := true; more; {
		delete(idle, e.frozen.Load().Rates)
		if more, err = w.step(ctx, idle); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(walkRest):
		}
	}
	delete(idle, e.frozen.Load().Rates)
	var writes []boon.Write
	for id := range idle {
		writes = append(writes, boon.Write{Key: ingest.BlobKey(id)})
	}
	e.trimmed.rates.Add(int64(len(writes)))
	return e.store.Commit(ctx, writes, false)
}

// blobs lists the rates that are kept.
func (e *Engine) blobs(ctx context.Context) (map[string]bool, error) {
	ids, prefix := map[string]bool{}, ingest.BlobKey("")
	err := e.store.Scan(ctx, prefix, nil, func(key, _ []byte) bool {
		ids[string(key[len(prefix):])] = true
		return true
	})
	return ids, err
}

// walker goes over the decision records in the order of their keys.
type walker struct {
	e    *Engine
	rule boon.Retention
	now  time.Time
	from []byte
}

// dated is what of a record says how old it is, and what it needs.
type dated struct {
	Inputs   struct{ RatesID string }
	Decision struct {
		ID string
		At time.Time
	}
}

// step trims the next records and takes what the others name out of idle.
func (w *walker) step(ctx context.Context, idle map[string]bool) (more bool, err error) {
	var old, spent []string
	seen, broken := 0, error(nil)
	err = w.e.store.Scan(ctx, ingest.RecordKey(""), w.from, func(key, value []byte) bool {
		var d dated
		if broken = json.Unmarshal(value, &d); broken != nil {
			return false
		}
		seen++
		w.from = append(append([]byte{}, key...), 0)
		switch age := w.now.Sub(d.Decision.At); {
		case w.rule.Decisions > 0 && age > w.rule.Decisions:
			old = append(old, d.Decision.ID)
		default:
			delete(idle, d.Inputs.RatesID)
			if w.rule.Exposures > 0 && age > w.rule.Exposures {
				spent = append(spent, d.Decision.ID)
			}
		}
		return seen < walkStep
	})
	if err != nil || broken != nil {
		return false, fmt.Errorf("read records: %w", firstError(err, broken))
	}
	return seen == walkStep, w.drop(ctx, old, spent)
}

// drop removes old decisions whole, and of spent ones what the shopper's side did with them.
func (w *walker) drop(ctx context.Context, old, spent []string) error {
	var writes []boon.Write
	for _, id := range old {
		writes = append(writes, boon.Write{Key: ingest.RecordKey(id)}, boon.Write{Key: onceKey(id)})
	}
	for _, id := range append(old, spent...) {
		key := ingest.ExposureKey(id)
		there, err := w.e.store.Get(ctx, key)
		if err != nil {
			return err
		}
		if there != nil {
			writes = append(writes, boon.Write{Key: key})
			w.e.trimmed.exposures.Add(1)
		}
	}
	w.e.trimmed.decisions.Add(int64(len(old)))
	return w.e.store.Commit(ctx, writes, false)
}

func firstError(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}
