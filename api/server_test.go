package api

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
)

// A shutdown lets the call that is being served end with its answer, and takes no new one.
func TestShutdownWaitsForTheAnswer(t *testing.T) {
	e := newEngine()
	e.entered, e.leave = make(chan struct{}), make(chan struct{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := HTTPServer(listener.Addr().String(), e.handler())
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	url := "http://" + listener.Addr().String() + "/v1/track"
	status := make(chan int, 1)
	go func() { status <- track(url) }()
	<-e.entered
	stopped := make(chan error, 1)
	go func() { stopped <- server.Shutdown(context.Background()) }()
	if err := <-served; err != http.ErrServerClosed {
		t.Fatal(err)
	}
	if got := track(url); got != 0 {
		t.Errorf("a new call was answered %d", got)
	}
	close(e.leave)
	if got := <-status; got != 200 {
		t.Errorf("the call that was being served ended with %d", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// track sends one event and gives the status, or 0 when nobody answers.
func track(url string) int {
	r, err := http.Post(url, "text/plain", strings.NewReader(`{"event":"x","userId":"u1","writeKey":"`+browseKey+`"}`))
	if err != nil {
		return 0
	}
	defer r.Body.Close()
	return r.StatusCode
}

func TestATokenKeyIsNeeded(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a server without a token key would sign with nothing")
		}
	}()
	New(Config{}, newEngine().ports())
}
