package ingest

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"time"

	"boon"
)

// Aside is an event that the state is without, since it cannot be applied.
type Aside struct {
	Position  boon.Position   `json:"position"`
	Event     string          `json:"event,omitempty"`
	MessageID string          `json:"messageId,omitempty"`
	Order     string          `json:"order,omitempty"`
	Owner     boon.Identifier `json:"owner,omitzero"`
	Received  time.Time       `json:"received,omitzero"`
	At        time.Time       `json:"at"`
	Cause     string          `json:"cause"`
	First     boon.Position   `json:"-"`               // where it came first, of a copy
	Again     boon.Position   `json:"again,omitempty"` // of its copy, which was put onto the log to try it again
}

// name notes by what a human would look for the event.
func (a *Aside) name(e boon.Event) {
	a.Event, a.MessageID = cmp.Or(e.Name, e.Kind.String()), e.MessageID
	if e.Order != nil {
		a.Order = e.Order.ID
	}
}

// keyAside is partition, position -> Aside.
const keyAside = 'z'

func asideKey(partition uint32, at boon.Position) []byte {
	return binary.BigEndian.AppendUint64(partitionKey(keyAside, partition), uint64(at))
}

// inARow is how many events after one another are set aside at most: what fails on all of them is not the events.
const inARow = 10

// Next says of the event that a Step would begin with why it is to be set aside. It fails where the events are not to blame.
func (a *Applier) Next(ctx context.Context, cause error, now time.Time) (Aside, error) {
	raw, err := a.Tail.Read(ctx, a.Partition, a.applied, 1)
	if err != nil || len(raw) == 0 {
		return Aside{}, fmt.Errorf("read the event that cannot be applied: %w", err)
	}
	if before := raw[0].Position - inARow; raw[0].Position > inARow && a.first(raw[0].Position) == raw[0].Position && a.allAside(before, raw[0].Position) {
		return Aside{}, fmt.Errorf("the %d events before it could not be applied either", inARow)
	}
	out := Aside{Position: raw[0].Position, Owner: raw[0].Owner, Received: raw[0].Received, At: now, Cause: cause.Error(), First: a.first(raw[0].Position)}
	if plain, err := a.Opener.Open(ctx, raw[0].Owner, raw[0].Payload); err == nil {
		if e, err := DecodeEvent(plain); err == nil {
			out.name(e)
		}
	}
	return out, nil
}

// allAside reports whether events after one another were set aside. That a copy fails again says nothing of what comes after it.
func (a *Applier) allAside(from, to boon.Position) bool {
	for p := from; p < to; p++ {
		if !a.aside[p] || a.first(p) != p {
			return false
		}
	}
	return true
}

// first is where an event that was tried again came first.
func (a *Applier) first(at boon.Position) boon.Position {
	for of, ok := a.copyOf[at]; ok; of, ok = a.copyOf[at] {
		at = of
	}
	return at
}

// SetAside has every later Step pass over an event, also after a new start.
func (a *Applier) SetAside(ctx context.Context, one Aside) error {
	body, err := json.Marshal(one)
	if err != nil {
		return fmt.Errorf("encode event that is set aside: %w", err)
	}
	if err := a.Store.Commit(ctx, []boon.Write{{Key: asideKey(a.Partition, one.Position), Value: body}}, true); err != nil {
		return fmt.Errorf("set event at %d aside: %w", one.Position, err)
	}
	a.aside[one.Position] = true
	return nil
}

// readAside reads which events are set aside.
func (a *Applier) readAside(ctx context.Context) error {
	all, err := asides(ctx, a.Store, a.Partition)
	if err != nil {
		return err
	}
	a.aside, a.copyOf = make(map[boon.Position]bool, len(all)), map[boon.Position]boon.Position{}
	for at, one := range all {
		if a.aside[at] = true; one.Again != 0 {
			a.copyOf[one.Again] = at
		}
	}
	return nil
}

// Panic is a panic on the path of one event. Its text is the panic's alone; Stack says where.
type Panic struct {
	Value any
	Stack []byte
}

// Error implements error.
func (p *Panic) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// guarded is the path of one event with a panic on it turned into an error: it must not end the process at every start.
func (a *Applier) guarded(ctx context.Context, e *entry, s Session) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &Panic{value, debug.Stack()}
		}
	}()
	return a.event(ctx, e, s)
}
