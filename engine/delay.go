package engine

import (
	"github.com/prometheus/client_golang/prometheus"
)

// newDelays measures how long events take from when they were received until features show them.
func newDelays() prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "boon_event_to_feature_seconds", Help: "From when an event was received until features show it.",
		Buckets: []float64{.001, .002, .003, .004, .006, .008, .01, .015, .02, .03, .04, .05, .075, .1, .15, .2, .3, .5, 1, 2, 5, 10}})
}

// noteDelays counts the events that were applied just now.
func (e *Engine) noteDelays() {
	now := e.config.Now()
	for _, at := range e.applier.Received() {
		e.delays.Observe(now.Sub(at).Seconds())
	}
}
