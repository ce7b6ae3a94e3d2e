package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"boon/bench"
)

// A server that stands still for a while hides its queue from a client that waits for it. With a schedule every operation that was due
// meanwhile shows how late it came.
func TestLatencyCountsFromWhenAnOperationWasDue(t *testing.T) {
	stall := make(chan struct{})
	timer := time.AfterFunc(200*time.Millisecond, func() { close(stall) })
	defer timer.Stop()
	r, err := bench.Load{Rate: 500, For: 200 * time.Millisecond, Callers: 1}.Run(t.Context(), func(context.Context, int) (string, error) {
		<-stall
		return "", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Count != 100 {
		t.Fatalf("%d operations, want the 100 that were due", r.Count)
	}
	if r.P50 < 50_000 {
		t.Errorf("half of them waited less than %.0f µs, though all of them waited for the stall", r.P50)
	}
}

func TestClassesAreToldApartAndAddUp(t *testing.T) {
	r, err := bench.Load{Rate: 2000, For: 50 * time.Millisecond, Callers: 4}.Run(t.Context(), func(_ context.Context, n int) (string, error) {
		return []string{"even", "odd", ""}[n%3], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Count != 100 || r.By["even"].Count != 34 || r.By["odd"].Count != 33 || len(r.By) != 2 {
		t.Errorf("%+v", r)
	}
}

func TestTheFirstErrorEndsTheRun(t *testing.T) {
	broken := errors.New("broken")
	var calls atomic.Int64
	_, err := bench.Load{For: time.Hour, Callers: 2}.Run(t.Context(), func(_ context.Context, n int) (string, error) {
		calls.Add(1)
		if n == 3 {
			return "", broken
		}
		return "", nil
	})
	if !errors.Is(err, broken) || calls.Load() < 4 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
}

func TestEventsAreTheSameForASeedAndInOrderOfTime(t *testing.T) {
	write := func(seed uint64) string {
		var b bytes.Buffer
		if err := (bench.Shoppers{Seed: seed, Count: 20, Browse: 2, Buy: true}).Write(&b, 500); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	text := write(1)
	if text != write(1) {
		t.Error("one seed gave two stories")
	}
	if text == write(2) {
		t.Error("two seeds gave one story")
	}
	var last time.Time
	ids, names := map[string]bool{}, map[string]int{}
	for line := range strings.Lines(text) {
		var e struct {
			MessageID, Event string
			Timestamp        time.Time
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if !e.Timestamp.After(last) || ids[e.MessageID] {
			t.Fatalf("out of order or twice: %s", line)
		}
		last, ids[e.MessageID] = e.Timestamp, true
		names[e.Event]++
	}
	for _, name := range []string{"Product Viewed", "Checkout Started", "Order Completed", "Order Refunded", ""} {
		if names[name] == 0 {
			t.Errorf("no %q among %v", name, names)
		}
	}
}
