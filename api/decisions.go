package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"boon"
)

const (
	maxDecisions   = 100     // of a batch
	limitDecisions = 4 << 20 // bytes of a batch
)

type decisionsRequest struct {
	Requests []decisionRequest `json:"requests" doc:"at most 100"`
}

// decisionsAnswer has a place for each request, null where it was refused.
type decisionsAnswer struct {
	Decisions []*decisionAnswer `json:"decisions" doc:"one a request, as the single call would answer; null where it was refused"`
	Problems  []itemProblem     `json:"problems,omitempty" doc:"each request that was refused"`
}

type itemProblem struct {
	Index int `json:"index" doc:"place in the batch, from 0"`
	Problem
}

// decideMany takes decisions in the order of the batch, each as a call of its own would; a bad request does not sink the good ones.
func (s *server) decideMany(w http.ResponseWriter, r *http.Request, c caller) error {
	body, err := readBody(r, limitDecisions)
	if err != nil {
		return err
	}
	var in struct{ Requests []json.RawMessage }
	if err := decode(body, &in); err != nil {
		return err
	}
	if n := len(in.Requests); n > maxDecisions {
		return boon.Refuse(boon.ReasonTooLarge, "A batch may ask for %d decisions, this one asks for %d.", maxDecisions, n)
	} else if n == 0 {
		return boon.Invalid("requests", "Name from 1 to %d requests.", maxDecisions)
	}
	out, replayed := s.decideEach(w, r, c, in.Requests)
	markReplayed(w, replayed)
	return writeJSON(w, http.StatusOK, out)
}

// decideEach says besides whether all was answered before.
func (s *server) decideEach(w http.ResponseWriter, r *http.Request, c caller, requests []json.RawMessage) (out decisionsAnswer, replayed bool) {
	out.Decisions = make([]*decisionAnswer, len(requests))
	replayed = true
	for i, raw := range requests {
		answer, again, err := s.decideItem(r, c, i, raw)
		if err != nil {
			out.Problems = append(out.Problems, itemProblem{i, s.problemFor(w, r, err)})
			replayed = false
			continue
		}
		out.Decisions[i] = &answer
		replayed = replayed && again
	}
	return out, replayed
}

func (s *server) decideItem(r *http.Request, c caller, i int, raw json.RawMessage) (decisionAnswer, bool, error) {
	if r.Context().Err() != nil {
		return decisionAnswer{}, false, boon.Refuse(boon.ReasonUnavailable, "The time of the batch was over. Send the rest in a batch of its own.")
	}
	in, request, err := decodeDecision(raw, s.ports.Shop.Shop().Currency)
	if err != nil {
		return decisionAnswer{}, false, err
	}
	key, field := in.IdempotencyKey, "idempotencyKey"
	if header := r.Header.Get("Idempotency-Key"); key == "" && header != "" {
		key, field = fmt.Sprintf("%s/%d", header, i), "Idempotency-Key"
	}
	once, err := onceUnder(key, field, r, c, raw)
	if err != nil {
		return decisionAnswer{}, false, err
	}
	return s.decideOne(r, c, in, request, once)
}
