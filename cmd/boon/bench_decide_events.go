package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"boon/bench"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// known is how many shoppers have a history of their own; of the others one event each is known, so that their state is on disk.
const known = 20_000

// acquaint gives the shoppers a little history, so that features are not those of strangers.
func (c *benchDecideCmd) acquaint(ctx context.Context, con *console, r *rig) error {
	bar, sent := con.progress("shoppers", false), 0
	post := func(next func() string, n int) error {
		for ; n > 0; n -= 500 {
			if _, err := r.post("/v1/batch", batch(next, min(n, 500))); err != nil {
				return err
			}
			if sent += min(n, 500); bar != nil {
				bar(int64(sent), int64(c.Profiles+5*min(c.Profiles, known)))
			}
		}
		return r.settle(ctx)
	}
	if c.Profiles > known {
		if err := post(bench.Shoppers{Seed: 4}.Each(c.Profiles), c.Profiles); err != nil {
			return err
		}
	}
	if err := post(bench.Shoppers{Seed: 1, Count: min(c.Profiles, known), Browse: 3, Buy: true}.Events(), 6*min(c.Profiles, known)); err != nil {
		return err
	}
	return r.rest(ctx) // a million shoppers in two minutes leave merges behind that no shop would see
}

// inflow is what the events beside the decisions came to. Delays are milliseconds from when an event was received until features showed it.
type inflow struct {
	Count     int64   `json:"count"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"event_to_feature_p50_ms"`
	P99       float64 `json:"event_to_feature_p99_ms"`
}

// flowing is a load of events in the background.
type flowing struct {
	rig    *rig
	cancel context.CancelFunc
	began  time.Time
	before *dto.Histogram
	ended  chan error
}

// eventsAtOnce is how many events a request brings.
const eventsAtOnce = 20

// flow lets events come in until it is stopped; nil when none are asked for.
func (c *benchDecideCmd) flow(ctx context.Context, r *rig) *flowing {
	if c.Events == 0 {
		return nil
	}
	next := c.batches(bench.Shoppers{Seed: uint64(time.Now().UnixNano()), Count: c.Profiles, Browse: 3}.Events())
	running, cancel := context.WithCancel(ctx)
	f := &flowing{rig: r, cancel: cancel, began: time.Now(), ended: make(chan error, 1)}
	var err error
	if f.before, err = r.delays(); err != nil {
		f.ended <- err
		return f
	}
	go func() {
		load := bench.Load{Rate: float64(c.Events) / eventsAtOnce, For: time.Hour, Callers: 1}
		_, err := load.Run(running, func(context.Context, int) (string, error) {
			_, err := r.post("/v1/batch", next())
			return "", err
		})
		f.ended <- err
	}()
	return f
}

// batches gives the events by request. Those of the whole measurement are made before it, so that the making is in no figure.
func (c *benchDecideCmd) batches(next func() string) func() []byte {
	made := make([][]byte, int(2*c.Seconds*float64(c.Events)/eventsAtOnce))
	for i := range made {
		made[i] = batch(next, eventsAtOnce)
	}
	return func() []byte {
		if len(made) == 0 {
			return batch(next, eventsAtOnce)
		}
		b := made[0]
		made[0], made = nil, made[1:]
		return b
	}
}

// stop ends the load and says what it came to.
func (f *flowing) stop(report **inflow) error {
	if f == nil {
		return nil
	}
	took := time.Since(f.began)
	f.cancel()
	if err := <-f.ended; err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("send events: %w", err)
	}
	after, err := f.rig.delays()
	if err != nil || report == nil {
		return err
	}
	n := int64(after.GetSampleCount() - f.before.GetSampleCount())
	*report = &inflow{n, float64(n) / took.Seconds(), 1000 * quantile(f.before, after, 0.5), 1000 * quantile(f.before, after, 0.99)}
	return nil
}

// delays reads the server's own histogram.
func (r *rig) delays() (*dto.Histogram, error) {
	_, page, err := r.send(http.MethodGet, "/metrics", "", nil)
	if err != nil {
		return nil, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(page))
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	family := families["boon_event_to_feature_seconds"]
	if family == nil || len(family.Metric) == 0 {
		return nil, errors.New("read metrics: the delay of events is not among them")
	}
	return family.Metric[0].Histogram, nil
}

// quantile of what was observed between two readings: the upper end of its bucket, so that it is never flattered.
func quantile(before, after *dto.Histogram, q float64) float64 {
	total := after.GetSampleCount() - before.GetSampleCount()
	for i, b := range after.Bucket {
		if n := b.GetCumulativeCount() - before.Bucket[i].GetCumulativeCount(); float64(n) >= q*float64(total) {
			return b.GetUpperBound()
		}
	}
	return math.MaxFloat64 / 1000
}
