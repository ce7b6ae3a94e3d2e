package batch

import (
	"math/rand/v2"
	"testing"
	"time"
)

const commits = 700 * time.Microsecond // of a batch

// shop plays updates at random times, so many a second, against company, and returns how many share a batch, and how long one waits for others, on
// average.
func shop(perSecond float64, updates int) (shared float64, waited time.Duration) {
	random, c := rand.New(rand.NewPCG(1, 2)), company{}
	arrivals := make([]time.Time, updates)
	at := time.Unix(0, 0)
	for i := range arrivals {
		at = at.Add(time.Duration(random.ExpFloat64() / perSecond * float64(time.Second)))
		arrivals[i] = at
	}
	free, batches := time.Unix(0, 0), 0
	for next := 0; next < len(arrivals); batches++ {
		now := arrivals[next]
		if free.After(now) {
			now = free
		}
		here := arrived(arrivals[next:], now)
		if wait := c.wait(here, now); wait > 0 {
			now, waited = now.Add(wait), waited+wait
			all := arrived(arrivals[next:], now)
			c.learn(all > here)
			here = all
		}
		c.began, free, next = now, now.Add(commits), next+here
	}
	return float64(updates) / float64(batches), waited / time.Duration(batches)
}

func arrived(arrivals []time.Time, now time.Time) (n int) {
	for n < len(arrivals) && !arrivals[n].After(now) {
		n++
	}
	return n
}

// Under load updates share batches; where few come, they hardly wait.
func TestCompanyUnderLoad(t *testing.T) {
	for _, c := range []struct {
		perSecond float64
		shared    float64 // at least
		waited    time.Duration
	}{
		{20, 1, 5 * time.Microsecond},
		{100, 1, 50 * time.Microsecond},
		{600, 1.2, 300 * time.Microsecond},
		{1000, 1.9, time.Millisecond},
		{2000, 3.9, 1300 * time.Microsecond},
	} {
		if shared, waited := shop(c.perSecond, 20_000); shared < c.shared || waited > c.waited {
			t.Errorf("at %.0f a second %.2f share a batch, which waits %v; want %.1f, %v at most", c.perSecond, shared, waited, c.shared, c.waited)
		}
	}
}

// Callers who ask again when they are answered soon wait for nobody.
func TestCompanyOfAnsweredCallers(t *testing.T) {
	for _, callers := range []int{1, 2, few - 1, few, 100} {
		c, now, waits := company{}, time.Unix(0, 0), 0
		for range 10_000 {
			now = now.Add(commits)
			if wait := c.wait(callers, now); wait > 0 {
				waits++
				now = now.Add(wait)
				c.learn(false)
			}
			c.began = now
		}
		if want := 50; waits > want {
			t.Errorf("%d callers waited %d times in 10,000 batches, want at most %d", callers, waits, want)
		}
	}
}

// Whoever comes alone, or after a clock was set back, is not held.
func TestCompanyLetsGo(t *testing.T) {
	now := time.Unix(100, 0)
	c := company{began: now}
	for _, step := range []struct {
		after time.Duration
		n     int
		want  time.Duration
	}{{0, 1, apart}, {time.Millisecond, 2, apart - time.Millisecond}, {apart, 1, 0}, {time.Hour, 1, 0}, {0, few, 0}, {-time.Hour, 1, apart}} {
		if got := c.wait(step.n, now.Add(step.after)); got != step.want {
			t.Errorf("%d updates %v after the batch before wait %v, want %v", step.n, step.after, got, step.want)
		}
	}
}
