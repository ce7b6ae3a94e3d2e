package engine

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"boon"
	"boon/redeem"
	"boon/webhook"
)

// bells is an engine whose clock the test moves, with several bells on its book, as several processes have.
func bells(t *testing.T, dir, url string, now *time.Time, n int) (*Engine, []*bell) {
	t.Helper()
	e, err := Open(t.Context(), Config{Data: dir, Now: func() time.Time { return *now }})
	if err != nil {
		t.Fatal(err)
	}
	b := blank()
	b.Shop.Alarms.Webhook = url
	if _, err := e.Apply(t.Context(), b, "test"); err != nil {
		t.Fatal(err)
	}
	all := make([]*bell, n)
	for i := range all {
		all[i] = &bell{e: e, sender: webhook.NewSender(e.secrets.webhook)}
	}
	return e, all
}

func raise(t *testing.T, e *Engine, n int) {
	t.Helper()
	err := e.book.Update(t.Context(), func(tx redeem.Tx) error {
		return tx.Raise(boon.Alarm{ID: fmt.Sprint("alm_", n), At: time.Unix(int64(n), 0), Rule: "stop_loss", Subject: "offer x", Detail: "too deep"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// No alarm is lost while the receiver is down, nor over a restart; each is told in its order.
func TestAlarmsAreToldInOrderOverARestart(t *testing.T) {
	var up atomic.Bool
	told := make(chan string, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		told <- r.Header.Get("Webhook-Id")
	}))
	defer hook.Close()
	now, dir := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC), t.TempDir()
	e, all := bells(t, dir, hook.URL, &now, 1)
	up.Store(true)
	raise(t, e, 1)
	if err := all[0].ring(t.Context()); err != nil {
		t.Fatal(err)
	}
	up.Store(false)
	raise(t, e, 2)
	raise(t, e, 3)
	if err := all[0].ring(t.Context()); err == nil {
		t.Error("a failed attempt is an error")
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	up.Store(true)
	e, all = bells(t, dir, hook.URL, &now, 1)
	defer e.Close()
	now = now.Add(alarmsLease) // the lease of the process that is gone
	for range 2 {
		if err := all[0].ring(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	close(told)
	var got []string
	for id := range told {
		got = append(got, id)
	}
	if fmt.Sprint(got) != "[alm_1 alm_2 alm_3]" {
		t.Errorf("told %v", got)
	}
}

// Of several processes one tells, until it is gone; a failed attempt is repeated later and later.
func TestOneProcessTells(t *testing.T) {
	now := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	e, all := bells(t, t.TempDir(), "", &now, 2)
	defer e.Close()
	holds := func(b *bell, want bool) {
		t.Helper()
		if held, err := b.hold(context.Background()); err != nil || held != want {
			t.Errorf("held %v, %v; want %v", held, err, want)
		}
	}
	holds(all[0], true)
	holds(all[1], false)
	now = now.Add(alarmsLease / 2)
	holds(all[0], true) // renewed
	now = now.Add(alarmsLease * 3 / 4)
	holds(all[1], false)
	now = now.Add(alarmsLease / 2)
	holds(all[1], true)
	holds(all[0], false)
	if backOff(1) != time.Second || backOff(4) != 8*time.Second || backOff(99) != slowest {
		t.Errorf("attempts follow after %s, %s, %s", backOff(1), backOff(4), backOff(99))
	}
}
