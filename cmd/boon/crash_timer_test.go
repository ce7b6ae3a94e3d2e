package main

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// leavers are shoppers who fill a cart, each in one call: what they send, and how often the trigger that waits for their order must fire.
type leavers struct {
	mu   sync.Mutex
	all  map[string]string // shopper -> call
	want map[string]int
}

// leaving are the ways to leave a cart: events with their distance in milliseconds from the first, and how often one gets an offer.
var leaving = []struct {
	events []string
	fires  int
}{
	{[]string{"Product Added 0"}, 1},
	{[]string{"Product Added 0", "Product Added 40"}, 1},                       // the first timer is for nothing
	{[]string{"Product Added 0", "Order Completed 20"}, 0},                     // both are
	{[]string{"Product Added 0", "Product Added 0", "Order Completed -20"}, 1}, // an order from before, and the same message twice
}

// call is one way to leave, begun so long ago that the wait is nearly over.
func (l *leavers) call(who string, way int) string {
	begun := time.Now().Add(-900 * time.Millisecond)
	var events []string
	for _, e := range leaving[way].events {
		name, offset := e[:strings.LastIndexByte(e, ' ')], 0
		if _, err := fmt.Sscan(e[len(name):], &offset); err != nil {
			panic(err)
		}
		events = append(events, fmt.Sprintf(`{"type":"track","messageId":"%s %s","userId":%q,"event":%q,"timestamp":%q,"properties":{"order_id":%q,"sku":"B-1001","price":50,"currency":"USD"}}`,
			who, e, who, name, begun.Add(time.Duration(offset)*time.Millisecond).Format(time.RFC3339Nano), who))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all[who], l.want[who] = `{"batch":[`+strings.Join(events, ",")+`]}`, leaving[way].fires
	return l.all[who]
}

// press sends leavers until the server is gone.
func (l *leavers) press(s *shopServer, name string, gone *atomic.Bool) {
	for n := 0; !gone.Load(); n++ {
		_, _ = s.try("POST", "/v1/batch", l.call(fmt.Sprint(name, "-n", n), n%len(leaving))) // cut off or not: it is sent again
	}
}

// sendAgain sends every call once more: what was cut off comes, late, and the rest is known.
func (l *leavers) sendAgain(s *shopServer) {
	for _, body := range l.all {
		s.call(200, "POST", "/v1/batch", body)
	}
}

// fired waits until the trigger has decided for somebody.
func (s *shopServer) fired(who string) {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); s.firings(who) == 0; <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("nothing fired for %s", who)
		}
	}
}

func (s *shopServer) firings(who string) int {
	s.t.Helper()
	return len(at(s.call(200, "GET", "/v1/profiles/user:"+who+"/decisions", "").body(), "decisions").([]any))
}

// A server that is killed while it arms timers and while they run out fires each of them once: none is lost, and what was taken back stays so.
func TestCrashFiresEachTimerOnce(t *testing.T) {
	n, dice, data := kills(t, 3), seeded(t), t.TempDir()
	l := &leavers{all: map[string]string{}, want: map[string]int{}}
	for round := range n {
		s := startServer(t, data, "testdata/timers.yaml")
		l.sendAgain(s)
		var gone atomic.Bool
		var callers sync.WaitGroup
		for c := range 2 {
			callers.Go(func() { l.press(s, fmt.Sprint("r", round, "-c", c), &gone) })
		}
		<-time.After(500*time.Millisecond + time.Duration(dice.Int64N(int64(700*time.Millisecond)))) // timers run out once a second
		s.end(syscall.SIGKILL)
		gone.Store(true)
		callers.Wait()
	}
	s := startServer(t, data, "testdata/timers.yaml")
	l.sendAgain(s)
	s.call(200, "POST", "/v1/batch", l.call("last", 0))
	s.fired("last")
	for who, want := range l.want {
		if got := s.firings(who); got != want {
			t.Errorf("%s: fired %d times, want %d", who, got, want)
		}
		if grants := at(s.call(200, "GET", "/v1/wallet?userId="+who, "").body(), "grants").([]any); len(grants) != want {
			t.Errorf("%s holds %d grants, want %d", who, len(grants), want)
		}
	}
	t.Logf("%d shoppers over %d crashes", len(l.want), n)
	s.ledgerHolds()
}
