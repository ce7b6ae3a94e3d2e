package engine

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"boon"
	"boon/decide"
	"boon/redeem"
)

// limits is how far limits were used a moment ago under one release. Limits are advisory before the choice and exact at the commit, so what was read
// for one call serves others too.
type limits struct {
	live *live
	at   time.Time

	mu     sync.Mutex
	used   map[string]int64 // by offer
	left   map[string]int64 // by budget
	paused []boon.Halt
	rules  []boon.Override
	read   bool // paused and rules are known

	renewed atomic.Bool // somebody reads them anew
}

// Past limitsYoung they are read anew beside the calls, which go on with what is known until limitsOld: where calls are many none waits for a reading,
// and where they are few none is told of what was long ago.
const (
	limitsYoung = 20 * time.Millisecond
	limitsOld   = 2 * limitsYoung
)

func newLimits(l *live, at time.Time) *limits {
	return &limits{live: l, at: at, used: map[string]int64{}, left: map[string]int64{}}
}

// limitsAt is what is known as of now.
func (e *Engine) limitsAt(l *live, now time.Time) *limits {
	if known := e.limits.Load(); known != nil && !e.config.Plain && known.live == l {
		age := now.Sub(known.at).Abs()
		if age >= limitsYoung && age < limitsOld && known.renewed.CompareAndSwap(false, true) {
			go e.renew(known, now)
		}
		if age < limitsOld {
			return known
		}
	}
	fresh := newLimits(l, now)
	e.limits.Store(fresh)
	return fresh
}

// renew reads anew what is known, unless a human did something meanwhile, which the next call has to see. Where it cannot, the next call will say why.
func (e *Engine) renew(known *limits, now time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	capped, budgets := known.names()
	s, err := e.standing(ctx, known.live, now, capped, budgets)
	if err != nil {
		return
	}
	fresh := newLimits(known.live, now)
	fresh.keep(capped, budgets, s)
	e.limits.CompareAndSwap(known, fresh)
}

// standing reads limits as committed.
func (e *Engine) standing(ctx context.Context, l *live, now time.Time, capped, budgets []string) (s decide.Standing, err error) {
	err = e.book.View(ctx, func(tx redeem.Tx) error {
		s, err = within{tx, e.desk, now, l}.standing(capped, budgets, e.desk.Peek)
		return err
	})
	return s, err
}

// Standing implements decide.Wallet.
func (w *across) Standing(ctx context.Context, capped, budgets []string) (decide.Standing, error) {
	known := w.e.limitsAt(w.live, w.now)
	if s, ok := known.standing(capped, budgets); ok {
		return s, nil
	}
	s, err := w.e.standing(ctx, w.live, w.now, capped, budgets)
	if err == nil {
		known.keep(capped, budgets, s)
	}
	return s, err
}

// standing is what is known of some limits; ok is false when one is not.
func (l *limits) standing(capped, budgets []string) (s decide.Standing, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.Paused, s.Overrides, ok = l.paused, l.rules, l.read
	s.Used, ok = numbers(capped, l.used, ok)
	s.Available, ok = numbers(budgets, l.left, ok)
	return s, ok
}

// names are the offers and budgets that somebody asked for.
func (l *limits) names() (capped, budgets []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Keys(l.used)), slices.Collect(maps.Keys(l.left))
}

func numbers(names []string, known map[string]int64, ok bool) ([]int64, bool) {
	list := make([]int64, len(names))
	for i, name := range names {
		n, found := known[name]
		list[i], ok = n, ok && found
	}
	return list, ok
}

func (l *limits) keep(capped, budgets []string, s decide.Standing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, id := range capped {
		l.used[id] = s.Used[i]
	}
	for i, id := range budgets {
		l.left[id] = s.Available[i]
	}
	l.paused, l.rules, l.read = s.Paused, s.Overrides, true
}
