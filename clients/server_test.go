package clients_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"boon/engine"
)

const apiKey = "server-key"

// start runs a real engine behind a real port.
func start(t testing.TB) (url, writeKey string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	e, err := engine.Open(ctx, engine.Config{Data: t.TempDir(), APIKey: apiKey, WriteKey: "public-write-key"})
	if err != nil {
		t.Fatal(err)
	}
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
	return server.URL, "public-write-key"
}
