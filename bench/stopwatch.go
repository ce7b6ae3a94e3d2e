package bench

import (
	"net/http"
	"sync"
	"time"
)

// Stopwatch times what a handler takes, apart from the network and the client's own waiting. It is safe for concurrent use.
type Stopwatch struct {
	mu    sync.Mutex
	times *tally // nil: nobody counts
	since time.Time
}

// Around times every request of a handler.
func (s *Stopwatch) Around(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		h.ServeHTTP(w, r)
		s.note(time.Since(start))
	})
}

func (s *Stopwatch) note(took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.times != nil {
		s.times.note("", took)
	}
}

// Start begins anew.
func (s *Stopwatch) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times, s.since = &tally{}, time.Now()
}

// Stop gives the figures since Start.
func (s *Stopwatch) Stop() Figures {
	s.mu.Lock()
	defer s.mu.Unlock()
	result := sum([]tally{*s.times}, time.Since(s.since), 0)
	s.times = nil
	return result.Figures
}
