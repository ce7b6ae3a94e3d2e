package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"boon"
)

type healthAnswer struct {
	Status  string `json:"status"`
	Version string `json:"version"`
	Detail  string `json:"detail,omitempty" doc:"what an operator should see to, though the engine serves"`
}

type doneAnswer struct {
	Done bool `json:"done"`
}

type unlinkRequest struct {
	A string `json:"a" doc:"namespace:value, such as user:u1, or namespace:hash"`
	B string `json:"b"`
}

type problemsAnswer struct {
	Problems []ProblemKind `json:"problems"`
}

// profile shows an operator what is known of one person.
func (s *server) profile(w http.ResponseWriter, r *http.Request, _ caller) error {
	ref, err := s.ref("ref", r.PathValue("ref"))
	if err != nil {
		return err
	}
	p, err := s.ports.Profiles.Profile(r.Context(), ref)
	if err != nil {
		return err
	}
	p.Identifiers, p.Links, p.Consent.Choices = notNil(p.Identifiers), notNil(p.Links), notNil(p.Consent.Choices)
	return writeJSON(w, http.StatusOK, p)
}

type firedAnswer struct {
	Decisions []Fired `json:"decisions"`
}

// fired lists what triggers decided, of one of them when the query names it.
func (s *server) fired(w http.ResponseWriter, r *http.Request, _ caller) error {
	ref, err := s.ref("ref", r.PathValue("ref"))
	if err != nil {
		return err
	}
	all, err := s.ports.Profiles.Fired(r.Context(), ref)
	if err != nil {
		return err
	}
	if only := r.URL.Query().Get("trigger"); only != "" {
		all = slices.DeleteFunc(all, func(f Fired) bool { return f.Trigger != only })
	}
	return writeJSON(w, http.StatusOK, firedAnswer{notNil(all)})
}

// ref reads a profile's id, namespace:value, or an identifier's own form namespace:32 hex digits.
func (s *server) ref(field, text string) (Ref, error) {
	if strings.HasPrefix(text, boon.PrefixProfile) {
		return Ref{ID: text, Asked: text}, nil
	}
	var id boon.Identifier
	if id.UnmarshalText([]byte(text)) == nil {
		return Ref{Identifier: id, Asked: text}, nil
	}
	name, value, _ := strings.Cut(text, ":")
	namespace, err := boon.ParseNamespace(name)
	if err != nil || value == "" {
		return Ref{}, boon.Invalid(field, "%q is neither a profile id nor namespace:value, such as user:u1.", text)
	}
	id, err = s.ports.Hasher.Identifier(namespace, value)
	return Ref{Identifier: id, Asked: text}, inField(field, err)
}

// unlink cuts an edge; the profile is computed again from those that are left.
func (s *server) unlink(w http.ResponseWriter, r *http.Request, _ caller) error {
	var in unlinkRequest
	if err := readJSON(r, &in); err != nil {
		return err
	}
	a, err := s.ref("a", in.A)
	if err != nil {
		return err
	}
	b, err := s.ref("b", in.B)
	if err != nil {
		return err
	}
	if a.ID != "" || b.ID != "" {
		return boon.Invalid("a", "A link is between two identifiers, not profiles.")
	}
	if err := s.ports.Links.Cut(r.Context(), a.Identifier, b.Identifier); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, doneAnswer{true})
}

func (s *server) healthz(w http.ResponseWriter, _ *http.Request, _ caller) error {
	return writeJSON(w, http.StatusOK, healthAnswer{"ok", s.config.Version, ""})
}

func (s *server) readyz(w http.ResponseWriter, r *http.Request, _ caller) error {
	note, err := s.ports.Operations.Ready(r.Context())
	if err != nil {
		s.log.Warn("not ready", "error", err)
		detail := "The engine cannot serve yet."
		if said := (*boon.Error)(nil); errors.As(err, &said) {
			detail = said.Detail
		}
		return boon.Refuse(boon.ReasonUnavailable, "%s", detail)
	}
	return writeJSON(w, http.StatusOK, healthAnswer{"ready", s.config.Version, note})
}
