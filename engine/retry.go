package engine

import (
	"context"
	"errors"
	"strconv"

	"boon"
	"boon/ingest"
)

// asides serves the events that are set aside, on the log and on their way to it.
type asides struct{ e *Engine }

// SetAside implements api.Asides.
func (a asides) SetAside(ctx context.Context) ([]ingest.Standing, error) {
	all, err := ingest.StandingAside(ctx, a.e.store, 0)
	if err != nil {
		return nil, err
	}
	parked, err := a.e.unfitStandings(ctx)
	return append(all, parked...), err
}

// Retry implements api.Asides. What waits already is not put onto the log twice.
func (a asides) Retry(ctx context.Context, at boon.Position, by string) (tried []ingest.Standing, err error) {
	a.e.trying.Lock()
	defer a.e.trying.Unlock()
	all, err := a.SetAside(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if at != 0 && s.Position != at {
			continue
		}
		err := a.retry(ctx, &s, by)
		if at == 0 && errors.Is(err, boon.Refusal(boon.ReasonNotFound)) {
			continue // the log has forgotten it; the others are there
		}
		if err != nil {
			return tried, err
		}
		tried = append(tried, s)
	}
	if at != 0 && len(tried) == 0 {
		return nil, boon.Refuse(boon.ReasonNotFound, "No event %d is set aside.", at)
	}
	return tried, nil
}

func (a asides) retry(ctx context.Context, s *ingest.Standing, by string) error {
	if s.Waiting {
		return nil
	}
	now := a.e.config.Now().UTC()
	subject := "Event/" + strconv.FormatUint(uint64(s.Position), 10)
	if err := a.e.book.Audit(ctx, now, by, "retried", subject, []byte(strconv.Quote(s.Cause))); err != nil {
		return err
	}
	if s.Outage {
		return a.e.retryUnfit(ctx, s)
	}
	s.Waiting = true
	return ingest.Retry(ctx, a.e.store, a.e.store, 0, *s, randomID(ingest.Message{}), now)
}
