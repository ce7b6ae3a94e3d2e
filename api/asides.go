package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"boon"
	"boon/ingest"
)

// Asides knows the events that could not be applied, and tries them again: the one at a position, or at 0 all. Retry gives those that it put onto the
// log; nothing set aside there is not_found.
type Asides interface {
	SetAside(ctx context.Context) ([]ingest.Standing, error)
	Retry(ctx context.Context, at boon.Position, by string) ([]ingest.Standing, error)
}

type asideAnswer struct {
	ID        boon.Position `json:"id" doc:"its position on the log"`
	Event     string        `json:"event,omitempty" doc:"left out where it cannot be read"`
	MessageID string        `json:"messageId,omitempty"`
	Order     string        `json:"order,omitempty"`
	At        time.Time     `json:"at" doc:"of the last attempt"`
	Cause     string        `json:"cause" doc:"why it could not be applied then"`
	Waiting   bool          `json:"waiting" doc:"it is tried again just now"`
}

type asidesAnswer struct {
	Events []asideAnswer `json:"events"`
}

func asidesOf(all []ingest.Standing) asidesAnswer {
	out := asidesAnswer{make([]asideAnswer, len(all))}
	for i, s := range all {
		out.Events[i] = asideAnswer{s.Position, s.Event, s.MessageID, s.Order, s.At, s.Cause, s.Waiting}
	}
	return out
}

func (s *server) setAside(w http.ResponseWriter, r *http.Request, _ caller) error {
	all, err := s.ports.Asides.SetAside(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, asidesOf(all))
}

func (s *server) retry(w http.ResponseWriter, r *http.Request, c caller) error {
	at, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	if err != nil || at == 0 {
		return boon.Invalid("id", "An event that is set aside is named by a number, as GET /v1/events/aside gives it.")
	}
	return s.tryAgain(w, r, boon.Position(at), c)
}

func (s *server) retryAll(w http.ResponseWriter, r *http.Request, c caller) error {
	return s.tryAgain(w, r, 0, c)
}

func (s *server) tryAgain(w http.ResponseWriter, r *http.Request, at boon.Position, c caller) error {
	tried, err := s.ports.Asides.Retry(r.Context(), at, c.Name)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusAccepted, asidesOf(tried))
}
