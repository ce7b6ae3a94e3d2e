package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"boon/bench"
)

// promises are what a server acknowledged before it was killed.
type promises struct {
	mu       sync.Mutex
	events   map[string]string // message id -> shopper
	redeemed map[string]string // order -> redemption id
	asked    map[string]string // order -> shopper, acknowledged or not
}

// press sends events and redemptions until the server is gone. Each caller's shoppers are its own.
func (p *promises) press(s *shopServer, round, caller int, gone *atomic.Bool) {
	for n := 0; !gone.Load(); n++ {
		who := fmt.Sprintf("r%d-c%d-n%d", round, caller, n)
		if n%4 != 3 {
			p.track(s, who)
			continue
		}
		p.redeem(s, who)
	}
}

func (p *promises) track(s *shopServer, who string) {
	id := "m-" + who
	r, err := s.try("POST", "/v1/track", fmt.Sprintf(`{"messageId":%q,"userId":%q,"event":"Product Viewed","properties":{"sku":"B-1001","price":"89.00"}}`, id, who))
	if err == nil && r.status == 200 {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.events[id] = who
	}
}

func (p *promises) redeem(s *shopServer, who string) {
	order := "o-" + who
	p.mu.Lock()
	p.asked[order] = who
	p.mu.Unlock()
	r, err := s.try("POST", "/v1/redemptions", redeemCode("CODE0", who, order), "Idempotency-Key", order)
	if err == nil && r.status == 201 {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.redeemed[order], _ = at(r.body(), "id").(string)
	}
}

// A server that is killed under load keeps every event and every redemption it acknowledged, each once.
func TestCrashOfServerLosesNothingItAcknowledged(t *testing.T) {
	n, dice := crashes(t), seeded(t)
	data := t.TempDir()
	bundle, err := writeFile(t.TempDir(), "shop.yaml", func(w io.Writer) error { return bench.Shop{Codes: 1}.Write(w) })
	if err != nil {
		t.Fatal(err)
	}
	kept := &promises{events: map[string]string{}, redeemed: map[string]string{}, asked: map[string]string{}}
	for round := range n {
		s := startServer(t, data, bundle)
		var gone atomic.Bool
		var callers sync.WaitGroup
		for c := range 8 {
			callers.Go(func() { kept.press(s, round, c, &gone) })
		}
		<-time.After(50*time.Millisecond + time.Duration(dice.Int64N(int64(250*time.Millisecond))))
		s.end(syscall.SIGKILL)
		gone.Store(true)
		callers.Wait()
	}
	if len(kept.events) < 10*n || len(kept.redeemed) < 3*n {
		t.Fatalf("%d events and %d redemptions acknowledged are too few to show anything", len(kept.events), len(kept.redeemed))
	}
	t.Logf("%d events and %d redemptions acknowledged over %d crashes", len(kept.events), len(kept.redeemed), n)
	s := startServer(t, data, bundle)
	s.ledgerHolds()
	kept.checkEvents(s)
	kept.checkRedemptions(s)
	s.ledgerHolds()
}

// checkEvents sends every acknowledged event again: all must be known, and their shoppers' profiles must have counted them once.
func (p *promises) checkEvents(s *shopServer) {
	s.t.Helper()
	ids := slices.Sorted(maps.Keys(p.events))
	for i, id := range ids {
		if i%(1+len(ids)/100) != 0 {
			continue
		}
		r := s.call(200, "GET", "/v1/profiles/user:"+p.events[id], "")
		if views := at(r.body(), "features"); views.(map[string]any)["profile.product_views"] != float64(1) {
			s.t.Errorf("the event %s counts %v times", id, views.(map[string]any)["profile.product_views"])
		}
	}
	p.checkKnown(s, ids)
}

// checkKnown sends acknowledged events again: none is new.
func (p *promises) checkKnown(s *shopServer, ids []string) {
	s.t.Helper()
	for chunk := range slices.Chunk(ids, 500) {
		var again []string
		for _, id := range chunk {
			again = append(again, fmt.Sprintf(`{"type":"track","messageId":%q,"userId":%q,"event":"Product Viewed"}`, id, p.events[id]))
		}
		s.call(200, "POST", "/v1/batch", `{"batch":[`+strings.Join(again, ",")+`]}`)
	}
	if known := s.metric(`boon_events_total{outcome="duplicate"}`); known != strconv.Itoa(len(ids)) {
		s.t.Errorf("%s of %d acknowledged events are known: the others are lost", known, len(ids))
	}
}

// checkRedemptions repeats every redemption that was asked for. What was acknowledged gives the same answer; what was cut off happens now
// or turns out to have happened. Each order is then in the books once.
func (p *promises) checkRedemptions(s *shopServer) {
	s.t.Helper()
	stand := 0
	for _, order := range slices.Sorted(maps.Keys(p.asked)) {
		r, err := s.try("POST", "/v1/redemptions", redeemCode("CODE0", p.asked[order], order), "Idempotency-Key", order)
		if err != nil {
			s.t.Fatal(err)
		}
		id, _ := at(r.body(), "id").(string)
		if first, acknowledged := p.redeemed[order]; acknowledged && (r.status != 201 || id != first) {
			s.t.Errorf("order %s was redeemed by %s and now is answered %d %s", order, first, r.status, r.raw)
		}
		if r.status == 201 {
			stand++
		}
	}
	if want := fmt.Sprintf("%d.00", 5*stand); s.balance("code-0", "promo_expense") != want || stand != len(p.asked) {
		s.t.Errorf("%d of %d orders stand at 5.00 each, and %s is spent", stand, len(p.asked), s.balance("code-0", "promo_expense"))
	}
}

// metric is one line of the server's metrics.
func (s *shopServer) metric(name string) string {
	s.t.Helper()
	for line := range strings.Lines(string(s.call(200, "GET", "/metrics", "").raw)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return "0"
}
