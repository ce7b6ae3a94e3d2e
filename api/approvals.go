package api

import (
	"net/http"
	"slices"
	"time"

	"boon"
)

type proposalAnswer struct {
	ID      string             `json:"id"`
	At      time.Time          `json:"at"`
	By      string             `json:"by" doc:"name of the key that proposed it"`
	Note    string             `json:"note,omitempty"`
	Base    string             `json:"base" doc:"the release in force when it was made; approved only while it still is"`
	Release string             `json:"release" doc:"what it would put in force"`
	Changes string             `json:"changes" doc:"in words"`
	State   boon.ProposalState `json:"state" doc:"open, approved or rejected"`
	Decider string             `json:"decider,omitempty"`
	Decided time.Time          `json:"decided,omitzero"`
	Reply   string             `json:"reply,omitempty"`
}

func newProposalAnswer(p boon.Proposal) proposalAnswer {
	return proposalAnswer{p.ID, p.At, p.By, p.Note, p.Base, p.Release, p.Changes, p.State, p.Decider, p.Decided, p.Reply}
}

type approvalsAnswer struct {
	Proposals []proposalAnswer `json:"proposals"`
}

type decideRequest struct {
	Reply string `json:"reply,omitempty" doc:"why, for the proposer and the audit"`
}

func (s *server) propose(w http.ResponseWriter, r *http.Request, c caller) error {
	body, err := readBody(r, limitBundle)
	if err != nil {
		return err
	}
	p, err := s.ports.Approvals.Propose(r.Context(), body, c.Name, r.URL.Query().Get("note"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, newProposalAnswer(p))
}

func (s *server) approvals(w http.ResponseWriter, r *http.Request, _ caller) error {
	limit, err := number(r, "limit", defaultPage, maxPage)
	if err != nil {
		return err
	}
	list, err := s.ports.Approvals.Proposals(r.Context(), int(limit))
	if err != nil {
		return err
	}
	out := approvalsAnswer{make([]proposalAnswer, len(list))}
	for i, p := range list {
		out.Proposals[i] = newProposalAnswer(p)
	}
	return writeJSON(w, http.StatusOK, out)
}

// decided answers an approval, or a rejection.
func decided(approve bool) handler {
	return func(s *server, w http.ResponseWriter, r *http.Request, c caller) error {
		var in decideRequest
		if err := readExactly(r, &in); err != nil {
			return err
		}
		decide := s.ports.Approvals.Reject
		if approve {
			decide = s.ports.Approvals.Approve
		}
		p, err := decide(r.Context(), r.PathValue("id"), c.Name, in.Reply)
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, newProposalAnswer(p))
	}
}

type keyRequest struct {
	Name   string  `json:"name" doc:"of the person or program that will hold it: the audit and four eyes go by it"`
	Scopes []Scope `json:"scopes"`
}

type keyAnswer struct {
	Name   string  `json:"name"`
	Secret string  `json:"secret" doc:"shown once and kept nowhere"`
	Scopes []Scope `json:"scopes"`
}

type keysAnswer struct {
	Keys []boon.AccessKey `json:"keys"`
}

func (s *server) keys(w http.ResponseWriter, r *http.Request, _ caller) error {
	list, err := s.ports.KeyRing.List(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, keysAnswer{notNil(list)})
}

// addKey makes a key that may do no more than its maker's.
func (s *server) addKey(w http.ResponseWriter, r *http.Request, c caller) error {
	var in keyRequest
	if err := readExactly(r, &in); err != nil {
		return err
	}
	if !plainID(in.Name) {
		return boon.Invalid("name", "A key's name is 1 to 64 letters, digits, dots, dashes and underscores.")
	}
	if len(in.Scopes) == 0 {
		return boon.Invalid("scopes", "A key without a scope opens nothing.")
	}
	for _, scope := range in.Scopes {
		if !slices.Contains(Scopes(), scope) {
			return boon.Invalid("scopes", "There is no scope %q; there are %v.", scope, Scopes())
		}
		if !c.Has(scope) {
			return boon.Refuse(boon.ReasonForbidden, "Your own key has not the scope %q.", scope)
		}
	}
	secret, err := s.ports.KeyRing.Add(r.Context(), in.Name, in.Scopes, c.Name)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, keyAnswer{in.Name, secret, in.Scopes})
}

func (s *server) dropKey(w http.ResponseWriter, r *http.Request, c caller) error {
	if err := s.ports.KeyRing.Drop(r.Context(), r.PathValue("name"), c.Name); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, doneAnswer{true})
}
