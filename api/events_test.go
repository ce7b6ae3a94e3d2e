package api

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"boon"
	"boon/ingest"
)

func zipped(t testing.TB, text string) string {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestEveryCallUnderEveryName(t *testing.T) {
	bodies := map[boon.Kind]string{
		boon.KindTrack: `{"event":"x","userId":"u1"}`, boon.KindIdentify: `{"userId":"u1"}`, boon.KindPage: `{"userId":"u1"}`,
		boon.KindScreen: `{"userId":"u1"}`, boon.KindGroup: `{"userId":"u1","groupId":"g"}`, boon.KindAlias: `{"userId":"u1","previousId":"a"}`,
	}
	for kind, body := range bodies {
		long := kind.String()
		for _, name := range []string{long, long[:1]} {
			for _, prefix := range []string{"/v1/", "/"} {
				e := newEngine()
				w := call(t, e.handler(), "POST", prefix+name, browseKey, body)
				if w.Code != 200 || len(e.messages) != 1 || e.messages[0].Kind != kind {
					t.Errorf("%s%s: %d %s", prefix, name, w.Code, w.Body)
				}
			}
		}
	}
	e := newEngine()
	for _, name := range []string{"/v1/m", "/m"} {
		wantStatus(t, call(t, e.handler(), "POST", name, "", `{"series":[]}`), 200)
	}
	if len(e.messages) != 0 {
		t.Error("the client's own figures were stored")
	}
}

func TestOnlyAServerKeyVerifies(t *testing.T) {
	for key, verified := range map[string]bool{browseKey: false, fullKey: true} {
		e := newEngine()
		h := e.handler()
		call(t, h, "POST", "/v1/identify", key, `{"userId":"u1","anonymousId":"a1"}`)
		call(t, h, "POST", "/v1/batch", key, `{"batch":[{"type":"identify","userId":"u1"}]}`, "Sec-GPC", "1")
		if len(e.messages) != 2 || e.messages[0].Verified != verified || e.messages[1].Verified != verified {
			t.Errorf("%s: %v", key, e.messages)
		}
		if e.messages[0].GPC || !e.messages[1].GPC {
			t.Errorf("Sec-GPC: %v %v", e.messages[0].GPC, e.messages[1].GPC)
		}
		if !e.messages[0].Received.Equal(noon) {
			t.Errorf("received %s", e.messages[0].Received)
		}
	}
}

func TestABadEventDoesNotSinkTheGoodOnes(t *testing.T) {
	good := `{"type":"track","event":"x","userId":"u1","messageId":"m1"}`
	nobody := `{"type":"track","event":"x","userId":"null"}`
	for name, c := range map[string]struct {
		batch  string
		status int
		want   string
	}{
		"empty":     {``, 200, `{"success":true,"accepted":0,"duplicate":0}`},
		"all good":  {good, 200, `{"success":true,"accepted":1,"duplicate":0}`},
		"twice":     {good + "," + good, 200, `{"success":true,"accepted":1,"duplicate":1}`},
		"one bad":   {`{"type":"track","userId":"u1"},` + good, 200, `{"success":true,"accepted":1,"duplicate":0,"errors":[{"index":0,"reason":"invalid_request","detail":"event is required","field":"event"}]}`},
		"by accept": {good + "," + nobody, 200, `{"success":true,"accepted":1,"duplicate":0,"errors":[{"index":1,"reason":"invalid_request","detail":"It identifies nobody.","field":"userId"}]}`},
		"all bad":   {nobody, 400, `{"success":false,"accepted":0,"duplicate":0,"errors":[{"index":0,"reason":"invalid_request","detail":"It identifies nobody.","field":"userId"}]}`},
	} {
		w := call(t, newEngine().handler(), "POST", "/v1/batch", browseKey, `{"batch":[`+c.batch+`]}`)
		if got := strings.TrimSpace(w.Body.String()); w.Code != c.status || got != c.want {
			t.Errorf("%s: %d %s", name, w.Code, got)
		}
	}
}

func TestRefusedEvents(t *testing.T) {
	big := strings.Repeat("x", ingest.MaxMessage)
	many := `{"batch":[` + strings.Repeat(`{"type":"page","userId":"u1"},`, ingest.MaxMessages) + `{"type":"page","userId":"u1"}]}`
	for name, c := range map[string]struct {
		path, body, reason, field string
		headers                   []string
	}{
		"no json":          {path: "/v1/track", body: `{`, reason: "invalid_request"},
		"nobody":           {path: "/v1/track", body: `{"event":"x"}`, reason: "invalid_request", field: "userId"},
		"by accept":        {path: "/v1/track", body: `{"event":"x","userId":"null"}`, reason: "invalid_request", field: "userId"},
		"event too large":  {path: "/v1/track", body: `{"event":"` + big + `","userId":"u"}`, reason: "too_large"},
		"batch too large":  {path: "/v1/batch", body: strings.Repeat(" ", ingest.MaxBatch+1), reason: "too_large"},
		"too many":         {path: "/v1/batch", body: many, reason: "too_large"},
		"bomb":             {path: "/v1/batch", body: zipped(t, strings.Repeat(" ", 50<<20)), reason: "too_large", headers: []string{"Content-Encoding", "gzip"}},
		"no gzip":          {path: "/v1/batch", body: `{}`, reason: "invalid_request", field: "body", headers: []string{"Content-Encoding", "gzip"}},
		"half a gzip":      {path: "/v1/batch", body: zipped(t, `{"batch":[]}`)[:20], reason: "invalid_request", field: "body", headers: []string{"Content-Encoding", "gzip"}},
		"unknown encoding": {path: "/v1/batch", body: `{}`, reason: "invalid_request", field: "Content-Encoding", headers: []string{"Content-Encoding", "br"}},
		"no array":         {path: "/v1/batch", body: `{"batch":{}}`, reason: "invalid_request"},
	} {
		e := newEngine()
		p := problemIn(t, call(t, e.handler(), "POST", c.path, browseKey, c.body, c.headers...))
		if p.Type != "/problems/"+c.reason || (c.field != "" && p.Field != c.field) {
			t.Errorf("%s: %+v", name, p)
		}
		if name != "by accept" && len(e.messages) != 0 {
			t.Errorf("%s reached the log", name)
		}
	}
}

func TestGzipIsTaken(t *testing.T) {
	e := newEngine()
	w := call(t, e.handler(), "POST", "/v1/batch", browseKey, zipped(t, `{"batch":[{"type":"page","userId":"u1"}]}`), "Content-Encoding", "gzip")
	wantStatus(t, w, 200)
	if len(e.messages) != 1 {
		t.Error("nothing was taken")
	}
}

func TestBackpressure(t *testing.T) {
	e := newEngine()
	e.err = boon.Refuse(boon.ReasonThrottled, "The log is behind.")
	w := call(t, e.handler(), "POST", "/v1/track", browseKey, `{"event":"x","userId":"u1"}`)
	wantStatus(t, w, 429)
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestRateLimitOfAKey(t *testing.T) {
	e := newEngine()
	h := New(Config{TokenKey: make([]byte, 32), RateLimit: 100, Now: e.handler().(*server).now}, e.ports())
	body := `{"batch":[` + strings.TrimSuffix(strings.Repeat(`{"type":"page","userId":"u1"},`, ingest.MaxMessages), ",") + `]}`
	wantStatus(t, call(t, h, "POST", "/v1/batch", browseKey, body), 200)
	wantStatus(t, call(t, h, "POST", "/v1/batch", browseKey, body), 429)
	wantStatus(t, call(t, h, "POST", "/v1/batch", fullKey, body), 200)
	e.now = e.now.Add(25e9)
	wantStatus(t, call(t, h, "POST", "/v1/batch", browseKey, body), 200)
}

func TestBrowserSettings(t *testing.T) {
	h := newEngine().handler()
	w := call(t, h, "GET", "/v1/projects/"+browseKey+"/settings", "", "")
	wantStatus(t, w, 200)
	w = call(t, h, "GET", "/v1/projects/"+browseKey+"/settings", "", "", "Origin", "https://unlisted.example")
	if got := w.Header().Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("an origin may read %q", got)
	}
	for _, want := range []string{`"apiKey":"wk_browser"`, `"apiHost":"example.com/v1"`, `"protocol":"http"`, `"Segment.io"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is missing: %s", want, w.Body)
		}
	}
	wantStatus(t, call(t, h, "GET", "/v1/projects/nope/settings", "", ""), 401)
	wantStatus(t, call(t, h, "GET", "/v1/projects/"+readKey+"/settings", "", ""), 403)
}

func TestBrowsersMayCallFromConfiguredOrigins(t *testing.T) {
	e := newEngine()
	h := e.handler()
	preflight := func(origin string) (string, string) {
		w := call(t, h, "OPTIONS", "/v1/t", "", "", "Origin", origin, "Access-Control-Request-Method", "POST")
		wantStatus(t, w, 204)
		if w.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Error("cookies are let through")
		}
		return w.Header().Get("Access-Control-Allow-Origin"), w.Header().Get("Access-Control-Allow-Headers")
	}
	if origin, _ := preflight("https://shop.example"); origin != "" {
		t.Errorf("nobody is configured and %q is let in", origin)
	}
	e.origins = []string{"https://shop.example"}
	if origin, headers := preflight("https://shop.example"); origin != "https://shop.example" || !strings.Contains(headers, "Authorization") {
		t.Errorf("the shop got %q, %q", origin, headers)
	}
	if origin, _ := preflight("https://evil.example"); origin != "" {
		t.Errorf("a stranger got %q", origin)
	}
	e.origins = []string{"*"}
	w := call(t, h, "POST", "/v1/t", "", `{"event":"x","userId":"u","writeKey":"`+browseKey+`"}`, "Origin", "https://any.example", "Content-Type", "text/plain")
	if w.Code != 200 || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestEventMetrics(t *testing.T) {
	e := newEngine()
	h := e.handler()
	call(t, h, "POST", "/v1/batch", browseKey, `{"batch":[{"type":"page","userId":"u1","messageId":"1"},{"type":"page","userId":"u1","messageId":"1"},{"type":"page"}]}`)
	call(t, h, "GET", "/v1/profiles/user:someone@example.com", fullKey, "")
	page := call(t, h, "GET", "/metrics", "", "").Body.String()
	for _, want := range []string{
		`boon_events_total{outcome="accepted"} 1`, `boon_events_total{outcome="duplicate"} 1`, `boon_events_total{outcome="refused"} 1`,
		`boon_apply_lag_events 7`, `boon_merges_running 2`, `boon_http_requests_total{route="POST /v1/batch",status="200"} 1`, `route="GET /v1/profiles/{ref}"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(page, "example.com") {
		t.Error("a label names a person")
	}
}
