package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"boon"
)

// Problem is an error as clients see it (RFC 9457).
type Problem struct {
	Type     string `json:"type" doc:"/problems/<reason>, stable: its page explains it"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Instance string `json:"instance,omitempty" doc:"of a 5xx: the id of the request in the server's log, also in the header X-Request-Id"`
	Field    string `json:"field,omitempty" doc:"JSON path, parameter or column at fault"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
}

const retryAfter = "1" // seconds, where nothing better is known

// problemOf is the only translation of errors to what a client reads.
func problemOf(err error) Problem {
	var tooLarge *http.MaxBytesError
	var refusal *boon.Error
	switch {
	case errors.As(err, &refusal):
	case errors.As(err, &tooLarge):
		refusal = boon.Refuse(boon.ReasonTooLarge, "The body is longer than %d bytes.", tooLarge.Limit)
	default:
		refusal = boon.Refuse(boon.ReasonInternal, "Something went wrong on our side. The request id names it in the server's log.")
	}
	kind := kindOf(refusal.Reason)
	return Problem{
		Type: "/problems/" + string(kind.Reason), Title: kind.Title, Status: kind.Status,
		Detail: refusal.Detail, Field: refusal.Field, Line: refusal.Line, Column: refusal.Column,
	}
}

// problemFor is problemOf for a request, whose id names in the log what only we can mend.
func (s *server) problemFor(w http.ResponseWriter, r *http.Request, err error) Problem {
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError {
		s.log.Error("request", "error", err, "id", requestID(w), "route", r.Pattern)
	}
	if p.Status >= http.StatusInternalServerError { // a refusal is the same on every repetition, so it names no request
		p.Instance = requestID(w)
	}
	return p
}

// fail answers with the problem that err is.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problemFor(w, r, err)
	var again Again
	if errors.As(err, &again) {
		w.Header().Set(headerReplayed, "true")
	}
	var wait later
	if errors.As(err, &wait) {
		w.Header().Set("Retry-After", strconv.FormatInt(wait.seconds(), 10))
	}
	var evaluated flagError
	if errors.As(err, &evaluated) {
		writeProblem(w, p, evaluated.problem(p))
		return
	}
	writeProblem(w, p, p)
}

// writeProblem writes a problem as its document has it, which may say more than the problem.
func writeProblem(w http.ResponseWriter, p Problem, document any) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="boon"`)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if h.Get("Retry-After") == "" {
			h.Set("Retry-After", retryAfter)
		}
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(document) // the client went away: nobody is left to tell
}
