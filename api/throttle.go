package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"boon"
)

const throttleSize = 50_000

// throttle bounds what each of many callers may do. A zero rate bounds nothing.
type throttle struct {
	rate  rate.Limit
	burst int
	mu    sync.Mutex
	by    map[string]*rate.Limiter
}

func newThrottle(perSecond float64, burst int) *throttle {
	return &throttle{rate: rate.Limit(perSecond), burst: max(burst, int(perSecond)), by: map[string]*rate.Limiter{}}
}

func (t *throttle) limiter(who string, now time.Time) *rate.Limiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l, ok := t.by[who]; ok {
		return l
	}
	if len(t.by) >= throttleSize {
		t.forget(now)
	}
	l := rate.NewLimiter(t.rate, t.burst)
	t.by[who] = l
	return l
}

// forget drops those who have been quiet long enough to be full again: for them nothing changes.
func (t *throttle) forget(now time.Time) {
	for who, l := range t.by {
		if l.TokensAt(now) >= float64(t.burst) {
			delete(t.by, who)
		}
	}
}

// take asks for n now.
func (t *throttle) take(who string, n int, now time.Time) error {
	if t.rate == 0 || t.limiter(who, now).AllowN(now, n) {
		return nil
	}
	return boon.Refuse(boon.ReasonThrottled, "This key sends faster than it may.")
}
