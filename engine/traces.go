package engine

import (
	"context"
	"sync"
	"time"

	"boon"
	"boon/ingest"
)

// traces carries what calls decided to the log, beside their answers: the event by which the decision enters the state, and the record of one that
// granted nothing and so did not wait for the disk. A full queue makes the caller wait; a power cut may cost what is in it.
type traces struct {
	queue   chan trace
	done    chan struct{}
	closing chan struct{}
	mu      sync.RWMutex
	young   map[string][]byte // values on their way to the disk, by key
}

type trace struct {
	event  boon.Event
	writes []boon.Write
}

func newTraces(e *Engine) *traces {
	t := &traces{queue: make(chan trace, 4096), done: make(chan struct{}), closing: make(chan struct{}), young: map[string][]byte{}}
	go t.run(e)
	return t
}

// leave hands a decision over; writes may be nil.
func (t *traces) leave(r boon.Request, d boon.Decision, writes []boon.Write) error {
	event, err := ingest.DecidedEvent(r, d)
	if err != nil {
		return err
	}
	t.mu.Lock()
	for _, w := range writes {
		t.young[string(w.Key)] = w.Value
	}
	t.mu.Unlock()
	t.queue <- trace{event, writes}
	return nil
}

// get reads a value, on its way to the disk or there.
func (t *traces) get(ctx context.Context, store ingest.Store, key []byte) ([]byte, error) {
	t.mu.RLock()
	value, ok := t.young[string(key)]
	t.mu.RUnlock()
	if ok {
		return value, nil
	}
	return store.Get(ctx, key)
}

const tracesAtOnce = 256

func (t *traces) run(e *Engine) {
	defer close(t.done)
	for first := range t.queue {
		events, writes := []boon.Event{first.event}, first.writes
		for len(events) < tracesAtOnce && len(t.queue) > 0 {
			next := <-t.queue
			events, writes = append(events, next.event), append(writes, next.writes...)
		}
		if err := t.keep(e, writes, events); err != nil {
			e.config.Log.Error("decisions are not recorded", "decisions", len(events), "error", err)
		}
		t.settled(writes)
	}
}

// keep waits out a system of record that is away (it has the keys that events are sealed under), until the engine closes.
func (t *traces) keep(e *Engine, writes []boon.Write, events []boon.Event) error {
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		err := e.record(ctx, writes, events...)
		cancel()
		if !away(err) {
			return err
		}
		select {
		case <-t.closing:
			return err
		case <-time.After(firstRetry):
		}
	}
}

func (t *traces) settled(writes []boon.Write) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, w := range writes {
		delete(t.young, string(w.Key))
	}
}

func (t *traces) close() {
	close(t.closing)
	close(t.queue)
	<-t.done
}
