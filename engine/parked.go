package engine

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"boon"
	"boon/ingest"
	"boon/internal/seal"
)

// keyParked holds calls that came while the system of record was away, in the order of their coming: number -> events, sealed under the instance's own
// key, because their people's keys and contacts could not be stored.
const keyParked = 'q'

// keyUnfit holds those of them that cannot be taken to the log, as they were parked.
const keyUnfit = 'h'

// maxParked bounds the calls that wait so; more are refused as unavailable.
const maxParked = 100_000

// parking counts what waits.
type parking struct {
	waiting atomic.Int64
	last    atomic.Uint64
}

func parkedKey(n uint64) []byte { return binary.BigEndian.AppendUint64([]byte{keyParked}, n) }

// openParking counts what an earlier process left.
func (e *Engine) openParking(ctx context.Context) error {
	e.parking.last.Store(uint64(e.config.Now().UnixNano()))
	err := e.store.Scan(ctx, []byte{keyParked}, nil, func(key, _ []byte) bool {
		e.parking.waiting.Add(1)
		return true
	})
	if err != nil {
		return fmt.Errorf("count parked events: %w", err)
	}
	return nil
}

// accept takes messages to the log, or, while the system of record is away, parks them. What comes behind parked ones is parked too, so that it keeps its place.
func (e *Engine) accept(ctx context.Context, messages []ingest.Message) ([]ingest.Receipt, error) {
	a := e.acceptor(false, randomID)
	p := a.Prepare(messages)
	if e.parking.waiting.Load() > 0 {
		return e.park(ctx, p)
	}
	receipts, err := a.Commit(ctx, p, e.config.Now(), nil)
	if away(err) {
		return e.park(ctx, p)
	}
	return receipts, err
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
		from = key
	}
}

func (e *Engine) unparkOne(ctx context.Context, key, sealed []byte) error {
	data, err := seal.Unwrap(e.secrets.parked, sealed)
	if err != nil {
		return err
	}
	p, err := ingest.DecodePrepared(data)
	if err != nil {
		return err
	}
	drop := func([]boon.Appended) []boon.Write { return []boon.Write{{Key: key}} }
	if _, err = e.acceptor(false, randomID).Commit(ctx, p, e.config.Now(), drop); err == nil {
		e.parking.waiting.Add(-1)
	}
	return err
}

// setParkedAside keeps a call that can never be taken to the log apart, so that those behind it are. An error is one of the log or the system of record.
func (e *Engine) setParkedAside(ctx context.Context, key, sealed []byte, cause error) error {
	if _, broken := e.store.Get(ctx, []byte("ready")); passes(cause) || broken != nil || ctx.Err() != nil {
		return cause
	}
	number := strconv.FormatUint(binary.BigEndian.Uint64(key[1:]), 10)
	e.config.Log.Error("events that came in an outage cannot be taken to the log and are set aside", "number", number, "error", cause)
	detail := "Events of one call that came while the system of record was away could not be taken to the log and count for nothing: " + cause.Error()
	if err := e.alarmAside(ctx, "parked events "+number, detail, nil); err != nil {
		return err
	}
	unfit := append([]byte{keyUnfit}, key[1:]...)
	if err := e.store.Commit(ctx, []boon.Write{{Key: key}, {Key: unfit, Value: sealed}}, true); err != nil {
		return fmt.Errorf("set parked events aside: %w", err)
	}
	e.parking.waiting.Add(-1)
	return nil
}
