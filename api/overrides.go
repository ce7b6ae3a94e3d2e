package api

import (
	"context"
	"net/http"
	"time"

	"boon"
)

// Overrides pins and bans beside the release. What the bundle does not have is ReasonNotFound, and so is ending what is not there.
type Overrides interface {
	Override(ctx context.Context, o boon.Override) (boon.Override, error)
	EndOverride(ctx context.Context, id, by, reason string) error
	Overrides(ctx context.Context) ([]boon.Override, error)
}

// Holds decides what waits for a human, once. Refusals: not_found, already_decided, expired, and of an approval those of issuing a grant.
type Holds interface {
	Holds(ctx context.Context) ([]boon.Hold, error)
	ApproveHold(ctx context.Context, id, by, note string) (boon.Hold, error)
	RejectHold(ctx context.Context, id, by, note string) (boon.Hold, error)
}

type overrideRequest struct {
	Act       boon.OverrideAct `json:"act" doc:"pin or ban"`
	Offer     string           `json:"offer,omitempty" doc:"a ban of one profile may leave it out: no offer at all"`
	Profile   *profileRequest  `json:"profile,omitempty" doc:"only for this shopper"`
	Segment   string           `json:"segment,omitempty" doc:"only in this segment"`
	Placement string           `json:"placement,omitempty" doc:"only there"`
	Until     *time.Time       `json:"until,omitempty" doc:"not at or after; without it until it is taken back"`
	Reason    string           `json:"reason" doc:"for the audit"`
}

type overrideAnswer struct {
	ID        string           `json:"id"`
	Act       boon.OverrideAct `json:"act"`
	Offer     string           `json:"offer,omitempty"`
	Profile   bool             `json:"profile,omitempty" doc:"it is about one shopper"`
	Segment   string           `json:"segment,omitempty"`
	Placement string           `json:"placement,omitempty"`
	Until     *time.Time       `json:"until,omitempty"`
	At        time.Time        `json:"at"`
	By        string           `json:"by" doc:"name of the key"`
	Reason    string           `json:"reason"`
}

type overridesAnswer struct {
	Overrides []overrideAnswer `json:"overrides"`
}

func overrideOf(o boon.Override) overrideAnswer {
	a := overrideAnswer{ID: o.ID, Act: o.Act, Offer: o.Offer, Profile: len(o.Who) > 0, Segment: o.Segment, Placement: o.Placement, At: o.At, By: o.By, Reason: o.Reason}
	if !o.Until.IsZero() {
		a.Until = &o.Until
	}
	return a
}

// overrideRoutes are what humans do beside the release.
func overrideRoutes() []route {
	return []route{
		{"GET", "/v1/overrides", ScopeRead, serverKey, (*server).overrides, operation{"Operations", "What is pinned and banned, by whom and why", nil, overridesAnswer{}, 200, nil}},
		{"PUT", "/v1/overrides/{id}", ScopeWrite, serverKey, (*server).putOverride, operation{"Operations", "Pin or ban an offer without a release, at once and in every process", overrideRequest{}, overrideAnswer{}, 200, nil}},
		{"DELETE", "/v1/overrides/{id}", ScopeWrite, serverKey, (*server).dropOverride, operation{"Operations", "Take a pin or a ban back", nil, doneAnswer{}, 200, []string{"reason"}}},
		{"GET", "/v1/holds", ScopeRead, serverKey, (*server).holds, operation{"Approvals", "What decisions would grant and what waits for a human, oldest first", nil, holdsAnswer{}, 200, nil}},
		{"POST", "/v1/holds/{id}/approve", ScopeApprove, serverKey, ruled(true), operation{"Approvals", "Grant what waits, under the limits of now", ruleRequest{}, holdAnswer{}, 200, nil}},
		{"POST", "/v1/holds/{id}/reject", ScopeApprove, serverKey, ruled(false), operation{"Approvals", "Decline what waits", ruleRequest{}, holdAnswer{}, 200, nil}},
	}
}

