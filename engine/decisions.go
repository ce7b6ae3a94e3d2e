package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"boon"
	"boon/api"
	"boon/decide"
	"boon/ingest"
	"boon/model"
	"boon/redeem"
)

// keyOnce holds the digest of the request that a decision with an Idempotency-Key answered.
const keyOnce = 'o'

// decisions serves the decision endpoints.
type decisions struct{ e *Engine }

// Decide implements api.Decisions.
func (d decisions) Decide(ctx context.Context, r boon.Request, once redeem.Once) (api.Decided, error) {
	if old, found, err := d.repeated(ctx, r.ID, once); err != nil || found {
		return old, err
	}
	d.e.settleIn(ctx, r.Identifiers)
	d.e.both.RLock()
	defer d.e.both.RUnlock()
	l, view := d.e.live.Load(), d.e.view()
	wallet := &across{e: d.e, now: r.At, live: l}
	world := decide.World{People: view, Shelf: counted{d.e.shelf, view, r.At}, Wallet: wallet}
	k := keeper{e: d.e, ctx: ctx, once: once}
	record, err := decide.Decide(ctx, d.e.situation(l, view, r.ID), world, r, k.keep)
	if err != nil {
		return api.Decided{}, err
	}
	if !r.DryRun {
		if err := d.e.traces.leave(r, record.Decision, k.later); err != nil {
			return api.Decided{}, err
		}
		d.e.stream.called(r, record.Decision)
		record.Decision.Picks = slices.Clone(record.Decision.Picks) // what was told stays as it was told
	}
	wallet.shown(record.Decision.Picks)
	return d.answer(l, record), nil
}

// keeper keeps the records of one call. A record is durable before its grant is issued; one that grants nothing does not wait for the disk.
type keeper struct {
	e     *Engine
	ctx   context.Context
	once  redeem.Once
	later []boon.Write
}

// texts are buffers that records are written in before they are packed.
var texts = sync.Pool{New: func() any { return new([]byte) }}

func (k *keeper) keep(record decide.Record) error {
	text := texts.Get().(*[]byte)
	defer texts.Put(text)
	var err error
	if *text, err = record.AppendShort((*text)[:0]); err != nil {
		return err
	}
	id := record.Decision.ID
	writes := []boon.Write{ingest.RecordWrite(id, *text)}
	if k.once.Key != "" {
		writes = append(writes, boon.Write{Key: onceKey(id), Value: k.once.Digest[:]})
	}
	if !grants(record.Decision) {
		k.later = writes
		return nil
	}
	k.later = nil
	return k.e.store.Commit(k.ctx, writes, true)
}

func onceKey(id string) []byte { return append([]byte{keyOnce}, id...) }

func grants(d boon.Decision) bool {
	return slices.ContainsFunc(d.Picks, func(p boon.Pick) bool { return p.Grant != nil && !p.Live || p.Hold != nil })
}

// repeated finds the decision that an equal call got before.
func (d decisions) repeated(ctx context.Context, id string, once redeem.Once) (api.Decided, bool, error) {
	if once.Key == "" {
		return api.Decided{}, false, nil
	}
	digest, err := d.e.traces.get(ctx, d.e.store, onceKey(id))
	if err != nil || digest == nil {
		return api.Decided{}, false, err
	}
	if !slices.Equal(digest, once.Digest[:]) {
		return api.Decided{}, false, boon.Refuse(boon.ReasonIdempotencyMismatch, "this Idempotency-Key was used with another request")
	}
	record, err := d.e.decision(ctx, id)
	if err != nil {
		return api.Decided{}, false, err
	}
	whole, err := d.e.fillGrants(ctx, &record)
	if err != nil || !whole {
		return api.Decided{}, false, err
	}
	answer := d.answer(d.e.live.Load(), &record)
	answer.Replayed = true
	return answer, true, nil
}

// fillGrants puts what the wallet holds now into the picks of a record. It says false when a grant is missing: the process died between the record and
// the grant, and the decision is to be taken again.
func (e *Engine) fillGrants(ctx context.Context, r *decide.Record) (whole bool, err error) {
	whole = true
	err = e.book.View(ctx, func(tx redeem.Tx) error {
		for i := range r.Decision.Picks {
			p := &r.Decision.Picks[i]
			if p.Grant == nil {
				continue
			}
			g, ok, err := tx.Grant(p.Grant.ID)
			if err != nil {
				return err
			}
			if whole = whole && ok; ok {
				p.Grant = &g
			}
		}
		return nil
	})
	return whole, err
}

