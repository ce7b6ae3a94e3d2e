package ingest

import (
	"context"
	"time"

	"boon"
)

// Tail hands the log's entries over, in order per partition.
type Tail interface {
	Read(ctx context.Context, partition uint32, after boon.Position, max int) ([]boon.LogEntry, error)
}

// Opener opens what was sealed for an identifier.
type Opener interface {
	Open(ctx context.Context, owner boon.Identifier, sealed []byte) ([]byte, error)
}

// Store is the online state: keys and values, read one at a time, written in atomic batches.
type Store interface {
	Get(ctx context.Context, key []byte) ([]byte, error)
	Scan(ctx context.Context, prefix, from []byte, fn func(key, value []byte) bool) error
	Commit(ctx context.Context, writes []boon.Write, durable bool) error
}

// Money opens one transaction on the system of record for a batch. When fn returns nil, everything it did commits together with
// the partition's watermark, else nothing does.
type Money interface {
	Batch(ctx context.Context, partition uint32, upto boon.Position, fn func(Session) error) error
	Watermark(ctx context.Context, partition uint32) (boon.Position, error)
}

// Shelf reads the catalogue with its stock.
type Shelf interface {
	Product(ctx context.Context, sku string) (boon.Product, bool, error)
}

// Session is the money side of one batch.
type Session interface {
	// Sweep expires what is due at now and says when the next thing will be; zero: nothing is open.
	Sweep(ctx context.Context, now time.Time) (next time.Time, err error)
	// Settle books an order, refund or cancellation of these people.
	Settle(ctx context.Context, owners []boon.Identifier, e boon.Event) (Settlement, error)
	// Decide takes a decision that a trigger asks for, reading people through view.
	Decide(ctx context.Context, request boon.Request, view *View) (Decided, error)
}

// Settlement is what an order event did to the wallet.
type Settlement struct {
	Ignored  bool       `json:"ignored,omitempty"` // an order that was settled before, or has no id or another currency
	Redeemed []Redeemed `json:"redeemed,omitempty"`
}

// Redeemed is one grant that an order used.
type Redeemed struct {
	Offer string      `json:"offer"`
	Level boon.Micros `json:"level,omitempty"`
}

// Decided is a decision and the body of its record.
type Decided struct {
	Decision boon.Decision
	Body     []byte
}

// Recall finds the record of a decision that was already taken; false when there is none.
type Recall func(ctx context.Context, decisionID string) (Decided, bool, error)
