package engine

import (
	"context"

	"boon"
	"boon/webhook"
)

// stops serves pauses and alarms.
type stops struct{ e *Engine }

// Pause implements api.Pauses.
func (s stops) Pause(ctx context.Context, p boon.Pause) (boon.Pause, bool, error) {
	p.At = s.e.config.Now()
	standing, fresh, err := s.e.teller.Pause(ctx, p)
	s.e.limits.Store(nil) // the next decision sees it
	return standing, fresh, unknown(err, p.Halt, s.e.terms.Bundle())
}

// Resume implements api.Pauses.
func (s stops) Resume(ctx context.Context, h boon.Halt, by, reason string) error {
	err := s.e.teller.Resume(ctx, h, by, reason, s.e.config.Now())
	s.e.limits.Store(nil)
	return err
}

// Pauses implements api.Pauses.
func (s stops) Pauses(ctx context.Context) ([]boon.Pause, error) { return s.e.teller.Pauses(ctx) }

// AlarmsAfter implements api.Alarms.
func (s stops) AlarmsAfter(ctx context.Context, after int64, max int) ([]boon.StoredAlarm, error) {
	return s.e.book.AlarmsAfter(ctx, after, max)
}

// AlarmCounts implements api.Alarms.
func (s stops) AlarmCounts(ctx context.Context) (map[string]int64, error) {
	return s.e.book.AlarmCounts(ctx)
}

// AlarmSecret implements api.Alarms.
func (s stops) AlarmSecret() string { return webhook.SecretText(s.e.secrets.webhook) }
