package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"boon"
	"boon/api"
	"boon/decide"
	"boon/identity"
	"boon/offer"
	"boon/redeem"
)

// What scenarios need of an engine that nobody [Engine.Run]s: they tell the time and look at every decision.

// Pass lets time come to an instant, as Run does second by second: timers run out one after the other, each at its own time. set moves what
// Config.Now tells.
func (e *Engine) Pass(ctx context.Context, to time.Time, set func(time.Time)) error {
	for {
		due, err := e.applier.Elapsed(ctx, to)
		if err != nil {
			return fmt.Errorf("read timers: %w", err)
		}
		if len(due) == 0 {
			break
		}
		if due[0].Time.After(e.config.Now()) {
			set(due[0].Time)
		}
		if err := e.elapse(ctx); err != nil {
			return err
		}
	}
	set(to)
	return e.elapse(ctx)
}

func (e *Engine) elapse(ctx context.Context) error {
	e.limits.Store(nil) // what a call read at the same instant is old
	if err := e.tick(ctx); err != nil {
		return err
	}
	return e.CatchUp(ctx)
}

// Traced waits until the call that began when the log stood at a position has left its trace there, and applies it.
func (e *Engine) Traced(ctx context.Context, before boon.Position) error {
	for {
		changed := e.store.Changed()
		if e.LogEnd() > before {
			return e.CatchUp(ctx)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// LogEnd is the position of the newest event on the log.
func (e *Engine) LogEnd() boon.Position { return e.store.Last(0) }

// Told is the number of the last decision that was taken here.
func (e *Engine) Told() uint64 { return e.stream.Last() }

// Since lists the decisions that were taken after a number, in their order, whole and with their reasons.
func (e *Engine) Since(ctx context.Context, after uint64) ([]decide.Record, error) {
	taken := make([]api.Taken, e.stream.Last()-after)
	n, _, missed := e.stream.Next(after, taken)
	if missed != 0 {
		return nil, fmt.Errorf("read decisions: %d were taken at once and are no longer kept", missed)
	}
	all := make([]decide.Record, n)
	for i, t := range taken[:n] {
		record, err := e.whole(ctx, t.Decision.ID)
		if err != nil {
			return nil, err
		}
		all[i] = record
	}
	return all, nil
}

// whole is a decision with every candidate's reason, with the grants as they are now and with the messages as the shopper read them.
func (e *Engine) whole(ctx context.Context, id string) (decide.Record, error) {
	record, err := e.decision(ctx, id)
	if err != nil {
		return record, err
	}
	l, rates, err := e.named(ctx, record.Inputs)
	if err != nil {
		return record, err
	}
	if _, err := e.fillGrants(ctx, &record); err != nil {
		return record, err
	}
	(&across{e: e, live: l}).shown(record.Decision.Picks)
	record.Candidates = decide.Explain(l.policy, rates, record.Inputs).Candidates
	for i := range record.Decision.Picks {
		if p := &record.Decision.Picks[i]; p.Outcome != boon.OutcomeHoldout && p.Offer != "" {
			p.Message = l.message(*p, &record.Inputs)
		}
	}
	return record, nil
}

// Take gives n people whom nobody knows a grant of an offer each, so that its caps and its budget stand as after them.
func (e *Engine) Take(ctx context.Context, id string, n int64) error {
	l, now := e.live.Load(), e.config.Now()
	o, ok := l.policy.Offer(id)
	if !ok {
		return boon.Refuse(boon.ReasonNotFound, "there is no offer %s", id)
	}
	return e.book.Update(ctx, func(tx redeem.Tx) error {
		wallet := within{tx, e.desk, now, l}
		for i := range n {
			owner := e.hasher.Hash(boon.NamespaceUser, fmt.Sprintf("somebody-else-%s-%d", id, i))
			g := boon.Grant{ID: boon.NewID(boon.PrefixGrant, now, "taken", id, fmt.Sprint(i)), Offer: id, Owner: owner, Release: l.release.ID, Level: slices.Max(append(offer.Levels(&o), 0))}
			if _, err := wallet.Issue(ctx, g, []boon.Identifier{owner}, nil); err != nil {
				return fmt.Errorf("take number %d of %s: %w", i+1, id, err)
			}
		}
		return nil
	})
}

// Give lets a call have given a person an offer at a placement, at its highest value, or shown a nudge there. What is in the wallet already is told
// again. A limit that leaves no room for it is a [boon.Error].
func (e *Engine) Give(ctx context.Context, userID, id, placement string) error {
	l, now := e.live.Load(), e.config.Now()
	o, found := l.policy.Offer(id)
	at, placed := l.release.Bundle.Placement(placement)
	if !found || !placed {
		return boon.Refuse(boon.ReasonNotFound, "there is no offer %s or no placement %s", id, placement)
	}
	owner := e.hasher.Hash(boon.NamespaceUser, userID)
	r := boon.Request{ID: boon.NewID(boon.PrefixDecision, now, "given", userID, id, placement), At: now, Identifiers: []boon.Identifier{owner}}
	pick := boon.Pick{Placement: placement, Channel: at.Channel, Outcome: boon.OutcomeNudge, Offer: id, Level: slices.Max(append(offer.Levels(&o), 0))}
	if o.Reward.Type != boon.RewardNudge {
		pick.Outcome = boon.OutcomeOffer
		err := e.book.Update(ctx, func(tx redeem.Tx) error { return within{tx, e.desk, now, l}.give(ctx, r, &pick) })
		if err != nil {
			return fmt.Errorf("give %s: %w", id, err)
		}
	}
	before := e.LogEnd()
	if err := e.traces.leave(r, boon.Decision{ID: r.ID, At: now, Picks: []boon.Pick{pick}}, nil); err != nil {
		return err
	}
	return e.Traced(ctx, before)
}

// give puts into a pick the grant that is there, or a new one.
func (w within) give(ctx context.Context, r boon.Request, p *boon.Pick) error {
	held, err := w.tx.Owned(r.Identifiers)
	if err != nil {
		return err
	}
	usable := func(g boon.Grant) bool {
		return g.Offer == p.Offer && (g.State == boon.StateIssued || g.State == boon.StateSaved)
	}
	if i := slices.IndexFunc(held, usable); i >= 0 {
		p.Live, p.Grant, p.Level = true, &held[i], held[i].Level
		return nil
	}
	g := boon.Grant{ID: boon.NewID(boon.PrefixGrant, r.At, r.ID), Offer: p.Offer, Decision: r.ID, Owner: r.Identifiers[0], Release: w.live.release.ID,
		Level: p.Level, Channel: p.Channel}
	g, err = w.Issue(ctx, g, r.Identifiers, nil)
	p.Grant = &g
	return err
}

// ProfileOf is the profile that a user id has where nothing else is known of the person.
func (e *Engine) ProfileOf(userID string) string {
	return identity.ProfileID(e.hasher.Hash(boon.NamespaceUser, userID))
}
