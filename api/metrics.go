package api

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"boon"
)

// metrics counts by route, status and outcome: every label has few values, and none names a person.
type metrics struct {
	requests  *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	events    *prometheus.CounterVec
	decisions *prometheus.CounterVec
	left      atomic.Int64 // offers that decisions over HTTP left out
	page      http.Handler
}

func newMetrics(registry *prometheus.Registry, operations Operations, alarms Alarms) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "boon_http_requests_total", Help: "Requests answered, by route and status."}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "boon_http_request_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5}}, []string{"route"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "boon_events_total", Help: "Events taken in, by outcome."}, []string{"outcome"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "boon_decisions_total", Help: "Decisions answered over HTTP, by outcome."}, []string{"outcome"}),
		page: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
	}
	lag := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "boon_apply_lag_events", Help: "Events in the log that are not applied yet."},
		func() float64 { return float64(operations.Gauges().ApplyLag) })
	merges := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "boon_merges_running", Help: "Merges of the event store's tables, and writings of new ones, under way."},
		func() float64 { return float64(operations.Gauges().Merges) })
	left := prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "boon_candidates_left_out_total", Help: "Offers that decisions, of calls and of triggers, did not value, beyond the shop's bound on candidates."},
		func() float64 { return float64(m.left.Load() + operations.Gauges().LeftOut) })
	registry.MustRegister(alarmCounts{alarms}, m.requests, m.seconds, m.events, m.decisions, left, lag, merges,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// alarmCounts reads the alarms of all processes from where they are stored.
type alarmCounts struct{ alarms Alarms }

var alarmsTotal = prometheus.NewDesc("boon_alarms_total", "Alarms raised, by rule.", []string{"rule"}, nil)

// Describe implements prometheus.Collector.
func (a alarmCounts) Describe(ch chan<- *prometheus.Desc) { ch <- alarmsTotal }

// Collect implements prometheus.Collector.
func (a alarmCounts) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	counts, err := a.alarms.AlarmCounts(ctx)
	if err != nil {
		return // a page without alarms is better than none
	}
	for rule, n := range counts {
		ch <- prometheus.MustNewConstMetric(alarmsTotal, prometheus.CounterValue, float64(n), rule)
	}
}

// route gives what counts one route's answers.
func (m *metrics) route(name string) func(status int, took time.Duration) {
	seconds := m.seconds.WithLabelValues(name)
	ok := m.requests.WithLabelValues(name, "200")
	return func(status int, took time.Duration) {
		seconds.Observe(took.Seconds())
		if status == http.StatusOK {
			ok.Inc()
			return
		}
		m.requests.WithLabelValues(name, strconv.Itoa(status)).Inc()
	}
}

func (m *metrics) delivered(accepted, duplicate, refused int) {
	m.events.WithLabelValues("accepted").Add(float64(accepted))
	m.events.WithLabelValues("duplicate").Add(float64(duplicate))
	m.events.WithLabelValues("refused").Add(float64(refused))
}

func (m *metrics) decided(outcome boon.Outcome) {
	m.decisions.WithLabelValues(string(outcome)).Inc()
}

func (m *metrics) leftOut(all []boon.LeftOut) {
	for _, l := range all {
		m.left.Add(int64(l.Count))
	}
}

func (s *server) metricsPage(w http.ResponseWriter, r *http.Request, _ caller) error {
	s.metrics.page.ServeHTTP(w, r)
	return nil
}
