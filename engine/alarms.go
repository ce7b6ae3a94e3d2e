package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"boon"
	"boon/redeem"
	"boon/webhook"
)

// How alarms are told. One process tells them at a time, in their order; the position is stored, so that none is lost over a restart.
const (
	alarmsEvery = 250 * time.Millisecond
	alarmsLease = 30 * time.Second // longer than one attempt
	alarmsTold  = "alarms/told"    // counter: the Seq up to which alarms were told
	alarmsHeld  = "alarms/lease"   // counter: until when one process tells them, in Unix milliseconds
	slowest     = 5 * time.Minute  // between attempts
)

// bell tells alarms: each is logged, and posted when the shop has a webhook.
type bell struct {
	e      *Engine
	sender *webhook.Sender
	lease  int64 // as this process wrote it last
	logged int64
	failed int
	again  time.Time // not before
}

func (e *Engine) watchAlarms(ctx context.Context) error {
	b := &bell{e: e, sender: webhook.NewSender(e.secrets.webhook)}
	tick := time.NewTicker(alarmsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := b.ring(ctx); err != nil && ctx.Err() == nil {
				e.config.Log.Error("tell alarms", "error", err)
			}
		}
	}
}

// ring tells what was raised since the stored position, until an attempt fails.
func (b *bell) ring(ctx context.Context) error {
	if b.e.config.Now().Before(b.again) {
		return nil
	}
	told, err := b.told(ctx)
	if err != nil {
		return err
	}
	list, err := b.e.book.AlarmsAfter(ctx, told, 100)
	if err != nil {
		return err
	}
	for _, a := range list {
		held, err := b.hold(ctx)
		if err != nil || !held {
			return err
		}
		if err := b.tell(ctx, a); err != nil {
			b.failed++
			b.again = b.e.config.Now().Add(backOff(b.failed))
			return err
		}
		b.failed = 0
		if err := b.advance(ctx, a.Seq); err != nil {
			return err
		}
	}
	return nil
}

func backOff(failed int) time.Duration { return min(slowest, time.Second<<min(failed-1, 20)) }

func (b *bell) told(ctx context.Context) (n int64, err error) {
	err = b.e.book.View(ctx, func(tx redeem.Tx) error {
		n, err = tx.Count(alarmsTold)
		return err
	})
	return n, err
}

// hold takes the lease, or renews it: false while another process has it. The counter's bound lets one of two win.
func (b *bell) hold(ctx context.Context) (held bool, err error) {
	now := b.e.config.Now()
	until := now.Add(alarmsLease).UnixMilli()
	err = b.e.book.Update(ctx, func(tx redeem.Tx) error {
		n, err := tx.Count(alarmsHeld)
		if err != nil || (n != b.lease && n > now.UnixMilli()) {
			return err
		}
		if held = n == until; !held {
			held, err = tx.Take(boon.Limit{Key: alarmsHeld, Max: until}, max(0, until-n))
		}
		return err
	})
	if held {
		b.lease = until
	}
	return held, err
}

func (b *bell) advance(ctx context.Context, seq int64) error {
	return b.e.book.Update(ctx, func(tx redeem.Tx) error {
		n, err := tx.Count(alarmsTold)
		if err == nil && n < seq {
			_, err = tx.Take(boon.Limit{Key: alarmsTold, Max: math.MaxInt64}, seq-n)
		}
		return err
	})
}

// telling is the body of a webhook.
type telling struct {
	Type      string           `json:"type"`
	Timestamp time.Time        `json:"timestamp"`
	Data      boon.StoredAlarm `json:"data"`
}

func (b *bell) tell(ctx context.Context, a boon.StoredAlarm) error {
	if a.Seq > b.logged {
		b.e.config.Log.Warn("alarm", "id", a.ID, "rule", a.Rule, "subject", a.Subject, "detail", a.Detail)
		b.logged = a.Seq
	}
	url := b.e.live.Load().release.Bundle.Shop.Alarms.Webhook
	if url == "" {
		return nil
	}
	body, err := json.Marshal(telling{"alarm." + a.Rule, a.At, a})
	if err != nil {
		return fmt.Errorf("encode alarm: %w", err)
	}
	return b.sender.Send(ctx, url, webhook.Message{ID: a.ID, Body: body}, b.e.config.Now())
}
