package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"boon"
)

// Seen is what became of a decision on the shopper's side: decided is not shown.
type Seen struct {
	First     time.Time `json:"first,omitzero"` // first showing
	Viewed    int64     `json:"viewed,omitempty"`
	Clicked   int64     `json:"clicked,omitempty"`
	Dismissed int64     `json:"dismissed,omitempty"`
	Saved     int64     `json:"saved,omitempty"`
}

func (s *Seen) note(e *boon.Event) {
	switch e.Name {
	case boon.PromotionViewed:
		s.Viewed++
		if s.First.IsZero() || e.Time.Before(s.First) {
			s.First = e.Time
		}
	case boon.PromotionClicked:
		s.Clicked++
	case boon.PromotionDismissed:
		s.Dismissed++
	case boon.PromotionSaved:
		s.Saved++
	}
}

func (s Seen) encode() ([]byte, error) {
	body, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode exposure: %w", err)
	}
	return body, nil
}

// ReadSeen reads what became of a decision; the zero Seen when nothing is known.
func ReadSeen(ctx context.Context, store Store, decision string) (s Seen, err error) {
	body, err := store.Get(ctx, exposureKey(decision))
	if err != nil || body == nil {
		return s, err
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return s, fmt.Errorf("decode exposure: %w", err)
	}
	return s, nil
}
