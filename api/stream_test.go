package api

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// silent is a stream that ended before anything came.
type silent struct{}

func (silent) Last() uint64 { return 7 }

func (silent) Next(after uint64, _ []Taken) (int, uint64, int64) { return 0, after + 1, 0 }

func (silent) Changed(uint64) <-chan struct{} { return nil }

func (silent) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

// quiet is a stream on which nothing happens.
type quiet struct{ silent }

func (quiet) Done() <-chan struct{} { return nil }

// connect opens the stream of a quiet server and reads its first line.
func connect(t *testing.T, server *httptest.Server) (*http.Response, *bufio.Scanner) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+readKey)
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	lines.Scan()
	return resp, lines
}

func quietServer(t *testing.T, every time.Duration) *httptest.Server {
	ports := newEngine().ports()
	ports.Stream = quiet{}
	server := httptest.NewServer(New(Config{TokenKey: make([]byte, 32), Heartbeat: every}, ports))
	t.Cleanup(server.Close)
	return server
}

// A quiet stream says that it is alive, and how far it has come.
func TestTheStreamHasAHeartbeat(t *testing.T) {
	_, lines := connect(t, quietServer(t, time.Millisecond))
	for _, want := range []string{"id: 7", "", ": alive", "id: 7", "", ": alive"} {
		if lines.Scan(); lines.Text() != want {
			t.Fatalf("%q, want %q", lines.Text(), want)
		}
	}
}

func TestTheStreamLetsSoManyIn(t *testing.T) {
	server := quietServer(t, time.Hour)
	for range listenersMost {
		if resp, lines := connect(t, server); resp.StatusCode != 200 || lines.Text() != "retry: 1000" {
			t.Fatalf("%s %s", resp.Status, lines.Text())
		}
	}
	if resp, lines := connect(t, server); resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%s %s", resp.Status, lines.Text())
	}
}
