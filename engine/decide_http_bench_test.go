package engine

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"boon/bench"
)

// BenchmarkDecideHTTP is the load test's call before its commit, without its connection: of ten thousand offers 20 match.
func BenchmarkDecideHTTP(b *testing.B) {
	e := openWith(b, synthetic(b, bench.Shop{Offers: 10_000, Matching: 20}))
	fillShelf(b, e)
	call := calling(b, e, fmt.Sprintf(`{"profile":{"userId":"shopper-7"},"placements":["place-0"],"trigger":"checkout-started",
"context":{"channel":"web","device":"mobile","country":"US"},"cart":{%s},"dryRun":true}`, bench.Lines(7, 4)))
	b.ReportAllocs()
	for b.Loop() {
		call()
	}
}

// fillShelf puts the load test's products on the shelf.
func fillShelf(tb testing.TB, e *Engine) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "products.csv")
	file, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := bench.ProductFile(file); err != nil {
		tb.Fatal(err)
	}
	if err := file.Close(); err != nil {
		tb.Fatal(err)
	}
	if _, err := e.LoadProducts(tb.Context(), path); err != nil {
		tb.Fatal(err)
	}
}

// calling asks for a decision, time after time, by a request that is there already.
func calling(tb testing.TB, e *Engine, body string) (call func()) {
	h, text := e.Handler(), strings.NewReader(body)
	r := httptest.NewRequest(http.MethodPost, "/v1/decisions", text)
	r.Header.Set("Authorization", "Bearer "+e.LocalKey())
	return func() {
		_, _ = text.Seek(0, io.SeekStart)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusOK {
			tb.Fatal(w.Code, w.Body)
		}
	}
}
