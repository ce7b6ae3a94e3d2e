package engine

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"boon"
	"boon/ingest"
	"boon/internal/seal"
)

// keyParked holds calls that came while the system of record was away, in the order of their coming: number -> events, sealed under the instance's own
// key, because their people's keys and contacts could not be stored.
const keyParked = 'q'

// maxParked bounds the calls that wait so; more are refused as unavailable.
const maxParked = 100_000

// parking counts what waits.
type parking struct {
	waiting atomic.Int64
	last    atomic.Uint64
}

func parkedKey(n uint64) []byte { return binary.BigEndian.AppendUint64([]byte{keyParked}, n) }

// numberOf is the number of a parked call, of its key.
func numberOf(key []byte) uint64 { return binary.BigEndian.Uint64(key[1:]) }

// openParking counts what an earlier process left. Numbers go on behind all that were given, whatever the clock says, from microseconds, which every reader of
// JSON keeps whole.
func (e *Engine) openParking(ctx context.Context) error {
	last := uint64(e.config.Now().UnixMicro())
	for _, kind := range []byte{keyParked, keyUnfit} {
		err := e.store.Scan(ctx, []byte{kind}, nil, func(key, _ []byte) bool {
			last = max(last, numberOf(key))
			if kind == keyParked {
				e.parking.waiting.Add(1)
			}
			return true
		})
		if err != nil {
			return fmt.Errorf("count parked events: %w", err)
		}
	}
	e.parking.last.Store(last)
	return nil
}

// accept takes messages to the log, or, while the system of record is away, parks them. What comes behind parked ones is parked too, so that it keeps its place.
func (e *Engine) accept(ctx context.Context, messages []ingest.Message) ([]ingest.Receipt, error) {
	p := e.acceptor(false, randomID).Prepare(messages)
	if e.parking.waiting.Load() > 0 {
		return e.park(ctx, p)
	}
	receipts, err := e.commit(ctx, p, nil)
	if away(err) {
		return e.park(ctx, p)
	}
	return receipts, err
}

// acceptPatience is how long the system of record may take over its part of a call of events before it counts as away: one that hangs says nothing.
const acceptPatience = 2 * time.Second

// commit takes a prepared call to the log, which has as long as the caller has.
func (e *Engine) commit(ctx context.Context, p *ingest.Prepared, with func([]boon.Appended) []boon.Write) ([]ingest.Receipt, error) {
	a := e.acceptor(false, randomID)
	a.Log = unhurried{a.Log, ctx}
	bounded, cancel := context.WithTimeout(ctx, acceptPatience)
	defer cancel()
	receipts, err := a.Commit(bounded, p, e.config.Now(), with)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = fmt.Errorf("%w: %w", boon.Refuse(boon.ReasonUnavailable, "the system of record does not answer in time"), err)
	}
	return receipts, err
}

// unhurried is the log under the caller's own context.
type unhurried struct {
	ingest.Log
	caller context.Context
}

// Append implements ingest.Log.
func (l unhurried) Append(_ context.Context, entries []boon.LogEntry, now time.Time, with func([]boon.Appended) []boon.Write) ([]boon.Appended, error) {
	return l.Log.Append(l.caller, entries, now, with)
}

// park makes a call durable without the system of record.
func (e *Engine) park(ctx context.Context, p *ingest.Prepared) ([]ingest.Receipt, error) {
	if e.parking.waiting.Load() >= maxParked {
		return nil, boon.Refuse(boon.ReasonUnavailable, "the system of record does not answer, and as many events wait for it as may")
	}
	data, err := p.Encode()
	if err != nil {
		return nil, err
	}
	sealed, err := seal.Wrap(e.secrets.parked, data)
	if err != nil {
		return nil, err
	}
	e.parking.waiting.Add(1) // before it is there: nobody passes it by
	if err := e.store.Commit(ctx, []boon.Write{{Key: parkedKey(e.parking.last.Add(1)), Value: sealed}}, true); err != nil {
		e.parking.waiting.Add(-1)
		return nil, fmt.Errorf("park events: %w", err)
	}
	return p.Receipts, nil
}

// unparkEvery is how often it is tried to take parked events to the log.
const unparkEvery = 500 * time.Millisecond

// unpark takes parked events to the log when the system of record answers again.
func (e *Engine) unpark(ctx context.Context) error {
	try := time.NewTicker(unparkEvery)
	defer try.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-try.C:
		}
		if e.parking.waiting.Load() == 0 {
			continue
		}
		if err := e.unparkAll(ctx); err != nil && !passes(err) && ctx.Err() == nil {
			return fmt.Errorf("take parked events to the log: %w", err)
		}
	}
}

// unparkAll takes one call after the other to the log, each dropped in the batch that appends it.
func (e *Engine) unparkAll(ctx context.Context) error {
	var from []byte
	for {
		var key, sealed []byte
		err := e.store.Scan(ctx, []byte{keyParked}, from, func(k, v []byte) bool {
			key, sealed = bytes.Clone(k), bytes.Clone(v)
			return false
		})
		if err != nil || key == nil {
			return err
		}
		if err := e.unparkOne(ctx, key, sealed); err != nil {
			if err = e.setParkedAside(ctx, key, sealed, err); err != nil {
				return err
			}
		}
		e.parking.waiting.Add(-1)
		from = key
	}
}

func (e *Engine) unparkOne(ctx context.Context, key, sealed []byte) error {
	p, err := e.openParked(sealed)
	if err != nil {
		return err
	}
	drop := func([]boon.Appended) []boon.Write { return []boon.Write{{Key: key}} }
	_, err = e.commit(ctx, p, drop)
	return err
}

func (e *Engine) openParked(sealed []byte) (*ingest.Prepared, error) {
	data, err := seal.Unwrap(e.secrets.parked, sealed)
	if err != nil {
		return nil, err
	}
	return ingest.DecodePrepared(data)
}
