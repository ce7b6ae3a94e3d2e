package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"boon/engine"
)

// shop is a real engine with an example bundle behind a real port.
type shop struct {
	t   testing.TB
	url string
	*engine.Engine
}

const (
	serverKey = "a-server-key"
	writeKey  = "a-write-key"
)

func open(t testing.TB, bundle string) *shop {
	t.Helper()
	return openAt(t, bundle, nil)
}

// openAt opens a shop with a clock of its own.
func openAt(t testing.TB, bundle string, now func() time.Time) *shop {
	t.Helper()
	b, err := engine.LoadBundle([]string{bundle})
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, engine.Config{Now: now})
	if _, err := s.Apply(t.Context(), b, "test"); err != nil {
		t.Fatal(err)
	}
	return s
}

// start runs an engine behind a real port until the test ends.
func start(t testing.TB, c engine.Config) *shop {
	t.Helper()
	return startAfter(t, c, func(*engine.Engine) {})
}

// startAfter does something to the engine before it runs.
func startAfter(t testing.TB, c engine.Config, before func(*engine.Engine)) *shop {
	t.Helper()
	c.Data, c.APIKey, c.WriteKey, c.Patience = t.TempDir(), serverKey, writeKey, time.Minute
	ctx, stop := context.WithCancel(context.Background())
	e, err := engine.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	before(e)
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	server := httptest.NewServer(e.Handler())
	t.Cleanup(func() {
		server.Close()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return &shop{t, server.URL, e}
}

// openText opens a shop whose bundle is written here.
func openText(t testing.TB, bundle string) *shop {
	t.Helper()
	return open(t, written(t, bundle))
}

// written puts a bundle into a file.
func written(t testing.TB, bundle string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "bundle.yaml")
	if err := os.WriteFile(path, []byte(bundle), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// answer is one response, read.
type answer struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// at reads a value by a dotted path; numbers index arrays.
func (a answer) at(path string) any {
	var v any = a.body
	for _, key := range strings.Split(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[key]
		case []any:
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(node) {
				return nil
			}
			v = node[i]
		default:
			return nil
		}
	}
	return v
}

func (a answer) text(path string) string {
	s, _ := a.at(path).(string)
	return s
}

// call sends JSON under a key; headers are name, value pairs.
func (s *shop) call(key, method, path, body string, headers ...string) answer {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header}
	if a.raw, err = io.ReadAll(resp.Body); err != nil {
		s.t.Fatal(err)
	}
	if len(a.raw) > 0 {
		if err := json.Unmarshal(a.raw, &a.body); err != nil && !bytes.HasPrefix(a.raw, []byte("[")) {
			s.t.Fatalf("%s %s: %v: %s", method, path, err, a.raw)
		}
	}
	return a
}

// want is call that must answer with a status.
func (s *shop) want(status int, key, method, path, body string, headers ...string) answer {
	s.t.Helper()
	a := s.call(key, method, path, body, headers...)
	if a.status != status {
		s.t.Fatalf("%s %s: %d, want %d: %s", method, path, a.status, status, a.raw)
	}
	return a
}

func (s *shop) ledgerHolds() {
	s.t.Helper()
	if v := s.want(200, serverKey, "GET", "/v1/ledger/verify", ""); v.at("balanced") != true {
		s.t.Fatalf("the ledger does not hold: %s", v.raw)
	}
}

const cart = `"cart":{"currency":"USD","lines":[{"id":"l1","sku":"A1","quantity":2,"price":"30.00"},{"id":"l2","sku":"A2","quantity":1,"price":"15.01"}],"shipping":"4.00"}`

func decision(profile string) string {
	return `{"profile":` + profile + `,"placements":["checkout"],"context":{"channel":"web","country":"US"},` + cart + `,"explain":true}`
}

// outsideHoldouts finds an anonymous id that is offered the welcome code.
func (s *shop) outsideHoldouts(prefix string) (anonymousID string, made answer) {
	s.t.Helper()
	for i := range 50 {
		id := fmt.Sprintf("%s-%d", prefix, i)
		a := s.want(200, serverKey, "POST", "/v1/decisions", decision(`{"anonymousId":"`+id+`"}`))
		switch a.text("placements.0.outcome") {
		case "offer":
			return id, a
		case "holdout":
		default:
			s.t.Fatalf("neither offer nor holdout: %s", a.raw)
		}
	}
	s.t.Fatal("50 shoppers in a row are in a holdout of five per cent")
	return "", answer{}
}
