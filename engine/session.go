package engine

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"time"

	"boon"
	"boon/api"
	"boon/decide"
	"boon/ingest"
	"boon/redeem"
	"boon/redeem/batch"
)

// Callers of the ledger besides the API keys: each waits in a lane of its own, so that a long queue of one delays the others by little.
const (
	callerApplier = "engine/applier"
	callerSweep   = "engine/sweep"
	callerImport  = "engine/import"
)

// money opens a transaction for each batch of events that may touch money.
type money struct{ e *Engine }

// Batch implements ingest.Money.
func (m money) Batch(ctx context.Context, partition uint32, upto boon.Position, fn func(ingest.Session) error) error {
	var s *session
	err := m.e.book.Update(batch.From(ctx, callerApplier), func(tx redeem.Tx) error {
		s = &session{e: m.e, tx: tx, live: m.e.live.Load()}
		if err := fn(s); err != nil {
			return err
		}
		return tx.SetMark(partition, upto)
	})
	if err != nil {
		return err
	}
	for _, t := range s.taken {
		m.e.stream.tell(t)
		m.e.stream.leftOut(t.Decision.LeftOut)
	}
	return nil
}

// Watermark implements ingest.Money.
func (m money) Watermark(ctx context.Context, partition uint32) (at boon.Position, err error) {
	err = m.e.book.View(ctx, func(tx redeem.Tx) error {
		at, err = tx.Mark(partition)
		return err
	})
	return at, err
}

// session is the money side of one batch.
type session struct {
	e     *Engine
	tx    redeem.Tx
	live  *live
	taken []api.Taken // decisions that hold when the batch is committed
}

const sweepAtOnce = 1000

// Sweep implements ingest.Session.
func (s *session) Sweep(_ context.Context, now time.Time) (time.Time, error) {
	for {
		n, err := s.e.desk.Sweep(s.tx, now, sweepAtOnce)
		if err != nil {
			return time.Time{}, err
		}
		if n < sweepAtOnce {
			return s.e.desk.NextDue(s.tx)
		}
	}
}

// Settle implements ingest.Session.
func (s *session) Settle(ctx context.Context, owners []boon.Identifier, e boon.Event) (done ingest.Settlement, err error) {
	if e.Order == nil {
		return done, nil
	}
	order := *e.Order
	if order.Lines, err = s.e.categorised(ctx, order.Lines); err != nil {
		return done, err
	}
	e.Order = &order
	switch e.Name {
	case boon.OrderCompleted:
		return s.order(owners, e)
	case boon.OrderRefunded, boon.OrderCancelled, boon.OrderUpdated, boon.ReturnCompleted, boon.ExchangeCompleted:
		a := redeem.Amendment{ID: e.MessageID, Name: e.Name, Order: *e.Order, Reason: e.Name}
		_, err = s.e.desk.Amend(s.tx, owners, a, e.Time)
	}
	return done, err
}

func (s *session) order(owners []boon.Identifier, e boon.Event) (done ingest.Settlement, err error) {
	settled, err := s.e.desk.Settle(s.tx, owners, *e.Order, e.Time)
	if err != nil {
		return done, err
	}
	done.Ignored = settled.Repeated || settled.Foreign
	redemptions := settled.Redemptions
	if s.e.config.AutoRedeem && !settled.Repeated && len(redemptions) == 0 {
		r, ok, err := s.e.desk.AutoRedeem(s.tx, owners, *e.Order, e.Time)
		if err != nil {
			return done, err
		}
		if ok {
			redemptions = append(redemptions, r)
		}
	}
	for _, r := range redemptions {
		g, _, err := s.tx.Grant(r.Grant)
		if err != nil {
			return done, err
		}
		done.Redeemed = append(done.Redeemed, ingest.Redeemed{Offer: g.Offer, Level: g.Level})
	}
	return done, nil
}

// Decide implements ingest.Session.
func (s *session) Decide(ctx context.Context, r boon.Request, view *ingest.View) (d ingest.Decided, err error) {
	world := decide.World{People: view, Shelf: counted{s.e.shelf, view, r.At}, Wallet: within{s.tx, s.e.desk, r.At, s.live}}
	keep := func(record decide.Record) error {
		d.Body, err = record.AppendShort(nil)
		return err
	}
	record, err := decide.Decide(ctx, s.e.situation(s.live, view, r.ID), world, r, keep)
	if err != nil {
		return d, err
	}
	d.Decision = record.Decision
	s.taken = append(s.taken, api.Taken{Decision: record.Decision, Trigger: r.Trigger, By: api.ByEvent})
	return d, nil
}

func (e *Engine) situation(l *live, view *ingest.View, id string) decide.Situation {
	h := fnv.New64a()
	h.Write(e.secrets.seed)
	h.Write([]byte(id))
	return decide.Situation{Policy: l.policy, Rates: view.Rates(), Cuts: view.Cuts(), Seed: h.Sum64() & math.MaxInt64}
}

// recall implements ingest.Recall.
func (e *Engine) recall(ctx context.Context, id string) (d ingest.Decided, ok bool, err error) {
	body, err := ingest.ReadRecord(id, func(key []byte) ([]byte, error) { return e.store.Get(ctx, key) })
	if err != nil || body == nil {
		return d, false, err
	}
	record, err := decide.DecodeRecord(body)
	if err != nil {
		return d, false, fmt.Errorf("recall %s: %w", id, err)
	}
	return ingest.Decided{Decision: record.Decision, Body: body}, true, nil
}
