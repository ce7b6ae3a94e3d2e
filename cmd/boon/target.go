package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"boon/engine"
)

// target says which engine a command speaks to.
type target struct {
	URL  string `help:"Address of a running server." placeholder:"http://127.0.0.1:8080"`
	Key  string `help:"Server key for --url." env:"BOON_API_KEY"`
	Data string `help:"Data folder of an engine that is stopped." type:"path" placeholder:"DIR"`
	ledger
}

// ledger says where the system of record is.
type ledger struct {
	Ledger      string `env:"BOON_LEDGER" help:"Where money, wallet, codes and configuration are: sqlite (in the data folder), or the PostgreSQL database that several servers share." placeholder:"postgres://USER@HOST/DB"`
	WrappingKey string `env:"BOON_WRAPPING_KEY" type:"path" help:"File with the key (64 hex digits) that the instance key is wrapped under." placeholder:"FILE"`
}

// shared says whether it is one of several servers.
func (l ledger) shared() bool { return l.Ledger != "" && l.Ledger != "sqlite" }

// client speaks the HTTP API.
type client struct {
	base, key string
	send      func(*http.Request) (*http.Response, error)
	stream    func(*http.Request) (*http.Response, error) // the same, the body read while it is written
	close     func() error
}

// Validate implements kong's check of a command line.
func (t target) Validate() error {
	switch {
	case t.URL != "" && t.Data != "":
		return errors.New("give --url or --data, not both")
	case t.URL != "":
		return address(t.URL)
	case t.Data == "" && !t.shared():
		return errors.New("give --url URL of a running server, --data DIR of one that is stopped, or --ledger URL of several")
	}
	return nil
}

// open reaches the engine that is there.
func (t target) open(ctx context.Context) (*client, error) {
	if t.URL != "" {
		return &client{base: strings.TrimSuffix(t.URL, "/"), key: t.Key, send: http.DefaultClient.Do, stream: http.DefaultClient.Do, close: func() error { return nil }}, nil
	}
	return t.openHere(ctx, true)
}

// openHere runs an engine of our own: on the folder, or, where only a shared ledger is named, on one that is thrown away.
func (t target) openHere(ctx context.Context, mustExist bool) (*client, error) {
	config := engine.Config{Data: t.Data, Ledger: t.Ledger, WrappingKey: t.WrappingKey, MustExist: mustExist}
	if t.Data != "" {
		return openFolder(ctx, config)
	}
	dir, err := os.MkdirTemp("", "boon-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the log: %w", err)
	}
	config.Data, config.Scratch = dir, true
	c, err := openFolder(ctx, config)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	closed := c.close
	c.close = func() error { return errors.Join(closed(), os.RemoveAll(dir)) }
	return c, nil
}

// openOrMake makes an engine in a folder that is absent or empty.
func (t target) openOrMake(ctx context.Context) (*client, error) {
	if t.URL != "" {
		return t.open(ctx)
	}
	inside, err := os.ReadDir(t.Data)
	empty := errors.Is(err, fs.ErrNotExist) || err == nil && len(inside) == 0
	return t.openHere(ctx, t.Data != "" && !empty)
}

// openFolder runs an engine of our own behind the same handler that a server has. What a command puts onto the log is applied at once, unless a
// replay was interrupted there: its events are left for its own command to go on with.
func openFolder(ctx context.Context, config engine.Config) (*client, error) {
	e, err := engine.Open(ctx, config)
	if err != nil {
		return nil, err
	}
	handler, current := e.Handler(), e.Current()
	send := func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if !current {
			return w.Result(), nil
		}
		return w.Result(), e.CatchUp(ctx)
	}
	return &client{base: "http://boon.local", key: e.LocalKey(), send: send, stream: func(r *http.Request) (*http.Response, error) { return piped(handler, r), nil }, close: e.Close}, nil
}

// call sends a request and decodes its JSON answer into out (a *[]byte takes it as it is); a problem document becomes an error.
func (c *client) call(ctx context.Context, method, path, contentType string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return c.do(req, out)
}

// do sends a request under the client's key and decodes the answer as call does.
func (c *client) do(req *http.Request, out any) error {
	authorize(req, c.key)
	resp, err := c.send(req)
	if err != nil {
		return unreachable(c.base, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read answer of %s: %w", req.URL.Path, err)
	}
	if resp.StatusCode >= 400 {
		return problem(resp.StatusCode, data)
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = data
		return nil
	}
	return json.Unmarshal(data, out)
}

func problem(status int, data []byte) error {
	var p struct{ Title, Detail, Field string }
	if err := json.Unmarshal(data, &p); err != nil || p.Detail == "" && p.Title == "" {
		return fmt.Errorf("the server answered %d: %s", status, bytes.TrimSpace(data))
	}
	if p.Detail == "" {
		p.Detail = p.Title
	}
	if status == http.StatusUnauthorized {
		return fmt.Errorf("%s; give the server's key by --key, or set BOON_API_KEY", strings.TrimSuffix(p.Detail, "."))
	}
	if p.Field != "" {
		return fmt.Errorf("%s: %s", p.Field, p.Detail)
	}
	return fmt.Errorf("%s", p.Detail)
}

// writeJSON prints one JSON document.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// printJSON prints an answer as it came, indented.
func printJSON(w io.Writer, data []byte) error {
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(data), "", "  "); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	out.WriteByte('\n')
	_, err := w.Write(out.Bytes())
	return err
}
