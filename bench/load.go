package bench

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Load says how hard and how long to press.
type Load struct {
	Rate    float64       // operations a second, begun on schedule; 0: each caller begins its next one when the last has ended
	For     time.Duration // how long operations begin
	Callers int           // at work at once, at most
}

// Op is operation number n. The class it returns keeps figures of unlike operations apart ("" is for all only).
type Op func(ctx context.Context, n int) (class string, err error)

// due is an operation whose time has come.
type due struct {
	n  int
	at time.Time
}

// Run presses and gives the figures. The first error of an operation ends it.
func (l Load) Run(ctx context.Context, op Op) (Result, error) {
	group, ctx := errgroup.WithContext(ctx)
	tallies := make([]tally, max(l.Callers, 1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	if l.Rate > 0 {
		l.scheduled(ctx, start, len(tallies), func(n int, next func() (due, bool)) {
			group.Go(func() error { return tallies[n].call(ctx, next, op) })
		})
	} else {
		next := l.closed(ctx, start.Add(l.For))
		for i := range tallies {
			group.Go(func() error { return tallies[i].call(ctx, next, op) })
		}
	}
	err := group.Wait()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if err != nil {
		return Result{}, err
	}
	return sum(tallies, took, after.Mallocs-before.Mallocs), nil
}

// call works off what is due until nothing more comes.
func (t *tally) call(ctx context.Context, next func() (due, bool), op Op) error {
	for {
		d, ok := next()
		if !ok {
			return ctx.Err()
		}
		class, err := op(ctx, d.n)
		if err != nil {
			return err
		}
		t.note(class, time.Since(d.at))
	}
}

// closed is a loop in which a caller's next operation is due when its last has ended.
func (l Load) closed(ctx context.Context, end time.Time) func() (due, bool) {
	var n atomic.Int64
	return func() (due, bool) {
		now := time.Now()
		return due{int(n.Add(1) - 1), now}, now.Before(end) && ctx.Err() == nil
	}
}

// scheduled begins each operation when it is due. begin starts caller n, who asks next until it says false.
func (l Load) scheduled(ctx context.Context, start time.Time, callers int, begin func(n int, next func() (due, bool))) {
	wait := l.schedule(ctx, start)
	c := &crew{most: callers}
	c.hire = func() {
		turn, leads := make(chan struct{}, 1), true
		begin(c.hired-1, func() (d due, ok bool) {
			if !leads && !c.lead(turn) {
				return due{}, false
			}
			leads = false
			if d, ok = wait(); ok {
				c.follow()
			} else {
				c.dismiss()
			}
			return d, ok
		})
	}
	c.follow()
}

// schedule gives one operation after the other when its time has come. Whoever waits holds a thread, since the runtime's timers may be a millisecond late.
func (l Load) schedule(ctx context.Context, start time.Time) func() (due, bool) {
	n := -1
	return func() (due, bool) {
		if n++; n >= int(l.Rate*l.For.Seconds()) {
			return due{}, false
		}
		at := start.Add(time.Duration(float64(n) / l.Rate * float64(time.Second)))
		for wait := time.Until(at); wait > 0 && ctx.Err() == nil; wait = time.Until(at) {
			sleep(wait)
		}
		return due{n, at}, ctx.Err() == nil
	}
}
