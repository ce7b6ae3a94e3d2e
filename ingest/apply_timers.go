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
	if len(due) > 0 { // what has run out is deleted: the next scan need not step over it
		a.timerFrom = timerKey(due[len(due)-1].due, boon.Identifier{}, "")
	}
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

// Tick lets the wall clock come to now where no event does: it fires what has run out. It says how many timers it looked at.
func (a *Applier) Tick(ctx context.Context, now time.Time) (int, error) {
	if a.Virtual || !a.due(now, a.timerAt) {
		return 0, nil
	}
	due, next, err := a.timers(ctx, now)
	if err != nil {
		return 0, err
	}
	a.timerAt = next
	if len(due) == 0 {
		return 0, nil
	}
	run := func(s Session) error {
		for _, t := range due {
			if err := a.fire(ctx, t, a.applied+1, s); err != nil {
				return fmt.Errorf("fire timer of %s: %w", t.trigger, err)
			}
		}
		return a.keepRecords(ctx)
	}
	if err := a.Money.Batch(ctx, a.Partition, a.applied, run); err != nil {
		return 0, err
	}
	return len(due), a.commit(ctx, a.applied)
}

// KindDecided, KindLinked and KindCut are Boon's own events: what a call did, brought into the state.
func (a *Applier) own(ctx context.Context, e entry) (bool, error) {
	switch e.event.Kind {
	case boon.KindDecided:
		traces, err := decodeTraces(e.event.Rest)
		if err != nil {
			return true, fmt.Errorf("decode traces of %s: %w", e.event.DecisionID, err)
		}
		a.whole.Outcomes.add(boon.Outcome(e.event.Name))
		return true, a.leave(ctx, e.event.Owner, e.event.Time, traces)
	case boon.KindLinked:
		return true, a.resolve(ctx, e)
	case boon.KindCut:
		return true, a.cut(ctx, e)
	}
	return false, nil
}
