package clients_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"boon/engine"
)

const apiKey = "server-key"

// start runs a real engine behind a real port, with the bundles that are named.
func start(t testing.TB, bundles ...string) (url, writeKey string) {
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
	if len(bundles) > 0 {
		bundle, err := engine.LoadBundle(bundles)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Apply(ctx, bundle, "test"); err != nil {
			t.Fatal(err)
		}
	}
	return server.URL, "public-write-key"
}

// runNode runs the tests of an npm client against the server that the environment names.
func runNode(t *testing.T, folder string, environment ...string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		t.Skip("the npm client is not installed: make test installs it")
	}
	cmd := exec.Command(node, "--test", "--test-reporter=tap")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), environment...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("node --test: %v\n%s", err, out)
	}
	if text := string(out); !strings.Contains(text, "# skipped 0") || strings.Contains(text, "# pass 0") {
		t.Fatalf("node ran no test:\n%s", text)
	}
}
