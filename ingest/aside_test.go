package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

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

// together is a log whose batch reaches the rig's disk, as one database has it.
type together struct{ *rig }

func (g together) Append(ctx context.Context, entries []boon.LogEntry, now time.Time, with func([]boon.Appended) []boon.Write) ([]boon.Appended, error) {
	done, err := g.log.Append(ctx, entries, now, nil)
	if err != nil {
		return nil, err
	}
	return done, g.disk.Commit(ctx, with(done), true)
}

// A copy of what was set aside counts where it stands, and fails as what it is a copy of; any number of them that fail in a row are no matter of the books.
func TestWhatIsTriedAgain(t *testing.T) {
	r := newRig(t, false)
	ctx := context.Background()
	r.Money = poisoned{r.till}
	r.send(t, order(1, ann, "bad"))
	for range inARow + 3 {
		if _, err := r.Step(ctx, 1); err == nil {
			t.Fatal("a bad order was applied")
		}
		r.restart(t)
		r.Money = poisoned{r.till}
		one, err := r.Next(ctx, errRefused, receipt)
		if err != nil || one.First != 1 {
			t.Fatalf("%+v, %v", one, err)
		}
		if err := r.SetAside(ctx, one); err != nil {
			t.Fatal(err)
		}
		r.mustDrain(t, 1)
		standing, err := StandingAside(ctx, r.Store, r.Partition)
		if err != nil || len(standing) != 1 || standing[0].Position != 1 || standing[0].MessageID != "m1" || standing[0].Waiting {
			t.Fatalf("%+v, %v", standing, err)
		}
		if err := Retry(ctx, together{r}, r.Tail, r.Partition, standing[0], fmt.Sprint("again ", one.Position), receipt); err != nil {
			t.Fatal(err)
		}
		if standing, err = StandingAside(ctx, r.Store, r.Partition); err != nil || len(standing) != 1 || !standing[0].Waiting {
			t.Fatalf("%+v, %v", standing, err)
		}
	}
	r.Money = r.till
	r.mustDrain(t, 1)
	if standing, err := StandingAside(ctx, r.Store, r.Partition); err != nil || len(standing) != 0 {
		t.Errorf("%+v, %v", standing, err)
	}
	if n := r.who(t, ann).State.Summary(); n.Orders != 1 {
		t.Errorf("the buyer has %d orders, want the one that was tried again", n.Orders)
	}
}
