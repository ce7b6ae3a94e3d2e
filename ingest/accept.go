package ingest

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"boon"
)

// Acceptor takes messages to the log. It is safe for concurrent use when its ports are.
type Acceptor struct {
	Log        Log
	Sealer     Sealer
	Vault      Vault
	Options    Options
	Partitions uint32                 // 0 and 1: one
	NewID      func(m Message) string // the message id where none was sent: random when live, of file and line in a replay
	Pending    *Pending               // nil: nobody waits for these events
}

// Receipt is what became of one message, by its index in the call.
type Receipt struct {
	Index     int
	Partition uint32
	Position  boon.Position // in the log; of the first one for a duplicate (0 when that is no longer known)
	Duplicate bool
	Dropped   boon.Reason // consent_missing: it succeeded, but only its consent choices were stored
	Err       error       // *boon.Error: refused, nothing was stored
}

// Accept normalises, seals and appends messages and answers for each. On return what has a Position is durable. The error is for the call as a
// whole (a store that does not answer): then nothing is promised of any message, and the same call may be made again.
//
// with is given what the log did with the stored messages, refused ones left out, in order; its writes go into the same atomic batch. It may
// be nil. Contacts reach the vault before their events reach the log, so that an event that is seen can be delivered for.
func (a *Acceptor) Accept(ctx context.Context, messages []Message, now time.Time, with func([]boon.Appended) []boon.Write) ([]Receipt, error) {
	events := normaliseAll(messages, a.Options)
	receipts := make([]Receipt, len(messages))
	stored := make([]int, 0, len(messages))
	for i := range events {
		receipts[i] = Receipt{Index: i, Err: events[i].err}
		if events[i].err != nil {
			continue
		}
		if withholds(events[i].event) {
			events[i].reduce()
			receipts[i].Dropped = boon.ReasonConsentMissing
		}
		if events[i].event.MessageID == "" {
			events[i].event.MessageID = a.NewID(messages[i])
		}
		receipts[i].Partition = partitionOf(events[i].event.Owner, a.Partitions)
		stored = append(stored, i)
	}
	if len(stored) == 0 && with == nil {
		return receipts, nil
	}
	appended, err := a.store(ctx, events, stored, now, with)
	if err != nil {
		return nil, err
	}
	for k, i := range stored {
		receipts[i].Position, receipts[i].Duplicate = appended[k].Position, appended[k].Duplicate
	}
	a.note(events, receipts, stored)
	return receipts, nil
}

// store seals the events at the indexes, stores their contacts and appends them.
func (a *Acceptor) store(
	ctx context.Context, events []normalised, stored []int, now time.Time, with func([]boon.Appended) []boon.Write,
) ([]boon.Appended, error) {
	owners := make([]boon.Identifier, len(stored))
	for k, i := range stored {
		owners[k] = events[i].event.Owner
	}
	if err := a.Sealer.Prepare(ctx, owners); err != nil {
		return nil, fmt.Errorf("prepare keys: %w", err)
	}
	if err := a.putContacts(ctx, events, stored); err != nil {
		return nil, err
	}
	entries, err := a.seal(ctx, events, stored)
	if err != nil {
		return nil, err
	}
	appended, err := a.Log.Append(ctx, entries, now, with)
	if err != nil {
		return nil, fmt.Errorf("append events: %w", err)
	}
	return appended, nil
}

func (a *Acceptor) seal(ctx context.Context, events []normalised, stored []int) ([]boon.LogEntry, error) {
	entries := make([]boon.LogEntry, len(stored))
	faults := make([]error, len(stored))
	spread(len(stored), func(k int) {
		e := &events[stored[k]].event
		entries[k] = boon.LogEntry{Partition: partitionOf(e.Owner, a.Partitions), MessageID: e.MessageID, Owner: e.Owner, Received: e.Received}
		entries[k].Payload, faults[k] = a.Sealer.Seal(ctx, e.Owner, Encode(*e))
	})
	for _, err := range faults {
		if err != nil {
			return nil, fmt.Errorf("seal event: %w", err)
		}
	}
	return entries, nil
}

// partitionOf spreads owners evenly: their hash is uniform already.
func partitionOf(owner boon.Identifier, partitions uint32) uint32 {
	if partitions <= 1 {
		return 0
	}
	return uint32(binary.BigEndian.Uint64(owner.Hash[:8]) % uint64(partitions))
}

func (a *Acceptor) note(events []normalised, receipts []Receipt, stored []int) {
	if a.Pending == nil {
		return
	}
	for _, i := range stored {
		e := &events[i].event
		a.Pending.Note(receipts[i].Partition, receipts[i].Position, append([]boon.Identifier{e.Owner}, e.Linked...)...)
	}
}
