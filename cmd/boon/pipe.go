package main

import (
	"io"
	"net/http"
	"sync"
)

// pipe is a response whose body is read while a handler writes it.
type pipe struct {
	header http.Header
	body   *io.PipeWriter
	once   sync.Once
	begun  chan int // the status
}

func (p *pipe) Header() http.Header { return p.header }

func (p *pipe) WriteHeader(status int) { p.once.Do(func() { p.begun <- status }) }

func (p *pipe) Write(b []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.body.Write(b)
}

// Flush implements http.Flusher: nothing is held back.
func (p *pipe) Flush() {}

// piped serves a request by a handler of this process. Its goroutine ends when the body was read to its end or closed.
func piped(h http.Handler, r *http.Request) *http.Response {
	body, w := io.Pipe()
	p := &pipe{header: http.Header{}, body: w, begun: make(chan int, 1)}
	go func() {
		defer func() {
			var broken error
			if recover() != nil { // a handler cuts its answer short by a panic
				broken = io.ErrUnexpectedEOF
			}
			p.WriteHeader(http.StatusInternalServerError)
			w.CloseWithError(broken)
		}()
		h.ServeHTTP(p, r)
	}()
	return &http.Response{StatusCode: <-p.begun, Header: p.header, Body: body}
}
