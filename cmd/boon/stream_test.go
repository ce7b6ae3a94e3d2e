package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"boon/engine"
)

// streaming is boon stream in this process, and the server that it listens to.
type streaming struct {
	t      *testing.T
	server *httptest.Server
	began  chan struct{} // one for each connection that was let in
	lines  *bufio.Scanner
	said   *bufio.Scanner
}

// announcing tells when an answer begins.
type announcing struct {
	http.ResponseWriter
	began func()
}

func (a announcing) Write(b []byte) (int, error) {
	a.began()
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (a announcing) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func startStreaming(t *testing.T, more ...string) *streaming {
	t.Helper()
	e, err := engine.Open(t.Context(), engine.Config{Data: t.TempDir(), APIKey: apiKey})
	if err != nil {
		t.Fatal(err)
	}
	began := make(chan struct{}, 8)
	handler := e.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/stream" {
			w = announcing{w, sync.OnceFunc(func() { began <- struct{}{} })}
		}
		handler.ServeHTTP(w, r)
	}))
	ctx, stop := context.WithCancel(t.Context())
	out, lines := io.Pipe()
	errs, said := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		status := run(ctx, append([]string{"stream", "--url", server.URL, "--key", apiKey}, more...), &console{out: lines, err: said})
		lines.Close()
		said.Close()
		ended <- status
	}()
	t.Cleanup(func() {
		stop()
		if status := <-ended; status != 0 {
			t.Errorf("interrupted, it exits with %d", status)
		}
		server.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return &streaming{t, server, began, bufio.NewScanner(out), bufio.NewScanner(errs)}
}

// decide takes a decision and gives its id.
func (s *streaming) decide(placement string) string {
	s.t.Helper()
	body := fmt.Sprintf(`{"profile":{"userId":"u1"},"placements":[%q]}`, placement)
	r, err := http.NewRequest(http.MethodPost, s.server.URL+"/v1/decisions", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+apiKey)
	r.Close = true // a connection kept from before may be one that the test breaks
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(answer, []byte(`"decisionId":"`))
	id, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(id)
}

// next is the next line, in which each word must be.
func (s *streaming) next(lines *bufio.Scanner, words ...string) {
	s.t.Helper()
	if !lines.Scan() {
		s.t.Fatal("it ended")
	}
	for _, word := range words {
		if !strings.Contains(lines.Text(), word) {
			s.t.Errorf("%q lacks %q", lines.Text(), word)
		}
	}
}

func TestStreamGoesOnAfterABreak(t *testing.T) {
	s := startStreaming(t, "--placement", "p1", "--placement", "p2")
	<-s.began
	s.decide("other")
	s.next(s.lines, "p1", "none", "no_candidate", s.decide("p1"))
	s.server.CloseClientConnections()
	s.next(s.said, "connection lost", "again in 1s")
	s.next(s.lines, "p2", s.decide("p2"))
}

func TestStreamPrintsJSON(t *testing.T) {
	s := startStreaming(t, "--json")
	<-s.began
	s.next(s.lines, `{"id":"`+s.decide("p1")+`"`, `"placements":[{"placement":"p1","outcome":"none"`)
}

// What a server refuses is not asked for again.
func TestStreamRefused(t *testing.T) {
	s := startStreaming(t)
	for _, args := range [][]string{{"--key", "nobody"}, {"--outcome", "ofer"}, {"--url", "http://127.0.0.1:1"}} {
		var out, errs bytes.Buffer
		if status := run(t.Context(), append([]string{"stream", "--key", apiKey, "--url", s.server.URL}, args...), &console{out: &out, err: &errs}); status == 0 || errs.Len() == 0 {
			t.Errorf("%v: %d %s", args, status, errs.Bytes())
		}
	}
}

// A gap is said, and what is no decision passes by.
func TestStreamSaysWhatWasMissed(t *testing.T) {
	for text, want := range map[string]string{
		"id: 9\nevent: gap\ndata: {\"missed\":3}\n\n":    "3 decisions were missed\n",
		"id: 9\nevent: gap\ndata: {\"missed\":null}\n\n": "an unknown number of decisions was missed\n",
		": alive\nid: 9\n\nevent: later\ndata: {}\n\n":   "",
	} {
		var out, errs bytes.Buffer
		l := streamListener{cmd: &streamCmd{}, con: &console{out: &out, err: &errs}}
		if err := l.read(strings.NewReader(text), func() {}); !errors.Is(err, io.EOF) || errs.String() != want || out.Len() > 0 || l.last != "9" {
			t.Errorf("%q: %v, said %q, last %s", text, err, errs.String(), l.last)
		}
	}
}
