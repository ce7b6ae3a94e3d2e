package engine

import (
	"context"
	"time"

	"boon"
	"boon/ingest"
)

// CloseBooks ends the system of record under a running engine, as a database does that goes away.
func (e *Engine) CloseBooks() error { return e.book.Close() }

// Tell puts a decision onto the stream, as one that was taken.
func (e *Engine) Tell(r boon.Request, d boon.Decision) { e.stream.called(r, d) }

// Mistrust has the event at a position be set aside before it comes. It must be called before Run.
func (e *Engine) Mistrust(ctx context.Context, at boon.Position) error {
	return e.applier.SetAside(ctx, ingest.Aside{Position: at, Event: boon.OrderCompleted, At: time.Now(), Cause: "the disk was full", First: at})
}

// spoilt is the number of the call that Spoil parks.
const spoilt = 1_700_000_000_000_001

// ParkUnfit has a call of events wait as in an outage, and be set aside for a cause. It gives what is stored of it.
func (e *Engine) ParkUnfit(ctx context.Context, cause error, calls ...string) (stored []byte, err error) {
	messages := make([]ingest.Message, len(calls))
	for i, call := range calls {
		if messages[i], err = ingest.Decode([]byte(call), 0, time.Now()); err != nil {
			return nil, err
		}
	}
	if _, err := e.park(ctx, e.acceptor(false, randomID).Prepare(messages)); err != nil {
		return nil, err
	}
	key := parkedKey(e.parking.last.Load())
	sealed, err := e.store.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	if err := e.setParkedAside(ctx, key, sealed, cause); err != nil {
		return nil, err
	}
	e.parking.waiting.Add(-1)
	value, err := e.store.Get(ctx, unfitKey(numberOf(key)))
	return append(value, readUnfit(value).Call...), err
}

// Logged is how many events are on the log.
func (e *Engine) Logged() boon.Position { return e.store.Last(0) }

// Spoil puts something onto the log that nobody can open, and something among what waits for the system of record.
func (e *Engine) Spoil(ctx context.Context) error {
	entry := boon.LogEntry{MessageID: "spoilt", Owner: boon.Identifier{Namespace: boon.NamespaceUser}, Received: time.Now(), Payload: []byte("spoilt")}
	if _, err := e.store.Append(ctx, []boon.LogEntry{entry}, time.Now(), nil); err != nil {
		return err
	}
	err := e.store.Commit(ctx, []boon.Write{{Key: parkedKey(spoilt), Value: []byte("spoilt")}}, true)
	e.parking.waiting.Add(1)
	return err
}
