package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"boon"
)

// Pauses stops and resumes offers. Pause returns the pause in force, fresh or an earlier one; what the bundle does not have is
// ReasonNotFound, and so is resuming what is not paused. Untouched says, of a pause that nothing known is under, that this is so; "" of others.
type Pauses interface {
	Pause(ctx context.Context, p boon.Pause) (standing boon.Pause, fresh bool, err error)
	Resume(ctx context.Context, h boon.Halt, by, reason string) error
	Pauses(ctx context.Context) ([]boon.Pause, error)
	Untouched(ctx context.Context, h boon.Halt) (warning string)
}

// Alarms lists what a human has to know, in the order in which it was stored. AlarmSecret is what signs them to a webhook.
type Alarms interface {
	AlarmsAfter(ctx context.Context, after int64, max int) ([]boon.StoredAlarm, error)
	AlarmCounts(ctx context.Context) (byRule map[string]int64, err error)
	AlarmSecret() string
}

// pauseRequest names one of offer, campaign, category, channel and all.
type pauseRequest struct {
	Offer    string `json:"offer,omitempty"`
	Campaign string `json:"campaign,omitempty"`
	Category string `json:"category,omitempty" doc:"every offer that is about goods of it"`
	Channel  string `json:"channel,omitempty" doc:"every placement of it"`
	All      bool   `json:"all,omitempty" doc:"every offer at once"`
	Reason   string `json:"reason" doc:"for the audit"`
	Honour   *bool  `json:"honour,omitempty" doc:"grants given before stay good; true when left out"`
}

type pauseAnswer struct {
	Kind    boon.PauseKind    `json:"kind"`
	ID      string            `json:"id,omitempty"`
	At      time.Time         `json:"at"`
	By      string            `json:"by" doc:"name of the key, or rule: and the id of a StopLoss or Fairness"`
	Reason  string            `json:"reason"`
	Honour  bool              `json:"honour" doc:"grants given before stay good"`
	Figures map[string]string `json:"figures,omitempty" doc:"by which a rule held"`
	Warning string            `json:"warning,omitempty" doc:"of a category that no offer and no product is in: the nearest that there is"`
}

type pausesAnswer struct {
	Pauses []pauseAnswer `json:"pauses"`
}

type alarmsAnswer struct {
	Alarms []boon.StoredAlarm `json:"alarms"`
}

type secretAnswer struct {
	Secret string `json:"secret" doc:"as Standard Webhooks writes it: whsec_ and base64"`
}

func pauseOf(p boon.Pause) pauseAnswer {
	return pauseAnswer{Kind: p.Kind, ID: p.ID, At: p.At, By: p.By, Reason: p.Reason, Honour: !p.Refuse, Figures: p.Figures}
}

// halt is the one thing that is named.
func (in pauseRequest) halt() (h boon.Halt, err error) {
	for _, named := range []boon.Halt{
		{Kind: boon.PauseOffer, ID: in.Offer}, {Kind: boon.PauseCampaign, ID: in.Campaign}, {Kind: boon.PauseCategory, ID: in.Category}, {Kind: boon.PauseChannel, ID: in.Channel},
	} {
		if named.ID == "" {
			continue
		}
		if h.Kind != "" || in.All {
			return h, errNameOne
		}
		h = named
	}
	switch {
	case in.All:
		h.Kind = boon.PauseAll
	case h.Kind == "":
		return h, errNameOne
	}
	return h, storable(string(h.Kind), h.ID)
}

var errNameOne = boon.Invalid("offer", "Name one of offer, campaign, category, channel and all.")

// storable refuses a name that is no text, or too long for one.
func storable(field, text string) error {
	if len(text) > 1000 || strings.ContainsFunc(text, unicode.IsControl) {
		return boon.Invalid(field, "At most 1000 bytes, and no control characters.")
	}
	return nil
}

func (s *server) pause(w http.ResponseWriter, r *http.Request, c caller) error {
	var in pauseRequest
	if err := readExactly(r, &in); err != nil {
		return err
	}
	h, err := in.halt()
	if err != nil {
		return err
	}
	if in.Reason == "" || len(in.Reason) > 1000 {
		return boon.Invalid("reason", "Say why, in at most 1000 bytes: the audit keeps it.")
	}
	h.Refuse = in.Honour != nil && !*in.Honour
	p, fresh, err := s.ports.Pauses.Pause(r.Context(), boon.Pause{Halt: h, At: s.now().UTC(), By: c.Name, Reason: in.Reason})
	if err != nil {
		return err
	}
	out, status := pauseOf(p), http.StatusOK
	if fresh {
		status = http.StatusCreated
	}
	out.Warning = s.ports.Pauses.Untouched(r.Context(), h)
	return writeJSON(w, status, out)
}

func (s *server) resume(w http.ResponseWriter, r *http.Request, c caller) error {
	q := r.URL.Query()
	in, err := pauseFromQuery(r, q)
	if err != nil {
		return err
	}
	h, err := in.halt()
	if err != nil {
		return err
	}
	if err := s.ports.Pauses.Resume(r.Context(), h, c.Name, in.Reason); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, doneAnswer{true})
}

func pauseFromQuery(r *http.Request, q url.Values) (in pauseRequest, err error) {
	in = pauseRequest{Offer: q.Get("offer"), Campaign: q.Get("campaign"), Category: q.Get("category"), Channel: q.Get("channel"), Reason: q.Get("reason")}
	in.All, err = switched(r, "all")
	if err == nil && len(in.Reason) > 1000 {
		err = boon.Invalid("reason", "At most 1000 bytes.")
	}
	return in, err
}

func (s *server) pauses(w http.ResponseWriter, r *http.Request, _ caller) error {
	all, err := s.ports.Pauses.Pauses(r.Context())
	if err != nil {
		return err
	}
	out := pausesAnswer{make([]pauseAnswer, len(all))}
	for i, p := range all {
		out.Pauses[i] = pauseOf(p)
	}
	return writeJSON(w, http.StatusOK, out)
}

func (s *server) alarms(w http.ResponseWriter, r *http.Request, _ caller) error {
	limit, err := number(r, "limit", defaultPage, maxPage)
	if err != nil {
		return err
	}
	after := int64(0)
	if r.URL.Query().Get("after") != "0" {
		if after, err = number(r, "after", 0, 1<<62); err != nil {
			return err
		}
	}
	list, err := s.ports.Alarms.AlarmsAfter(r.Context(), after, int(limit))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, alarmsAnswer{notNil(list)})
}

func (s *server) alarmSecret(w http.ResponseWriter, _ *http.Request, _ caller) error {
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusOK, secretAnswer{s.ports.Alarms.AlarmSecret()})
}
