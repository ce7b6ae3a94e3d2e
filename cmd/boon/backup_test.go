package main

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"boon/bench"
)

// acknowledged is how much was promised so far.
func (p *promises) acknowledged() (events, redeemed map[string]string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.events), maps.Clone(p.redeemed)
}

// until waits for the callers to have got n redemptions through.
func (p *promises) until(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; <-time.After(5 * time.Millisecond) {
		if _, redeemed := p.acknowledged(); len(redeemed) >= n {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the callers do not get %d redemptions through", n)
		}
	}
}

// A backup of a server under load, restored elsewhere, has every event and every redemption that was acknowledged before it began, each once, and the
// restored engine goes on: it takes the rest again.
func TestBackupUnderLoadLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers and loads them")
	}
	bundle, err := writeFile(t.TempDir(), "shop.yaml", func(w io.Writer) error { return bench.Shop{Codes: 1}.Write(w) })
	if err != nil {
		t.Fatal(err)
	}
	kept := &promises{events: map[string]string{}, redeemed: map[string]string{}, asked: map[string]string{}}
	s := startServer(t, t.TempDir(), bundle)
	var gone atomic.Bool
	var callers sync.WaitGroup
	for c := range 8 {
		callers.Go(func() { kept.press(s, 0, c, &gone) })
	}
	kept.until(t, 40)
	file := filepath.Join(t.TempDir(), "boon.backup")
	events, redeemed := kept.acknowledged()
	status, _, errs := inProcess(t, "backup", "--url", "http://"+s.address, "--key", apiKey, "--output", file)
	if status != 0 {
		t.Fatalf("backup: %s", errs)
	}
	_, during := kept.acknowledged()
	kept.until(t, len(during)+40)
	gone.Store(true)
	callers.Wait()
	if len(during) == len(redeemed) {
		t.Errorf("no redemption got through while the backup was taken")
	}
	t.Logf("%d events and %d redemptions before the backup, %d redemptions during it, %d after", len(events), len(redeemed), len(during)-len(redeemed), len(kept.redeemed)-len(during))
	s.end(syscall.SIGTERM)

	data := filepath.Join(t.TempDir(), "restored")
	status, out, errs := inProcess(t, "restore", file, "--data", data)
	if status != 0 {
		t.Fatalf("restore: %s%s", out, errs)
	}
	s = startServer(t, data, bundle)
	s.ledgerHolds()
	(&promises{events: events}).checkEvents(s)
	for order := range redeemed {
		entries := at(s.call(200, "GET", "/v1/ledger/entries?order="+order, "").body(), "entries").([]any)
		booked := 0
		for _, e := range entries {
			if at(e, "transition") == "redeem" {
				booked++
			}
		}
		if booked != 1 {
			t.Errorf("order %s was acknowledged before the backup and is in it %d times", order, booked)
		}
	}
	again := &promises{redeemed: redeemed, asked: kept.asked}
	again.checkRedemptions(s)
	s.ledgerHolds()
	if want := fmt.Sprintf("%d.00", 5*len(kept.asked)); s.balance("code-0", "promo_expense") != want {
		t.Errorf("%s is spent, want %s", s.balance("code-0", "promo_expense"), want)
	}
}
