package api

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"boon"
)

func TestCodes(t *testing.T) {
	var zip bytes.Buffer
	z := gzip.NewWriter(&zip)
	fmt.Fprint(z, "code\nA-1\nA-2\n")
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path, body string
		headers            []string
		status             int
		want               string
	}{
		{"GET", "/v1/codes/SPRING-1", "", nil, 200, `{"code":"SPRING-1","kind":"generated","valid":true,"state":"free","offer":"spring","number":7}`},
		{"GET", "/v1/offers/spring/codes", "", nil, 200, "code,number\nspring-1,1\nspring-2,2\nspring-3,3"},
		{"GET", "/v1/offers/spring/codes?from=2&count=1&state", "", nil, 200, "code,number,state\nspring-2,2,free"},
		{"GET", "/v1/offers/spring/codes?from=9", "", nil, 200, "code,number"},
		{"PUT", "/v1/offers/spring/codes", "A-1\nA-2\n", nil, 200, `{"offer":"spring","codes":2,"total":2,"repeated":false}`},
		{"PUT", "/v1/offers/spring/codes", zip.String(), []string{"Content-Encoding", "gzip"}, 200, `{"offer":"spring","codes":2,"total":2,"repeated":false}`},
	} {
		w := call(t, newEngine().handler(), c.method, c.path, fullKey, c.body, c.headers...)
		if got := strings.TrimSpace(w.Body.String()); w.Code != c.status || got != c.want {
			t.Errorf("%s %s: %d %s", c.method, c.path, w.Code, got)
		}
	}
	e := newEngine()
	w := call(t, e.handler(), "PUT", "/v1/offers/spring/codes", fullKey, "A-1\nA-2\n", "Accept", "application/x-ndjson")
	if got := w.Body.String(); w.Code != 200 || got != "{\"done\":2,\"of\":2}\n"+`{"offer":"spring","codes":2,"total":2,"repeated":false}`+"\n" {
		t.Errorf("with progress: %d %s", w.Code, got)
	}
	e.err = boon.Invalid("codes", "Line 2.")
	w = call(t, e.handler(), "PUT", "/v1/offers/spring/codes", fullKey, "A-1\nA-2\n", "Accept", "application/x-ndjson")
	if got := w.Body.String(); w.Code != 200 || !strings.Contains(got, "\n{\"type\":\"/problems/invalid_request\"") {
		t.Errorf("a refusal after progress: %d %s", w.Code, got)
	}
	for path, field := range map[string]string{"/v1/offers/spring/codes?from=0": "from", "/v1/offers/spring/codes?count=x": "count", "/v1/offers/spring/codes?state=2": "state"} {
		w := call(t, newEngine().handler(), "GET", path, fullKey, "")
		if p := problemIn(t, w); w.Code != 400 || p.Field != field {
			t.Errorf("%s names %q", path, p.Field)
		}
	}
	e = newEngine()
	e.err = boon.Refuse(boon.ReasonNotFound, "No such offer.")
	wantStatus(t, call(t, e.handler(), "GET", "/v1/offers/gone/codes", fullKey, ""), 404)
	wantStatus(t, call(t, newEngine().handler(), "PUT", "/v1/offers/spring/codes", fullKey, "!\n"), 400)
	wantStatus(t, call(t, newEngine().handler(), "PUT", "/v1/offers/spring/codes", readKey, "A-1\n"), 403)
	wantStatus(t, call(t, newEngine().handler(), "GET", "/v1/codes/X", browseKey, ""), 403)
}
