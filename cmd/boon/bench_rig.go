package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"time"

	"boon/bench"
	"boon/engine"
)

// rig is an engine under load, with the synthetic shop live in it.
type rig struct {
	engine *engine.Engine
	dir    string
	send   func(method, path, contentType string, body []byte) (status int, answer []byte, err error)
	served bench.Stopwatch // around the handler
	ended  chan error      // one from the engine's loops
	stop   []func() error
}

// newRig opens an engine in dir and puts the shop into it.
func newRig(ctx context.Context, dir string, l load, shop bench.Shop) (*rig, error) {
	url, drop, err := l.books(ctx)
	if err != nil {
		return nil, err
	}
	e, err := engine.Open(ctx, engine.Config{Data: dir, Ledger: url, Version: version, Memory: memory()})
	if err != nil {
		return nil, errors.Join(err, drop())
	}
	r := &rig{engine: e, dir: dir, ended: make(chan error, 1), stop: []func() error{drop}}
	if err := stock(ctx, e, dir, shop); err != nil {
		return nil, errors.Join(err, e.Close(), drop())
	}
	running, cancel := context.WithCancel(ctx)
	go func() { r.ended <- e.Run(running) }()
	r.stop = append(r.stop, e.Close, func() error { cancel(); return <-r.ended })
	handler := r.served.Around(e.Handler())
	if !l.HTTP {
		r.send = direct(handler, e.LocalKey())
		return r, nil
	}
	serveWide()
	if err := r.listen(handler); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// stock publishes the synthetic bundle and loads its products.
func stock(ctx context.Context, e *engine.Engine, dir string, shop bench.Shop) error {
	path, err := writeFile(dir, "bundle.yaml", func(w io.Writer) error { return shop.Write(w) })
	if err != nil {
		return err
	}
	bundle, err := engine.LoadBundle([]string{path})
	if err != nil {
		return err
	}
	if _, err := e.Apply(ctx, bundle, "bench"); err != nil {
		return err
	}
	if path, err = writeFile(dir, "products.csv", bench.ProductFile); err != nil {
		return err
	}
	_, err = e.LoadProducts(ctx, path)
	return err
}

// close stops what was started, last first.
func (r *rig) close() error {
	var all []error
	for i := len(r.stop) - 1; i >= 0; i-- {
		all = append(all, r.stop[i]())
	}
	return errors.Join(all...)
}

// memo is a response kept in memory.
type memo struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (m *memo) Header() http.Header         { return m.header }
func (m *memo) WriteHeader(status int)      { m.status = status }
func (m *memo) Write(p []byte) (int, error) { return m.body.Write(p) }

// direct calls the handler without a connection.
func direct(h http.Handler, key string) func(method, path, contentType string, body []byte) (int, []byte, error) {
	return func(method, path, contentType string, body []byte) (int, []byte, error) {
		req, err := authorised(method, "http://boon.local"+path, key, contentType, body)
		if err != nil {
			return 0, nil, err
		}
		m := &memo{header: http.Header{}, status: http.StatusOK}
		h.ServeHTTP(m, req)
		return m.status, m.body.Bytes(), nil
	}
}

func authorised(method, url, key, contentType string, body []byte) (*http.Request, error) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", contentType)
	return req, nil
}

// listen serves on a port of the loopback.
func (r *rig) listen(h http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) //nolint:errcheck // it ends with the rig
	client := bench.NewClient(listener.Addr().String(), r.engine.LocalKey())
	r.stop = append(r.stop, server.Close, client.Close)
	r.send = client.Send
	return nil
}

// post sends JSON and expects success.
func (r *rig) post(path string, body []byte) ([]byte, error) {
	status, answer, err := r.send(http.MethodPost, path, "application/json", body)
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("%s answered %w", path, problem(status, answer))
	}
	return answer, err
}

// weight is what lives on the heap and what the data folder holds, bytes.
func (r *rig) weight() (heap uint64, disk int64, err error) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	err = filepath.WalkDir(r.dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // a compaction took the file away meanwhile
		}
		if info, err := d.Info(); err == nil {
			disk += info.Size()
		}
		return nil
	})
	return m.HeapAlloc, disk, err
}

// settle waits until every event is applied.
func (r *rig) settle(ctx context.Context) error { return r.await(ctx, "boon_apply_lag_events", 1) }

// rest waits until no table is merged any more: one merge may bring up the next.
func (r *rig) rest(ctx context.Context) error { return r.await(ctx, "boon_merges_running", 100) }

// await waits until a gauge is 0 so many times in a row.
func (r *rig) await(ctx context.Context, gauge string, times int) error {
	for seen := 0; ; {
		_, page, err := r.send(http.MethodGet, "/metrics", "", nil)
		if err != nil {
			return err
		}
		if seen++; !bytes.Contains(page, []byte("\n"+gauge+" 0\n")) {
			seen = 0
		}
		if seen == times {
			return nil
		}
		select {
		case err := <-r.ended:
			return errors.Join(fmt.Errorf("the engine stopped"), err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// withRig runs fn on a rig in a folder that is removed afterwards.
func withRig(ctx context.Context, l load, shop bench.Shop, fn func(*rig) error) error {
	dir, drop, err := l.folder()
	if err != nil {
		return err
	}
	defer drop()
	r, err := newRig(ctx, dir, l, shop)
	if err != nil {
		return err
	}
	return errors.Join(fn(r), r.close())
}
