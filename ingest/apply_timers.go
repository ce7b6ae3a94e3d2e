package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"boon"
)

// farFuture stands for "no timer is known": it is due never.
var farFuture = time.Unix(1<<40, 0).UTC()

// timers lists what has run out by now, stored or armed in this batch, by due time and key, and when the next one runs out.
func (a *Applier) timers(ctx context.Context, now time.Time) (due []timer, next time.Time, err error) {
	next = farFuture
	gone := a.goneTimers()
	take := func(t timer) bool {
		if t.due.After(now) {
			next = t.due
			return false
		}
		due = append(due, t)
		return true
	}
	err = a.Store.Scan(ctx, []byte{keyTimer}, a.timerFrom, func(key, _ []byte) bool {
		at, owner, name, ok := parseTimerKey(key)
		if !ok || gone[string(key)] {
			return true
		}
		return take(timer{at, owner, name})
	})
	if err != nil {
		return nil, next, fmt.Errorf("read timers: %w", err)
	}
	var later []timer
	for _, t := range a.armed {
		if t.due.After(now) {
			later = append(later, t)
			if t.due.Before(next) {
				next = t.due
			}
		} else {
			due = append(due, t)
		}
	}
	a.armed = later
	slices.SortStableFunc(due, func(x, y timer) int {
		return slices.Compare(timerKey(x.due, x.owner, x.trigger), timerKey(y.due, y.owner, y.trigger))
	})
	return slices.Compact(due), next, nil
}

// goneTimers are those that this batch has fired already.
func (a *Applier) goneTimers() map[string]bool {
	gone := map[string]bool{}
	for _, w := range a.writes {
		if w.Value == nil && len(w.Key) > 0 && w.Key[0] == keyTimer {
			gone[string(w.Key)] = true
		}
	}
	return gone
}

// Elapsed lists the timers that have run out by now, as events of Boon's own for the log, where the wall clock and not the events is the time. An event
// that was listed before is listed again until it is applied; the log knows it by its message id.
func (a *Applier) Elapsed(ctx context.Context, now time.Time) ([]boon.Event, error) {
	if a.Virtual || !a.due(now, a.timerAt) {
		return nil, nil
	}
	due, next, err := a.timers(ctx, now)
	if err != nil {
		return nil, err
	}
	if len(due) == 0 {
		a.timerAt = next
	}
	events := make([]boon.Event, len(due))
	for i, t := range due {
		events[i] = boon.Event{MessageID: t.id(), Kind: boon.KindElapsed, Name: t.trigger, Owner: t.owner, Verified: true, Time: t.due, Received: now}
	}
	return events, nil
}

// own applies an event of Boon's own: what a call did, or time, brought into the state.
func (a *Applier) own(ctx context.Context, e *entry, s Session) (bool, error) {
	switch e.event.Kind {
	case boon.KindDecided:
		traces, err := decodeTraces(e.event.Rest)
		if err != nil {
			return true, fmt.Errorf("decode traces of %s: %w", e.event.DecisionID, err)
		}
		a.whole.Outcomes.add(boon.Outcome(e.event.Name))
		if err := a.measure(ctx, e.event.Owner, e.event.Time, e.event.Context, traces); err != nil {
			return true, err
		}
		return true, a.leave(ctx, e.event.Owner, e.event.Time, traces)
	case boon.KindElapsed:
		a.timerAt = time.Time{} // the next one is looked for
		return true, a.fire(ctx, timer{e.event.Time, e.event.Owner, e.event.Name}, e.event.Received, e.position, s)
	case boon.KindNoticed:
		return true, a.noticed(ctx, e, s)
	case boon.KindLinked:
		return true, a.linked(ctx, e)
	case boon.KindCut:
		return true, a.cut(ctx, e)
	}
	return false, nil
}
