package sim

import (
	"context"
	"errors"
	"fmt"

	"boon"
	"boon/redeem"
)

// event is one call that had its effect or was answered, between two stamps.
type event struct {
	client     int
	in         call
	out        answer
	begin, end int64
}

func (w *world) tick() int64 {
	w.stamp++
	return w.stamp
}

// live makes a client's calls. A run that is over ends it.
func (c *client) live(ctx context.Context) error {
	for range c.world.o.Calls {
		if err := c.one(ctx); err != nil {
			if errors.Is(err, errStopped) {
				return nil
			}
			return err
		}
	}
	return nil
}

// one makes one call, or repeats one as a network does.
func (c *client) one(ctx context.Context) error {
	w := c.world
	if w.rng.IntN(8) == 0 && len(w.sent) > 0 {
		k := choose(w, w.sent)
		if w.rng.IntN(6) == 0 {
			k.body = "another body"
		}
		_, err := c.attempt(ctx, choose(w, w.processes), k)
		if unlearnt(err) {
			return nil
		}
		return err
	}
	k := c.draw()
	if k.key != "" {
		w.sent = append(w.sent, k)
	}
	return c.until(ctx, k)
}

// until repeats a call as a client does that did not learn how it ended.
func (c *client) until(ctx context.Context, k call) error {
	for range 100 {
		got, err := c.attempt(ctx, choose(c.world, c.world.processes), k)
		switch {
		case err != nil && !unlearnt(err):
			return err
		case err == nil && got.reason != boon.ReasonIdempotencyInFlight:
			c.learn(k, got)
			return nil
		}
		if err := c.suspend(c.world.processes[0], c.world.processes[0].life); errors.Is(err, errStopped) {
			return err
		}
	}
	return fmt.Errorf("%s: a hundred faults in a row", k)
}

// attempt makes a call once and puts it into the history when it was answered or had its effect.
func (c *client) attempt(ctx context.Context, p *process, k call) (answer, error) {
	w := c.world
	k.at, c.kept, c.committed = w.now, nil, false
	begin, flying := w.tick(), p.flying
	meets := flying[k.key] > 0
	flying[k.key]++
	got, err := c.do(ctx, p, &k)
	flying[k.key]--
	w.running = c
	switch {
	case err != nil && !unlearnt(err):
		return got, err
	case err != nil:
		w.note("%s at %d: %v", k, p.number, err)
	default:
		w.note("%s at %d: %s", k, p.number, got)
	}
	if err == nil && got.reason == boon.ReasonIdempotencyInFlight && k.key != "" {
		if !meets {
			return got, fmt.Errorf("%s is refused as in flight, and no call with its key was", k)
		}
		return got, nil
	}
	if err == nil || c.committed && (k.key == "" && k.op != opValidate || c.kept != nil) {
		w.history = append(w.history, event{c.number, k, got, begin, w.tick()})
	}
	return got, err
}

// learn keeps what later calls may use.
func (c *client) learn(k call, got answer) {
	w := c.world
	if got.reason != "" {
		return
	}
	switch k.op {
	case opIssue:
		w.grants = append(w.grants, grantRef{got.grant, got.id, k.who, k.device})
	case opReserve:
		w.held = append(w.held, got.id)
	case opRedeem, opUseHeld:
		w.done = append(w.done, redeem.Redeemed{ID: got.id, GrantID: got.grant, Discount: boon.Money{Minor: got.amount, Currency: "EUR"}})
	}
}

// draw makes up a call.
func (c *client) draw() call {
	w := c.world
	w.calls++
	k := call{who: w.rng.IntN(profiles), device: w.rng.IntN(2), offer: -1}
	switch x := w.rng.IntN(100); {
	case x < 12:
		k.op, k.offer, k.grant = opIssue, own, boon.NewID(boon.PrefixGrant, w.now, "sim", fmt.Sprint(w.calls))
		return k
	case x < 36:
		k.op = opRedeem
		w.use(&k)
	case x < 48:
		k.op = opReserve
		w.use(&k)
	case x < 51:
		k.op = opValidate
		w.use(&k)
		return k
	case x < 58 && len(w.held) > 0:
		k.op, k.hold = opUseHeld, choose(w, w.held)
	case x < 66 && len(w.held) > 0:
		k.op, k.hold = opRelease, choose(w, w.held)
	case x < 74 && len(w.done) > 0:
		k.op, k.use, k.whole = opReverse, choose(w, w.done).ID, w.rng.IntN(2) == 0
	case x < 78 && len(w.grants) > 0:
		k.op, k.grant = opSave, choose(w, w.grants).id
	case x < 81 && len(w.grants) > 0:
		k.op, k.grant = opRevoke, choose(w, w.grants).id
	case x < 92:
		w.deliver()
		k.op = opApply
		return k
	case x < 95:
		k.op = opSweep
		return k
	case x < 98:
		k.op = opWallet
		return k
	default:
		k.op, k.budget = opBalances, w.rng.IntN(2)
		return k
	}
	k.key = fmt.Sprint("key ", w.calls)
	k.body = k.String()
	return k
}

// use picks a public code, or that of a grant, mostly in its owner's hands.
func (w *world) use(k *call) {
	k.order = fmt.Sprint("o", w.rng.IntN(orders))
	if len(w.grants) > 0 && w.rng.IntN(2) == 0 {
		g := choose(w, w.grants)
		k.grant, k.code = g.id, g.code
		if w.rng.IntN(10) > 0 {
			k.who, k.device = g.profile, g.device
		}
		return
	}
	k.offer = w.rng.IntN(own)
	k.code = offers[k.offer].code
}

// deliver appends a paid order to the event log, now and then the same one again, as shops do.
func (w *world) deliver() {
	if len(w.log) > 0 && w.rng.IntN(3) == 0 {
		w.log = append(w.log, choose(w, w.log))
		return
	}
	o := call{who: w.rng.IntN(profiles), device: w.rng.IntN(2), offer: -1}
	w.use(&o)
	if w.rng.IntN(10) == 0 {
		o.offer, o.grant, o.code = -1, "", "THEIRS"
	}
	w.log = append(w.log, o)
}
