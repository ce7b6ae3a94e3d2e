package ingest

import (
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
	Position  boon.Position `json:"position"`
	Event     string        `json:"event,omitempty"`
	MessageID string        `json:"messageId,omitempty"`
	Order     string        `json:"order,omitempty"`
	At        time.Time     `json:"at"`
	Cause     string        `json:"cause"`
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
	if before := raw[0].Position - inARow; raw[0].Position > inARow && a.allAside(before, raw[0].Position) {
		return Aside{}, fmt.Errorf("the %d events before it could not be applied either", inARow)
	}
	out := Aside{Position: raw[0].Position, At: now, Cause: cause.Error()}
	if plain, err := a.Opener.Open(ctx, raw[0].Owner, raw[0].Payload); err == nil {
		if e, err := DecodeEvent(plain); err == nil {
			out.Event, out.MessageID = e.Name, e.MessageID
			if e.Order != nil {
				out.Order = e.Order.ID
			}
		}
	}
	return out, nil
}

func (a *Applier) allAside(from, to boon.Position) bool {
	for p := from; p < to; p++ {
		if !a.aside[p] {
			return false
		}
	}
	return true
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
	a.aside = map[boon.Position]bool{}
	prefix := partitionKey(keyAside, a.Partition)
	err := a.Store.Scan(ctx, prefix, nil, func(key, _ []byte) bool {
		if len(key) == len(prefix)+8 {
			a.aside[boon.Position(binary.BigEndian.Uint64(key[len(prefix):]))] = true
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("read events that are set aside: %w", err)
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
