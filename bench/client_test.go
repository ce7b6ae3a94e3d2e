package bench

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// A real server reads what the client writes, call after call on one connection.
func TestClientSpeaksHTTP(t *testing.T) {
	var connections sync.Map
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connections.Store(r.RemoteAddr, true)
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Authorization") != "Bearer key" || r.Host == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, r.Method+" "+r.URL.Path+" "+r.Header.Get("Content-Type")+" "+string(body)) //nolint:errcheck // the client notices
	}))
	defer server.Close()
	c := NewClient(strings.TrimPrefix(server.URL, "http://"), "key")
	defer c.Close()
	long := strings.Repeat("x", 100_000)
	for _, body := range []string{"", "{}", long} {
		status, answer, err := c.Send("POST", "/v1/things", "application/json", []byte(body))
		if want := "POST /v1/things application/json " + body; status != http.StatusAccepted || string(answer) != want || err != nil {
			t.Errorf("%d bytes: %d, %d bytes, %v", len(body), status, len(answer), err)
		}
	}
	if _, _, err := c.Send("HEAD", "/", "", nil); err == nil {
		t.Error("HEAD was sent")
	}
	n := 0
	connections.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("three calls one after the other took %d connections", n)
	}
}

func TestClientTellsOfAServerThatIsGone(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	c := NewClient(strings.TrimPrefix(server.URL, "http://"), "key")
	if status, _, err := c.Send("GET", "/", "", nil); status != http.StatusNotFound || err != nil {
		t.Fatal(status, err)
	}
	server.Close()
	for range 2 { // the connection that was open, then a new one
		if _, _, err := c.Send("GET", "/", "", nil); err == nil {
			t.Error("no error")
		}
	}
}
