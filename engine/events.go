package engine

import (
	"context"
	"crypto/rand"
	"fmt"

	"boon"
	"boon/ingest"
	"boon/internal/seal"
)

// acceptor takes messages to the log.
func (e *Engine) acceptor(replay bool, newID func(ingest.Message) string) *ingest.Acceptor {
	return &ingest.Acceptor{
		Log: e.store, Sealer: e.ring, Vault: e.book, NewID: newID, Pending: e.pending,
		Options: ingest.Options{Currency: e.live.Load().release.Bundle.Shop.Currency, Hasher: e.hasher, Clean: e.clean, Replay: replay},
	}
}

// clean normalises a raw identifier; the shop's own list of values that identify nobody comes on top of the built-in one.
func (e *Engine) clean(ns boon.Namespace, raw string) (string, bool) {
	value, ok := seal.Normalise(ns, raw)
	if !ok {
		return "", false
	}
	for _, blocked := range e.live.Load().release.Bundle.Shop.Identity.Blocked {
		if value == blocked {
			return "", false
		}
	}
	return value, true
}

// events serves the Segment endpoints.
type events struct{ e *Engine }

// Accept implements api.Events.
func (s events) Accept(ctx context.Context, messages []ingest.Message) ([]ingest.Receipt, error) {
	return s.e.accept(ctx, messages)
}

func randomID(ingest.Message) string { return "boon-" + rand.Text() }

// record puts events of Boon's own onto the log, and writes with them.
func (e *Engine) record(ctx context.Context, writes []boon.Write, own ...boon.Event) error {
	owners := make([]boon.Identifier, len(own))
	for i := range own {
		owners[i] = own[i].Owner
	}
	if err := e.ring.Prepare(ctx, owners); err != nil {
		return fmt.Errorf("prepare keys: %w", err)
	}
	entries := make([]boon.LogEntry, len(own))
	for i, event := range own {
		payload, err := e.ring.Seal(ctx, event.Owner, ingest.Encode(event))
		if err != nil {
			return fmt.Errorf("seal event: %w", err)
		}
		entries[i] = boon.LogEntry{MessageID: event.MessageID, Owner: event.Owner, Received: event.Received, Payload: payload}
	}
	done, err := e.store.Append(ctx, entries, e.config.Now(), func([]boon.Appended) []boon.Write { return writes })
	if err != nil {
		return fmt.Errorf("append events: %w", err)
	}
	for i := range done {
		e.pending.Note(0, done[i].Position, append([]boon.Identifier{own[i].Owner}, own[i].Linked...)...)
	}
	return nil
}

// settleIn waits, for a bounded time, until these people's acknowledged events are applied.
func (e *Engine) settleIn(ctx context.Context, ids []boon.Identifier) {
	if e.pending.Settled(ids) {
		return // as most are: so a deadline and its timer are made for those who wait
	}
	bounded, cancel := context.WithTimeout(ctx, e.config.Patience)
	defer cancel()
	_ = e.pending.Wait(bounded, ids) // past the bound the call goes on with what is known
}

// links keeps what a server key asserts about identifiers.
type links struct{ e *Engine }

// Assert implements api.Links. What is known already leaves no trace.
func (l links) Assert(ctx context.Context, ids []boon.Identifier) error {
	if len(ids) < 2 {
		return nil
	}
	l.e.settleIn(ctx, ids)
	known, err := l.e.view().Component(ctx, ids[:1], true)
	if err != nil {
		return err
	}
	if containsAll(known.Members, ids) {
		return nil
	}
	return l.own(ctx, boon.KindLinked, ids)
}

// Cut implements api.Links.
func (l links) Cut(ctx context.Context, a, b boon.Identifier) error {
	if err := l.own(ctx, boon.KindCut, []boon.Identifier{a, b}); err != nil {
		return err
	}
	l.e.settleIn(ctx, []boon.Identifier{a, b})
	return nil
}

func (l links) own(ctx context.Context, kind boon.Kind, ids []boon.Identifier) error {
	now := l.e.config.Now().UTC()
	return l.e.record(ctx, nil, boon.Event{MessageID: randomID(ingest.Message{}), Kind: kind, Owner: ids[0], Linked: ids[1:], Verified: true, Time: now, Received: now})
}

func containsAll(all, some []boon.Identifier) bool {
	in := make(map[boon.Identifier]bool, len(all))
	for _, id := range all {
		in[id] = true
	}
	for _, id := range some {
		if !in[id] {
			return false
		}
	}
	return true
}
