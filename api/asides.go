package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"boon"
	"boon/ingest"
)

// Asides knows the events that could not be applied, and the calls that could not be taken to the log after an outage, and tries them again: the one at a
// position, or at 0 all. Retry gives those that it tried, Waiting where they are on the log now; nothing set aside there is not_found.
type Asides interface {
	SetAside(ctx context.Context) ([]ingest.Standing, error)
	Retry(ctx context.Context, at boon.Position, by string) ([]ingest.Standing, error)
}

type asideAnswer struct {
	ID        boon.Position   `json:"id" doc:"its position on the log; of what an outage kept from the log, the number that it waited with"`
	Outage    bool            `json:"outage,omitempty" doc:"it is a call that came while the system of record was away, and could not be taken to the log afterwards"`
	Event     string          `json:"event,omitempty" doc:"left out where it cannot be read; of a call its first order, or else its first event"`
	More      int             `json:"more,omitempty" doc:"events of the call beside that"`
	MessageID string          `json:"messageId,omitempty"`
	Order     string          `json:"order,omitempty"`
	Owner     boon.Identifier `json:"owner,omitzero" doc:"whose it is, as a keyed hash"`
	Received  time.Time       `json:"received,omitzero"`
	At        time.Time       `json:"at,omitzero" doc:"of the last attempt; left out where it is not known"`
	Cause     string          `json:"cause" doc:"why it could not be applied then"`
	Waiting   bool            `json:"waiting" doc:"it is tried again just now"`
}

type asidesAnswer struct {
	Events []asideAnswer `json:"events"`
}

func asidesOf(all []ingest.Standing) asidesAnswer {
	out := asidesAnswer{make([]asideAnswer, len(all))}
	for i, s := range all {
		out.Events[i] = asideAnswer{s.Position, s.Outage, s.Event, s.More, s.MessageID, s.Order, s.Owner, s.Received, s.At, s.Cause, s.Waiting}
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
