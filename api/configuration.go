package api

import (
	"bytes"
	"mime"
	"net/http"
	"strconv"

	"boon"
)

// Bodies that are not JSON, for the OpenAPI document.
type (
	anything struct{} // any JSON
	yamlBody struct{}
	feedBody struct{}
	textBody struct{}
	htmlBody struct{}
)

type releasesAnswer struct {
	Releases []ReleaseInfo `json:"releases"`
}

type auditAnswer struct {
	Entries []AuditEntry `json:"entries"`
}

// feedFormats are the media types of feeds.
var feedFormats = map[string]string{
	"application/json": "json", "application/x-ndjson": "jsonl", "application/jsonl": "jsonl", "application/x-jsonlines": "jsonl",
	"application/json-lines": "jsonl", "text/csv": "csv", "application/csv": "csv", "text/tab-separated-values": "tsv",
}

// loadFeed takes a bulk file; a bad row is refused by its line and the rest is loaded.
func loadFeed(kind string) handler {
	return func(s *server, w http.ResponseWriter, r *http.Request, _ caller) error {
		media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		format, ok := feedFormats[media]
		if !ok {
			return boon.Invalid("Content-Type", "%q is no feed; send application/json, application/x-ndjson, text/csv or text/tab-separated-values.", media)
		}
		body, err := readBody(r, limitFeed)
		if err != nil {
			return err
		}
		loaded, err := s.ports.Catalogue.Load(r.Context(), Feed{kind, format, bytes.NewReader(body)})
		if err != nil {
			return err
		}
		if loaded.Refusals == nil {
			loaded.Refusals = []RefusedEntry{}
		}
		return writeJSON(w, http.StatusOK, loaded)
	}
}

func (s *server) apply(w http.ResponseWriter, r *http.Request, c caller) error {
	body, err := readBody(r, limitBundle)
	if err != nil {
		return err
	}
	dry, err := switched(r, "dry-run")
	if err != nil {
		return err
	}
	applied, err := s.ports.Releases.Apply(r.Context(), body, c.Name, dry)
	if err != nil {
		return err
	}
	if applied.Changes == nil {
		applied.Changes = []Change{}
	}
	return writeJSON(w, http.StatusOK, applied)
}

func (s *server) rollback(w http.ResponseWriter, r *http.Request, c caller) error {
	applied, err := s.ports.Releases.Rollback(r.Context(), r.PathValue("id"), c.Name)
	if err != nil {
		return err
	}
	applied.Changes = notNil(applied.Changes)
	return writeJSON(w, http.StatusOK, applied)
}

func (s *server) export(w http.ResponseWriter, r *http.Request, _ caller) error {
	text, err := s.ports.Releases.Export(r.Context())
	if err != nil {
		return err
	}
	return writeBody(w, http.StatusOK, "application/yaml", text)
}

func (s *server) releases(w http.ResponseWriter, r *http.Request, _ caller) error {
	limit, err := number(r, "limit", defaultPage, maxPage)
	if err != nil {
		return err
	}
	list, err := s.ports.Releases.List(r.Context(), int(limit))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, releasesAnswer{notNil(list)})
}

func (s *server) audit(w http.ResponseWriter, r *http.Request, _ caller) error {
	limit, err := number(r, "limit", defaultPage, maxPage)
	if err != nil {
		return err
	}
	before, err := number(r, "before", 0, 1<<62)
	if err != nil {
		return err
	}
	list, err := s.ports.Audit.Entries(r.Context(), before, int(limit))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, auditAnswer{notNil(list)})
}

const (
	defaultPage = 100
	maxPage     = 1000
)

// switched reads a parameter that is on when it is there without a value, or says 1 or true.
func switched(r *http.Request, name string) (bool, error) {
	if !r.URL.Query().Has(name) {
		return false, nil
	}
	text := r.URL.Query().Get(name)
	if text == "" {
		return true, nil
	}
	on, err := strconv.ParseBool(text)
	if err != nil {
		return false, boon.Invalid(name, "%q is neither 1 nor 0.", text)
	}
	return on, nil
}

func number(r *http.Request, name string, absent, most int64) (int64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return absent, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > most {
		return 0, boon.Invalid(name, "%q is not a number from 1 to %d.", text, most)
	}
	return n, nil
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
