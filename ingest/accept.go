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
	return a.Commit(ctx, a.Prepare(messages), now, with)
}

// Prepared is messages made ready for the log. Receipts say which of them are refused; nothing is promised of the others yet.
type Prepared struct {
	Receipts []Receipt
	events   []normalised
	stored   []int // indexes of what is to be appended
	plain    [][]byte
}

// Prepare does all of Accept that needs no store. It may run beside other calls, so that a caller with many messages uses every core.
func (a *Acceptor) Prepare(messages []Message) *Prepared {
	p := &Prepared{events: normaliseAll(messages, a.Options), Receipts: make([]Receipt, len(messages)), stored: make([]int, 0, len(messages)), plain: make([][]byte, 0, len(messages))}
	for i := range p.events {
		p.Receipts[i] = Receipt{Index: i, Err: p.events[i].err}
		if p.events[i].err != nil {
			continue
		}
		if withholds(p.events[i].event) {
			p.events[i].reduce()
			p.Receipts[i].Dropped = boon.ReasonConsentMissing
		}
		if p.events[i].event.MessageID == "" {
			p.events[i].event.MessageID = a.NewID(messages[i])
		}
		p.Receipts[i].Partition = partitionOf(p.events[i].event.Owner, a.Partitions)
		p.stored, p.plain = append(p.stored, i), append(p.plain, Encode(p.events[i].event))
	}
	return p
}

// Commit seals and appends what Prepare left, as Accept says.
func (a *Acceptor) Commit(ctx context.Context, p *Prepared, now time.Time, with func([]boon.Appended) []boon.Write) ([]Receipt, error) {
	if len(p.stored) == 0 && with == nil {
		return p.Receipts, nil
	}
	appended, err := a.store(ctx, p, now, with)
	if err != nil {
		return nil, err
	}
	for k, i := range p.stored {
		p.Receipts[i].Position, p.Receipts[i].Duplicate = appended[k].Position, appended[k].Duplicate
	}
	a.note(p.events, p.Receipts, p.stored)
	return p.Receipts, nil
}

// store seals the events at the indexes, stores their contacts and appends them.
func (a *Acceptor) store(ctx context.Context, p *Prepared, now time.Time, with func([]boon.Appended) []boon.Write) ([]boon.Appended, error) {
	owners := make([]boon.Identifier, len(p.stored))
	for k, i := range p.stored {
		owners[k] = p.events[i].event.Owner
	}
	if err := a.Sealer.Prepare(ctx, owners); err != nil {
		return nil, fmt.Errorf("prepare keys: %w", err)
	}
	if err := a.putContacts(ctx, p.events, p.stored); err != nil {
		return nil, err
	}
	entries, err := a.seal(ctx, p)
	if err != nil {
		return nil, err
	}
	appended, err := a.Log.Append(ctx, entries, now, with)
	if err != nil {
		return nil, fmt.Errorf("append events: %w", err)
	}
	return appended, nil
}

func (a *Acceptor) seal(ctx context.Context, p *Prepared) ([]boon.LogEntry, error) {
	entries := make([]boon.LogEntry, len(p.stored))
	faults := make([]error, len(p.stored))
	spread(len(p.stored), func(from, to int) {
		for k := from; k < to; k++ {
			e := &p.events[p.stored[k]].event
			entries[k] = boon.LogEntry{Partition: partitionOf(e.Owner, a.Partitions), MessageID: e.MessageID, Owner: e.Owner, Received: e.Received}
			entries[k].Payload, faults[k] = a.Sealer.Seal(ctx, e.Owner, p.plain[k])
		}
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
