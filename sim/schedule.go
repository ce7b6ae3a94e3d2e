package sim

import (
	"context"
	"iter"
	"slices"
	"time"

	"boon/redeem"
)

// client makes one call after the other. It runs until it is suspended, and goes on when the schedule says so.
type client struct {
	world  *world
	number int
	yield  func(struct{}) bool
	next   func() (struct{}, bool)
	stop   func()
	asleep int // until this step
	err    error

	kept      *redeem.Answer // by the update under way
	committed bool
}

// verifyEvery is how many steps the books may change before they are verified; once more at the end.
const verifyEvery = 12

// run interleaves the clients until all are done.
func (w *world) run(ctx context.Context) error {
	for i := range w.o.Clients {
		c := &client{world: w, number: i}
		c.next, c.stop = iter.Pull(func(yield func(struct{}) bool) {
			c.yield = yield
			c.err = c.live(ctx)
		})
		w.clients = append(w.clients, c)
	}
	defer func() {
		for _, c := range w.clients {
			c.stop()
		}
	}()
	for awake := slices.Clone(w.clients); len(awake) > 0; w.step++ {
		w.pass()
		c := w.pick(awake)
		w.running = c
		_, more := c.next()
		w.running = nil
		if c.err != nil {
			return c.err
		}
		if !more {
			awake = slices.DeleteFunc(awake, func(x *client) bool { return x == c })
		}
		if w.dirty && w.step%verifyEvery == 0 {
			if err := w.check(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// pass lets time go on: mostly seconds, now and then longer than a hold, sometimes towards the next day.
func (w *world) pass() {
	switch x := w.rng.IntN(100); {
	case x < 70:
		w.now = w.now.Add(time.Duration(w.rng.IntN(20)) * time.Second)
	case x < 93:
		w.now = w.now.Add(time.Duration(w.rng.IntN(15)) * time.Minute)
	default:
		w.now = w.now.Add(time.Duration(w.rng.IntN(7)) * time.Hour)
	}
}

// pick draws who goes on, of those that are not delayed; when all are, the delay is over.
func (w *world) pick(clients []*client) *client {
	var ready [8]*client
	some := ready[:0]
	for _, c := range clients {
		if c.asleep <= w.step {
			some = append(some, c)
		}
	}
	if len(some) == 0 {
		some = clients
	}
	return choose(w, some)
}

// suspend lets others go on; now and then for long. It fails when the process died meanwhile.
func (c *client) suspend(p *process, life int) error {
	if c.world.rng.IntN(12) == 0 {
		c.asleep = c.world.step + c.world.rng.IntN(25)
	}
	if !c.yield(struct{}{}) {
		return errStopped
	}
	if p.life != life {
		return errGone
	}
	return nil
}
