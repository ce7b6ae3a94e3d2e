package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"boon"
)

const (
	throttleSize = 50_000
	guessRate    = 1.0 / 6 // unknown codes a second, once the burst is used
	guessBurst   = 10
)

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

// guess slows the guessing of codes: each unknown one costs a token, and without a token nothing is tried. A repeated call tells nothing
// new, so it costs none.
func (s *server) guess(r *http.Request, c caller, owners []boon.Identifier, try func() error) error {
	l, now := s.guesses.limiter(s.guesser(r, c, owners), s.now()), s.now()
	if l.TokensAt(now) < 1 {
		return boon.Refuse(boon.ReasonThrottled, "Too many unknown codes; wait before the next.")
	}
	err := try()
	var again Again
	if errors.Is(err, boon.Refusal(boon.ReasonUnknownCode)) && !errors.As(err, &again) {
		l.AllowN(now, 1)
	}
	return err
}

// guesser is the shopper a server speaks for, else the client's address, salted and hashed, in memory only.
func (s *server) guesser(r *http.Request, c caller, owners []boon.Identifier) string {
	if len(owners) > 0 {
		return c.space + " " + owners[0].String()
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	digest := sha256.Sum256(append(s.salt[:], host...))
	return c.space + " " + hex.EncodeToString(digest[:8])
}