func (s *server) overrides(w http.ResponseWriter, r *http.Request, _ caller) error {
	all, err := s.ports.Overrides.Overrides(r.Context())
	if err != nil {
		return err
	}
	out := overridesAnswer{make([]overrideAnswer, len(all))}
	for i, o := range all {
		out.Overrides[i] = overrideOf(o)
	}
	return writeJSON(w, http.StatusOK, out)
}

func (s *server) putOverride(w http.ResponseWriter, r *http.Request, c caller) error {
	var in overrideRequest
	if err := readExactly(r, &in); err != nil {
		return err
	}
	if in.Reason == "" || len(in.Reason) > 1000 {
		return boon.Invalid("reason", "Say why, in at most 1000 bytes: the audit keeps it.")
	}
	o := boon.Override{ID: r.PathValue("id"), Act: in.Act, Offer: in.Offer, Segment: in.Segment, Placement: in.Placement, By: c.Name, Reason: in.Reason}
	if err := storable("id", o.ID); err != nil {
		return err
	}
	if in.Until != nil {
		o.Until = in.Until.UTC()
	}
	if in.Profile != nil {
		who, err := s.unlinked(c, *in.Profile)
		if err != nil {
			return err
		}
		if err := someone(who); err != nil {
			return err
		}
		o.Who = who
	}
	o, err := s.ports.Overrides.Override(r.Context(), o)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, overrideOf(o))
}

func (s *server) dropOverride(w http.ResponseWriter, r *http.Request, c caller) error {
	if err := s.ports.Overrides.EndOverride(r.Context(), r.PathValue("id"), c.Name, r.URL.Query().Get("reason")); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, doneAnswer{true})
}

type ruleRequest struct {
	Note string `json:"note,omitempty" doc:"for the audit"`
}

type holdAnswer struct {
	ID         string         `json:"id"`
	State      boon.HoldState `json:"state" doc:"waiting, approved, rejected or expired"`
	Offer      string         `json:"offer"`
	Value      boon.Micros    `json:"value" doc:"per cent, money or points, by the offer's type"`
	ProfileID  string         `json:"profileId"`
	DecisionID string         `json:"decisionId"`
	Placement  string         `json:"placement"`
	At         time.Time      `json:"at"`
	ExpiresAt  time.Time      `json:"expiresAt"`
	By         string         `json:"by,omitempty"`
	Note       string         `json:"note,omitempty"`
	Grant      *shownGrant    `json:"grant,omitempty" doc:"once it is approved"`
}

type holdsAnswer struct {
	Holds []holdAnswer `json:"holds"`
}

func holdOf(h boon.Hold) holdAnswer {
	a := holdAnswer{ID: h.ID, State: h.State, Offer: h.Grant.Offer, Value: h.Grant.Level, ProfileID: h.Profile, DecisionID: h.Grant.Decision, Placement: h.Placement,
		At: h.At, ExpiresAt: h.ExpiresAt, By: h.By, Note: h.Note}
	if h.State == boon.HoldApproved {
		a.Grant = &shownGrant{ID: h.Grant.ID, Code: h.Grant.Code, ExpiresAt: h.Grant.ExpiresAt}
	}
	return a
}

func (s *server) holds(w http.ResponseWriter, r *http.Request, _ caller) error {
	all, err := s.ports.Holds.Holds(r.Context())
	if err != nil {
		return err
	}
	out := holdsAnswer{make([]holdAnswer, len(all))}
	for i, h := range all {
		out.Holds[i] = holdOf(h)
	}
	return writeJSON(w, http.StatusOK, out)
}

// ruled answers an approval of a hold, or a rejection.
func ruled(approve bool) handler {
	return func(s *server, w http.ResponseWriter, r *http.Request, c caller) error {
		var in ruleRequest
		if err := readExactly(r, &in); err != nil {
			return err
		}
		if len(in.Note) > 1000 {
			return boon.Invalid("note", "At most 1000 bytes.")
		}
		rule := s.ports.Holds.RejectHold
		if approve {
			rule = s.ports.Holds.ApproveHold
		}
		h, err := rule(r.Context(), r.PathValue("id"), c.Name, in.Note)
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, holdOf(h))
	}
}
