package engine

import (
	"context"

	"boon"
)

// overrides serves what humans do beside the release.
type overrides struct{ e *Engine }

// Override implements api.Overrides.
func (s overrides) Override(ctx context.Context, o boon.Override) (boon.Override, error) {
	o.At = s.e.config.Now().UTC()
	err := s.e.teller.Override(ctx, o)
	s.e.limits.Store(nil) // the next decision sees it
	return o, err
}

// EndOverride implements api.Overrides.
func (s overrides) EndOverride(ctx context.Context, id, by, reason string) error {
	err := s.e.teller.EndOverride(ctx, id, by, reason, s.e.config.Now())
	s.e.limits.Store(nil)
	return err
}

// Overrides implements api.Overrides.
func (s overrides) Overrides(ctx context.Context) ([]boon.Override, error) {
	return s.e.teller.Overrides(ctx, s.e.config.Now())
}

// Holds implements api.Holds.
func (s overrides) Holds(ctx context.Context) ([]boon.Hold, error) { return s.e.teller.Holds(ctx) }

// ApproveHold implements api.Holds. The grant is for whom its owner is now, who may have been linked to others while it waited.
func (s overrides) ApproveHold(ctx context.Context, id, by, note string) (boon.Hold, error) {
	h, err := s.e.teller.Hold(ctx, id)
	if err != nil {
		return h, err
	}
	s.e.both.RLock()
	defer s.e.both.RUnlock()
	profile, err := s.e.view().Component(ctx, []boon.Identifier{h.Grant.Owner}, false)
	if err != nil {
		return h, err
	}
	if h.State == boon.HoldWaiting && s.e.config.Now().Before(h.ExpiresAt) {
		if err := s.e.stands(ctx, h); err != nil {
			return h, err
		}
	}
	return s.e.teller.Approve(ctx, id, profile.Members, by, note, s.e.config.Now())
}

// RejectHold implements api.Holds.
func (s overrides) RejectHold(ctx context.Context, id, by, note string) (boon.Hold, error) {
	return s.e.teller.Reject(ctx, id, by, note, s.e.config.Now())
}
