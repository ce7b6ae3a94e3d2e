package ingest

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
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
	NewID      func(m Message) string // the message id where none was sent: random when live, of file and line in a replay; safe for concurrent use
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
	ready    []ready // what is to be appended
}

// ready is one event as it is to be appended.
type ready struct {
	index    int           // of its message
	entry    boon.LogEntry // its payload is not sealed yet
	linked   []boon.Identifier
	contacts []Contact
}

// Prepare does all of Accept that needs no store. It may run beside other calls, so that a caller with many messages uses every core.
func (a *Acceptor) Prepare(messages []Message) *Prepared {
	p := &Prepared{Receipts: make([]Receipt, len(messages)), ready: make([]ready, len(messages))}
	spread(len(messages), func(from, to int) {
		n := newNormaliser(a.Options)
		n.encoded = make([]byte, 0, 512)
		for i := from; i < to; i++ {
			p.Receipts[i].Index, p.ready[i].index = i, i
			p.Receipts[i].Err = a.prepare(n, &messages[i], &p.Receipts[i], &p.ready[i])
		}
	})
	p.ready = slices.DeleteFunc(p.ready, func(r ready) bool { return p.Receipts[r.index].Err != nil })
	return p
}

// prepare keeps of an event only what is stored, and its room is the next one's.
func (a *Acceptor) prepare(n *normaliser, m *Message, receipt *Receipt, r *ready) error {
	event, contacts, err := n.normalise(m)
	if err != nil {
		return err
	}
	if withholds(event) {
		event, contacts = reduced(event), nil
		receipt.Dropped = boon.ReasonConsentMissing
	}
	if event.MessageID == "" {
		event.MessageID = a.NewID(*m)
	}
	receipt.Partition = partitionOf(event.Owner, a.Partitions)
	n.encoded = appendEvent(n.encoded[:0], event)
	r.entry = boon.LogEntry{MessageID: event.MessageID, Owner: event.Owner, Received: event.Received, Payload: bytes.Clone(n.encoded)}
	r.linked, r.contacts = event.Linked, contacts
	return nil
}

// Commit seals and appends what Prepare left, as Accept says.
func (a *Acceptor) Commit(ctx context.Context, p *Prepared, now time.Time, with func([]boon.Appended) []boon.Write) ([]Receipt, error) {
	if len(p.ready) == 0 && with == nil {
		return p.Receipts, nil
	}
	appended, err := a.store(ctx, p, now, with)
	if err != nil {
		return nil, err
	}
	for k := range p.ready {
		receipt := &p.Receipts[p.ready[k].index]
		receipt.Position, receipt.Duplicate = appended[k].Position, appended[k].Duplicate
		a.note(&p.ready[k], receipt)
	}
	return p.Receipts, nil
}

// store seals the events, stores their contacts and appends them.
func (a *Acceptor) store(ctx context.Context, p *Prepared, now time.Time, with func([]boon.Appended) []boon.Write) ([]boon.Appended, error) {
	owners := make([]boon.Identifier, len(p.ready))
	for k := range p.ready {
		owners[k] = p.ready[k].entry.Owner
	}
	if err := a.Sealer.Prepare(ctx, owners); err != nil {
		return nil, fmt.Errorf("prepare keys: %w", err)
	}
	if err := a.putContacts(ctx, p.ready); err != nil {
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
	entries := make([]boon.LogEntry, len(p.ready))
	faults := make([]error, len(p.ready))
	spread(len(p.ready), func(from, to int) {
		for k := from; k < to; k++ {
			entries[k] = p.ready[k].entry
			entries[k].Partition = partitionOf(entries[k].Owner, a.Partitions)
			entries[k].Payload, faults[k] = a.Sealer.Seal(ctx, entries[k].Owner, entries[k].Payload)
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

func (a *Acceptor) note(r *ready, receipt *Receipt) {
	if a.Pending == nil {
		return
	}
	a.Pending.Note(receipt.Partition, receipt.Position, r.entry.Owner)
	if len(r.linked) > 0 {
		a.Pending.Note(receipt.Partition, receipt.Position, r.linked...)
	}
}
