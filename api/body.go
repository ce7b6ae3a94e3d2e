package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"boon"
)

// Limits of bodies in bytes, after decompression.
const (
	limitRequest = 1 << 20
	limitBundle  = 8 << 20
	limitFeed    = 64 << 20
)

// readBody reads the whole body, decompressed, of at most limit bytes. The compressed form is bounded as well, so that a bomb costs
// no more than the limit in either form.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	in, err := openBody(r, limit)
	if err != nil {
		return nil, err
	}
	body, err := readAll(io.LimitedReader{R: in, N: limit + 1}, r.ContentLength)
	if err != nil {
		return nil, bodyError(err)
	}
	if int64(len(body)) > limit {
		return nil, boon.Refuse(boon.ReasonTooLarge, "The body is longer than %d bytes.", limit)
	}
	return body, nil
}

// readAll is io.ReadAll into a buffer of the size that is expected (negative: unknown), which grows where that was too little.
func readAll(in io.LimitedReader, size int64) ([]byte, error) {
	if size < 0 {
		size = bytes.MinRead
	}
	buf := make([]byte, 0, size+1) // the one more is where the end shows
	for {
		n, err := in.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, len(buf))
		}
	}
}

func openBody(r *http.Request, limit int64) (io.Reader, error) {
	if r.ContentLength > limit {
		return nil, boon.Refuse(boon.ReasonTooLarge, "The body is longer than %d bytes.", limit)
	}
	raw := http.MaxBytesReader(nil, r.Body, limit)
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
		return raw, nil
	case "gzip", "x-gzip":
		zip, err := gzip.NewReader(raw)
		if err != nil {
			return nil, bodyError(err)
		}
		return zip, nil
	default:
		return nil, boon.Invalid("Content-Encoding", "The encoding %q is not known; send gzip or none.", encoding)
	}
}

func bodyError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return boon.Invalid("body", "The body ends early or is not what its headers say.")
}

// readJSON reads a request of the usual size.
func readJSON(r *http.Request, into any) error {
	body, err := readBody(r, limitRequest)
	if err != nil {
		return err
	}
	return decode(body, into)
}

// readExactly reads a request of which no word may be lost: a ban whose misspelt segment were ignored would be of everybody.
func readExactly(r *http.Request, into any) error {
	body, err := readBody(r, limitRequest)
	if err != nil {
		return err
	}
	exact := json.NewDecoder(bytes.NewReader(body))
	exact.DisallowUnknownFields()
	if name, unknown := strings.CutPrefix(fmt.Sprint(exact.Decode(into)), "json: unknown field "); unknown {
		return boon.Invalid(strings.Trim(name, `"`), "There is no such field here.")
	}
	return decode(body, into)
}

// decode reads one JSON value. Unknown fields are ignored, so that a newer client keeps working with an older server.
func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return decodeError(body, err)
	}
	if holdsNUL(body) {
		return boon.Invalid("body", "A text may not hold the character U+0000.")
	}
	return nil
}

// holdsNUL is whether JSON escapes the character U+0000: an odd number of backslashes stands before its u. Databases refuse it in a text.
func holdsNUL(body []byte) bool {
	for {
		at := bytes.Index(body, []byte("u0000"))
		if at < 0 {
			return false
		}
		before := body[:at]
		if (len(before)-len(bytes.TrimRight(before, `\`)))%2 == 1 {
			return true
		}
		body = body[at+1:]
	}
}

// legible refuses an address whose text no database takes: U+0000, or what is no UTF-8.
func legible(r *http.Request) error {
	query, err := url.QueryUnescape(r.URL.RawQuery)
	if text := r.URL.Path + query; err != nil || !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		return boon.Invalid("path", "The address holds what is no text.")
	}
	return nil
}

// embedded takes the names of Go's embedded structs out of a path, where the caller wrote no such member.
var embedded = strings.NewReplacer("Context.", "", "profileRequest.", "")

// misfit is the path of a value of a wrong type, with the index in each list. Where a type reads itself, the offset is not the body's, and the path
// is without.
func misfit(body []byte, kind *json.UnmarshalTypeError) string {
	field := embedded.Replace(kind.Field)
	if path := pathAt(body, kind.Offset); strings.EqualFold(indexes.ReplaceAllString(path, ""), field) {
		return path
	}
	return field
}

var indexes = regexp.MustCompile(`\[\d+\]`)

func decodeError(body []byte, err error) error {
	var refusal *boon.Error
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	var moment *time.ParseError
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.As(err, &kind):
		return boon.Invalid(misfit(body, kind), "A JSON %s does not fit here.", kind.Value)
	case errors.As(err, &moment):
		return boon.Invalid("body", "%.40q is not an RFC 3339 time such as 2026-01-05T10:00:00Z.", moment.Value)
	case errors.As(err, &syntax):
		return boon.Invalid("body", "The body is not JSON: %s at byte %d.", syntax, syntax.Offset)
	}
	return boon.Invalid("body", "%s.", err)
}

func writeJSON(w http.ResponseWriter, status int, value any) error {
	if err := json.NewEncoder(&jsonAnswer{w, status}).Encode(value); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// jsonAnswer begins the answer when its one value is written, so that a value that is no JSON leaves it to an error.
type jsonAnswer struct {
	http.ResponseWriter
	status int
}

// Write implements io.Writer. The encoder calls it once, with the whole value.
func (a *jsonAnswer) Write(value []byte) (int, error) {
	return len(value), writeBody(a.ResponseWriter, a.status, "application/json", value)
}

func writeBody(w http.ResponseWriter, status int, contentType string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", contentType)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client went away: nobody is left to tell
	return nil
}
