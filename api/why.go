package api

import (
	"context"
	"net/http"

	"boon"
)

// Reason is why a place shows an offer, in words for the shopper.
type Reason struct {
	Placement  string `json:"placement"`
	Offer      string `json:"offer"`
	Why        string `json:"why"`
	Disclosure string `json:"disclosure,omitempty"`
}

// Whys tells shoppers why. owners bound it to a decision about one of them; none: of anybody. Refusal: not_found, also for somebody else's decision.
type Whys interface {
	Why(ctx context.Context, decision string, owners []boon.Identifier) ([]Reason, error)
}

type whyAnswer struct {
	Reasons []Reason `json:"reasons"`
}

func (s *server) why(w http.ResponseWriter, r *http.Request, c caller) error {
	var owners []boon.Identifier
	if c.isToken() {
		owners = c.holder
	}
	reasons, err := s.ports.Whys.Why(r.Context(), r.PathValue("id"), owners)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, whyAnswer{notNil(reasons)})
}
