package pebblestore

import (
	"context"
	"errors"
	"testing"
	"time"

	"boon"
)

// block keeps the committer busy with one call until release is called.
func block(t *testing.T, db *DB, ctx context.Context) (release func() error) {
	t.Helper()
	entered, leave, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := db.Append(ctx, []boon.LogEntry{{MessageID: "blocker"}}, time.Unix(0, 0), func([]boon.Appended) []boon.Write {
			close(entered)
			<-leave
			return nil
		})
		done <- err
	}()
	<-entered
	return func() error {
		close(leave)
		return <-done
	}
}

func TestFullQueueThrottles(t *testing.T) {
	db := open(t, t.TempDir(), Options{Queue: 2})
	defer db.Close()
	release := block(t, db, t.Context())
	var waiting []*call
	for _, id := range []string{"a", "b"} {
		c, err := db.newCall([]boon.LogEntry{{MessageID: id}}, time.Unix(0, 0), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.enqueue(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		waiting = append(waiting, c)
	}
	if _, err := db.Append(t.Context(), []boon.LogEntry{{MessageID: "c"}}, time.Unix(0, 0), nil); !errors.Is(err, boon.Refusal(boon.ReasonThrottled)) {
		t.Errorf("a third call in a queue of two: %v", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	for _, c := range waiting {
		if <-c.done; c.err != nil {
			t.Error(c.err)
		}
	}
	if db.Last(0) != 3 {
		t.Errorf("%d entries, want 3", db.Last(0))
	}
}

// ending is a context that ends right after it was first asked.
type ending struct {
	context.Context
	asked bool
}

func (e *ending) Err() error {
	if !e.asked {
		e.asked = true
		return nil
	}
	return context.Canceled
}

func (*ending) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

// A caller that gives up while it waits has stored nothing, and its slices are its own again.
func TestGivingUpInTheQueue(t *testing.T) {
	db := open(t, t.TempDir(), Options{})
	defer db.Close()
	release := block(t, db, t.Context())
	payload := []byte("mine")
	_, err := db.Append(&ending{Context: t.Context()}, []boon.LogEntry{{MessageID: "a", Payload: payload}}, time.Unix(0, 0), nil)
	if !errors.Is(err, boon.Refusal(boon.ReasonThrottled)) {
		t.Errorf("given up: %v", err)
	}
	clear(payload)
	if err := release(); err != nil {
		t.Fatal(err)
	}
	appendOne(t, db, "b")
	entries, err := db.Read(t.Context(), 0, 0, 10)
	if err != nil || len(entries) != 2 {
		t.Errorf("%d entries, want the blocker and b (%v)", len(entries), err)
	}
}

// A caller whose turn has come learns the outcome, whatever its context does.
func TestGivingUpTooLate(t *testing.T) {
	db := open(t, t.TempDir(), Options{})
	defer db.Close()
	ctx, cancel := context.WithCancel(t.Context())
	release := block(t, db, ctx)
	cancel()
	if err := release(); err != nil {
		t.Errorf("a call that was being written: %v", err)
	}
	if db.Last(0) != 1 {
		t.Errorf("last is %d, want 1", db.Last(0))
	}
}

func TestCloseAnswersWhatWaits(t *testing.T) {
	db := open(t, t.TempDir(), Options{})
	release := block(t, db, t.Context())
	c, err := db.newCall([]boon.LogEntry{{MessageID: "a"}}, time.Unix(0, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.enqueue(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if <-c.done; c.err != nil || c.results[0].Position != 2 {
		t.Errorf("waiting call: %v, %v", c.results, c.err)
	}
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
}
