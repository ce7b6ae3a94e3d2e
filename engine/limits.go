package engine

import (
	"context"
	"sync"
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
}

const limitsLife = 20 * time.Millisecond

// limitsAt is what is known as of now.
func (e *Engine) limitsAt(l *live, now time.Time) *limits {
	if known := e.limits.Load(); known != nil && !e.config.Plain && known.live == l && now.Sub(known.at).Abs() < limitsLife {
		return known
	}
	fresh := &limits{live: l, at: now, used: map[string]int64{}, left: map[string]int64{}}
	e.limits.Store(fresh)
	return fresh
}

// Standing implements decide.Wallet.
func (w *across) Standing(ctx context.Context, capped, budgets []string) (decide.Standing, error) {
	known := w.e.limitsAt(w.live, w.now)
	if s, ok := known.standing(capped, budgets); ok {
		return s, nil
	}
	var s decide.Standing
	err := w.e.book.View(ctx, func(tx redeem.Tx) (err error) {
		s, err = within{tx, w.e.desk, w.now, w.live}.standing(capped, budgets, w.e.desk.Peek)
		return err
	})
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
