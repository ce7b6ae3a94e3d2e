package api

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"boon"
)

// Each type of problem as a client reads it: status, the headers that belong to it, body.
func TestEveryProblemAsItIsRead(t *testing.T) {
	e := newEngine()
	h := e.handler()
	var story bytes.Buffer
	for _, kind := range problemKinds {
		e.err = &boon.Error{Reason: kind.Reason, Detail: "What was wrong.", Field: "profile.userId", Line: 3, Column: 7}
		w := call(t, h, "GET", "/v1/wallet?userId=u1", fullKey, "", "X-Request-Id", "req-1")
		fmt.Fprintf(&story, "%s\n%d\n", kind.Reason, w.Code)
		for _, name := range []string{"Content-Type", "Retry-After", "WWW-Authenticate"} {
			if v := w.Header().Get(name); v != "" {
				fmt.Fprintf(&story, "%s: %s\n", name, v)
			}
		}
		fmt.Fprintf(&story, "%s\n", w.Body)
	}
	golden(t, "problems.golden", story.Bytes())
}

func TestStatusOfReasons(t *testing.T) {
	want := map[int]string{
		409: "cap_total cap_profile cap_identifier cap_period budget_exhausted already_redeemed expired revoked reservation_gone paused consent_missing idempotency_in_flight",
		422: "not_eligible not_applicable wrong_profile stacking idempotency_mismatch margin_floor",
		404: "unknown_code not_found", 429: "throttled", 400: "invalid_request", 401: "unauthorized", 403: "forbidden",
		413: "too_large", 503: "unavailable", 500: "internal",
	}
	for status, reasons := range want {
		for _, reason := range strings.Fields(reasons) {
			if got := problemOf(boon.Refuse(boon.Reason(reason), "x")).Status; got != status {
				t.Errorf("%s is %d, want %d", reason, got, status)
			}
		}
	}
}

func TestInternalErrorsDoNotLeak(t *testing.T) {
	e := newEngine()
	h := e.handler()
	e.err = fmt.Errorf("open ledger: %w", errors.New("secret-detail"))
	w := call(t, h, "GET", "/v1/wallet?userId=u1", fullKey, "")
	wantStatus(t, w, 500)
	if strings.Contains(w.Body.String(), "secret-detail") {
		t.Errorf("the answer tells the inside: %s", w.Body)
	}
	e.err, e.panics = nil, true
	w = call(t, h, "POST", "/v1/track", browseKey, `{"event":"x","userId":"u1"}`)
	wantStatus(t, w, 500)
	if problemIn(t, w).Type != "/problems/internal" || strings.Contains(w.Body.String(), "secret-detail") {
		t.Errorf("a panic is no internal problem: %s", w.Body)
	}
}

func TestProblemPages(t *testing.T) {
	h := newEngine().handler()
	for _, kind := range problemKinds {
		w := call(t, h, "GET", problemOf(boon.Refusal(kind.Reason)).Type, "", "")
		wantStatus(t, w, 200)
		if !strings.Contains(w.Body.String(), kind.Title) || len(kind.Text) < 30 {
			t.Errorf("%s is not explained: %s", kind.Reason, w.Body)
		}
	}
	wantStatus(t, call(t, h, "GET", "/problems", "", ""), 200)
	wantStatus(t, call(t, h, "GET", "/problems/no_such", "", ""), 404)
}

func TestUnknownPathsAndMethods(t *testing.T) {
	h := newEngine().handler()
	w := call(t, h, "GET", "/nowhere", "", "")
	wantStatus(t, w, http.StatusNotFound)
	if problemIn(t, w).Type != "/problems/not_found" {
		t.Error(w.Body)
	}
	w = call(t, h, "DELETE", "/v1/bundle", fullKey, "")
	wantStatus(t, w, http.StatusMethodNotAllowed)
	if got := strings.Join(w.Header().Values("Allow"), ","); got != "GET,POST,PUT" {
		t.Errorf("Allow: %s", got)
	}
	if p := problemIn(t, w); p.Type != "/problems/invalid_request" || p.Status != http.StatusMethodNotAllowed {
		t.Errorf("%+v", p)
	}
}

func TestRequestIDs(t *testing.T) {
	h := newEngine().handler()
	if got := call(t, h, "GET", "/healthz", "", "", "X-Request-Id", "abc-1").Header().Get("X-Request-Id"); got != "abc-1" {
		t.Errorf("a plain id became %q", got)
	}
	for _, bad := range []string{"", "a b", strings.Repeat("x", 65), "<script>"} {
		got := call(t, h, "GET", "/healthz", "", "", "X-Request-Id", bad).Header().Get("X-Request-Id")
		if got == bad || len(got) != 16 {
			t.Errorf("%q became %q", bad, got)
		}
	}
}

func TestPanicAfterTheAnswerBegan(t *testing.T) {
	e := newEngine()
	s := e.handler().(*server)
	s.mux.HandleFunc("GET /late", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(200)
		panic("late")
	})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/late", nil))
	if w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
