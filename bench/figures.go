package bench

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Figures are what one kind of operation came to. Latencies are microseconds.
type Figures struct {
	Count     int64   `json:"count"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_us"`
	P99       float64 `json:"p99_us"`
	Max       float64 `json:"max_us"`
}

// Result is what a load came to: all operations, and each class of them by itself. Allocations are the whole process's, a client's
// and background work's included.
type Result struct {
	Figures
	Allocs float64            `json:"allocs_per_op"`
	By     map[string]Figures `json:"by,omitempty"`
}

// Latencies are told apart from shortest to longest, by so many digits. The bounds keep a histogram small: each caller has some, and what the load
// holds in memory the server's collector has to share a heap with.
const (
	shortest = int64(100 * time.Nanosecond)
	longest  = int64(5 * time.Minute)
	digits   = 2
)

// tally holds one caller's latencies, so that callers share nothing.
type tally struct {
	by map[string]*hdrhistogram.Histogram
}

func histogram() *hdrhistogram.Histogram { return hdrhistogram.New(shortest, longest, digits) }

func (t *tally) note(class string, took time.Duration) {
	if t.by == nil {
		t.by = map[string]*hdrhistogram.Histogram{}
	}
	h := t.by[class]
	if h == nil {
		h = histogram()
		t.by[class] = h
	}
	_ = h.RecordValue(min(max(int64(took), shortest), longest)) // within bounds, so it cannot be refused
}

// sum joins the callers' tallies.
func sum(tallies []tally, took time.Duration, mallocs uint64) Result {
	all, by := histogram(), map[string]*hdrhistogram.Histogram{}
	for _, t := range tallies {
		for class, h := range t.by {
			all.Merge(h)
			if class == "" {
				continue
			}
			if by[class] == nil {
				by[class] = histogram()
			}
			by[class].Merge(h)
		}
	}
	r := Result{Figures: figures(all, took), By: map[string]Figures{}}
	for class, h := range by {
		r.By[class] = figures(h, took)
	}
	if n := all.TotalCount(); n > 0 {
		r.Allocs = float64(mallocs) / float64(n)
	}
	return r
}

func figures(h *hdrhistogram.Histogram, took time.Duration) Figures {
	return Figures{
		Count: h.TotalCount(), PerSecond: float64(h.TotalCount()) / took.Seconds(),
		P50: micros(h.ValueAtQuantile(50)), P99: micros(h.ValueAtQuantile(99)), Max: micros(h.Max()),
	}
}

func micros(ns int64) float64 { return float64(ns/100) / 10 }
