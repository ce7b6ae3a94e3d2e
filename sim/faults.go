package sim

import (
	"context"
	"errors"

	"boon/redeem"
)

var (
	errRefused = errors.New("the disk is full: nothing happened")
	errSilent  = errors.New("the connection broke after the commit")
	errGone    = errors.New("the process died")
	errStopped = errors.New("the run is over")
)

// unlearnt: the caller does not know how its call ended, and repeats it.
func unlearnt(err error) bool {
	return errors.Is(err, errRefused) || errors.Is(err, errSilent) || errors.Is(err, errGone)
}

// luck is what is going to happen to one use of a port.
type luck int

const (
	well   luck = iota
	refuse      // it fails without an effect
	silent      // it has its effect and fails nevertheless
	crash       // it has its effect and its process dies
)

func (w *world) draw() luck {
	switch x := w.rng.Float64(); {
	case x < w.o.Fault:
		return refuse
	case x < 2*w.o.Fault:
		return silent
	case x < 2.3*w.o.Fault:
		return crash
	}
	return well
}

// port puts suspension and faults between a process's money path and the real book.
type port struct {
	redeem.Book
	p *process
}

// Expecting implements redeem.Book; the faults stay.
func (b *port) Expecting(redeem.Reads) redeem.Book { return b }

// Update implements redeem.Book.
func (b *port) Update(ctx context.Context, fn func(redeem.Tx) error) error {
	w := b.p.world
	c, life, fate := w.running, b.p.life, w.draw()
	early, err := w.early(ctx, b.Book)
	if err != nil {
		return err
	}
	if err := c.suspend(b.p, life); err != nil {
		return err
	}
	if fate == refuse {
		return errRefused
	}
	c.kept, c.committed = nil, false
	err = b.Book.Update(ctx, func(tx redeem.Tx) error {
		return fn(&planted{Tx: tx, plant: w.o.Plant, early: early, kept: &c.kept})
	})
	c.committed = err == nil
	w.dirty = w.dirty || c.committed
	if fate == crash {
		b.p.die()
	}
	if err := c.suspend(b.p, life); err != nil {
		return err
	}
	if err == nil && fate == silent {
		return errSilent
	}
	return err
}

// View implements redeem.Book. It has no effect, so it can only fail.
func (b *port) View(ctx context.Context, fn func(redeem.Tx) error) error {
	w := b.p.world
	c, life, fate := w.running, b.p.life, w.draw()
	if err := c.suspend(b.p, life); err != nil {
		return err
	}
	if fate == refuse {
		return errRefused
	}
	if err := b.Book.View(ctx, fn); err != nil {
		return err
	}
	return c.suspend(b.p, life)
}