// answer renders the messages and takes out what the shopper's side does not see.
func (d decisions) answer(l *live, r *decide.Record) api.Decided {
	for i := range r.Decision.Picks {
		p := &r.Decision.Picks[i]
		if p.Outcome != boon.OutcomeHoldout && p.Offer != "" {
			p.Message = l.message(*p, &r.Inputs)
			p.Message.Why = cmp.Or(p.Message.Why, l.policy.Why(p.Offer, &r.Inputs))
		}
	}
	why := func() []boon.Candidate { return decide.Explain(l.policy, d.e.view().Rates(), r.Inputs).Candidates }
	return api.Decided{Decision: r.Decision, Candidates: why}
}

// decision reads a record.
func (e *Engine) decision(ctx context.Context, id string) (decide.Record, error) {
	body, err := e.body(ctx, id)
	if err != nil {
		return decide.Record{}, err
	}
	return decide.DecodeRecord(body)
}

func (e *Engine) body(ctx context.Context, id string) ([]byte, error) {
	body, err := ingest.ReadRecord(id, func(key []byte) ([]byte, error) { return e.traces.get(ctx, e.store, key) })
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	if body == nil {
		return nil, boon.Refuse(boon.ReasonNotFound, "there is no decision %s", id)
	}
	return body, nil
}

// Record implements api.Decisions.
func (d decisions) Record(ctx context.Context, id string) (json.RawMessage, error) {
	return d.e.body(ctx, id)
}

// named finds the release and the rates that a record names.
func (e *Engine) named(ctx context.Context, in decide.Inputs) (*live, model.Rates, error) {
	l, err := e.compiled(ctx, in.ReleaseID)
	if err != nil {
		return nil, model.Rates{}, err
	}
	rates, err := e.ratesOf(ctx, in.RatesID)
	return l, rates, err
}

// Explain implements api.Decisions.
func (d decisions) Explain(ctx context.Context, id string) (api.Explained, error) {
	record, err := d.e.decision(ctx, id)
	if err != nil {
		return api.Explained{}, err
	}
	l, rates, err := d.e.named(ctx, record.Inputs)
	if err != nil {
		return api.Explained{}, err
	}
	seen, err := ingest.ReadSeen(ctx, d.e.store, id)
	if err != nil {
		return api.Explained{}, err
	}
	if _, err := d.e.fillGrants(ctx, &record); err != nil { // the record holds grants as they were asked for, without a code
		return api.Explained{}, err
	}
	again := decide.Explain(l.policy, rates, record.Inputs)
	return api.Explained{Decision: record.Decision, Candidates: again.Candidates, Exposure: seen}, nil
}

// Replay implements api.Decisions.
func (d decisions) Replay(ctx context.Context, id string) (api.Replayed, error) {
	body, err := d.e.body(ctx, id)
	if err != nil {
		return api.Replayed{}, err
	}
	record, err := decide.DecodeRecord(body)
	if err != nil {
		return api.Replayed{}, err
	}
	l, rates, err := d.e.named(ctx, record.Inputs)
	if err != nil {
		return api.Replayed{}, err
	}
	differences, err := decide.Replay(body, l.policy, rates)
	if err != nil {
		return api.Replayed{}, err
	}
	return api.Replayed{DecisionID: id, Equal: len(differences) == 0, Engine: strconv.Itoa(record.Engine), Differences: differences}, nil
}

// ratesOf reads the frozen rates that a record names.
func (e *Engine) ratesOf(ctx context.Context, id string) (model.Rates, error) {
	if current := e.rates.Load(); current.ID == id {
		return *current, nil
	}
	if empty := model.Freeze(model.Tally{}); empty.ID == id {
		return empty, nil
	}
	blob, err := e.store.Get(ctx, ingest.BlobKey(id))
	if err != nil {
		return model.Rates{}, fmt.Errorf("read rates: %w", err)
	}
	if blob == nil {
		return model.Rates{}, boon.Refuse(boon.ReasonNotFound, "the rates %s are no longer kept", id)
	}
	return model.DecodeRates(blob)
}

// eligible asks whether someone may redeem an offer without having been offered it: what was offered has passed guardrails, this has not.
func (e *Engine) eligible(ctx context.Context, o boon.Offer, owners []boon.Identifier, cart boon.Order, now time.Time) error {
	if len(owners) == 0 {
		return nil
	}
	l, view := e.live.Load(), e.view()
	world := decide.World{People: view, Shelf: counted{e.shelf, view, now}, Wallet: unoffered{across: &across{e: e, now: now, live: l}}}
	r := boon.Request{At: now, Identifiers: owners, Cart: cart, DryRun: true}
	reason, detail, err := decide.Eligible(ctx, e.situation(l, view, o.ID), world, r, o.ID)
	if err != nil {
		return err
	}
	switch reason {
	case "", boon.ReasonNotApplicable: // whether it applies is the redemption's own question
		return nil
	case boon.ReasonBanned:
		return boon.Refuse(reason, "%s", detail)
	}
	return boon.Refuse(boon.ReasonNotEligible, "%s: %s", reason, detail)
}
