package ingest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"boon"
)

// poisoned is a system of record that refuses one order for good, and stumbles over another.
type poisoned struct{ *till }

type poisonedSession struct{ Session }

var errRefused = errors.New("the books refuse it")

func (p poisoned) Batch(ctx context.Context, partition uint32, upto boon.Position, fn func(Session) error) error {
	return p.till.Batch(ctx, partition, upto, func(s Session) error { return fn(poisonedSession{s}) })
}

func (p poisonedSession) Settle(ctx context.Context, owners []boon.Identifier, e boon.Event) (Settlement, error) {
	switch {
	case strings.HasPrefix(e.Order.ID, "bad"):
		return Settlement{}, errRefused
	case e.Order.ID == "panics":
		panic("index out of range")
	}
	return p.Session.Settle(ctx, owners, e)
}

// What cannot be applied is an error, a panic too; set aside, it counts for nothing, after a new start too, and all around it stands.
func TestAnEventIsSetAside(t *testing.T) {
	r := newRig(t, false)
	r.Money = poisoned{r.till}
	r.send(t, order(1, ann, "o1"), order(2, ann, "bad"), order(3, ann, "panics"), order(4, bob, "o2"))
	for _, want := range []Aside{{Position: 2, Event: boon.OrderCompleted, MessageID: "m2", Order: "bad"}, {Position: 3, Event: boon.OrderCompleted, MessageID: "m3", Order: "panics"}} {
		err := r.drain(1)
		if err == nil {
			t.Fatalf("the event at %d was applied", want.Position)
		}
		r.restart(t)
		r.Money = poisoned{r.till}
		one, failed := r.Next(context.Background(), err, receipt)
		if failed != nil || one.Position != want.Position || one.Event != want.Event || one.MessageID != want.MessageID || one.Order != want.Order || one.Cause == "" {
			t.Fatalf("%+v, want %+v (%v)", one, want, failed)
		}
		if err := r.SetAside(context.Background(), one); err != nil {
			t.Fatal(err)
		}
	}
	r.restart(t)
	r.Money = poisoned{r.till}
	r.mustDrain(t, 4)
	if got := strings.Join(r.till.log, "; "); got != "settle o1 []; settle o2 []" {
		t.Errorf("the books: %s", got)
	}
	if n := r.who(t, ann).State.Summary(); n.Orders != 1 {
		t.Errorf("the buyer has %d orders, want the one that could be applied", n.Orders)
	}
}

// What fails on event after event is not the events: nothing more is set aside then.
func TestNotEverythingIsSetAside(t *testing.T) {
	r := newRig(t, false)
	r.Money = poisoned{r.till}
	for range inARow + 1 {
		r.send(t, order(1, ann, "bad"))
	}
	for range inARow {
		one, err := r.Next(context.Background(), errRefused, receipt)
		if err == nil {
			err = r.SetAside(context.Background(), one)
		}
		if err == nil {
			_, err = r.Step(context.Background(), 1)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if one, err := r.Next(context.Background(), errRefused, receipt); err == nil {
		t.Errorf("one more is to be set aside: %+v", one)
	}
}
