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

// Spoil puts something onto the log that nobody can open, and something among what waits for the system of record.
func (e *Engine) Spoil(ctx context.Context) error {
	entry := boon.LogEntry{MessageID: "spoilt", Owner: boon.Identifier{Namespace: boon.NamespaceUser}, Received: time.Now(), Payload: []byte("spoilt")}
	if _, err := e.store.Append(ctx, []boon.LogEntry{entry}, time.Now(), nil); err != nil {
		return err
	}
	err := e.store.Commit(ctx, []boon.Write{{Key: parkedKey(1), Value: []byte("spoilt")}}, true)
	e.parking.waiting.Add(1)
	return err
}
