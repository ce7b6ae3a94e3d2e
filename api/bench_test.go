package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"boon"
)

// discard is a response writer that keeps nothing, so that a benchmark counts the handler only.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

func serve(b *testing.B, h http.Handler, path, body string) {
	b.Helper()
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		r := httptest.NewRequest("POST", path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+fullKey)
		w := &discard{header: http.Header{}}
		h.ServeHTTP(w, r)
		if w.status != 200 {
			b.Fatal(w.status)
		}
	}
}

// BenchmarkDecision is everything around a decision: a decider that only answers.
func BenchmarkDecision(b *testing.B) {
	e := newEngine()
	grant := testGrant()
	e.picks = []boon.Pick{{Placement: "cart_drawer", Outcome: boon.OutcomeOffer, Reason: boon.ReasonWon, Offer: "ten-off",
		Reward: boon.RewardPercentage, Level: 10 * boon.Unit, Propensity: 0.31, Grant: &grant}}
	body := strings.Replace(cartDecision, `"anonymousId":"a1",`, "", 1)
	serve(b, e.handler(), "/v1/decisions", body)
}

// BenchmarkTrack is everything around one event: a log that only answers.
func BenchmarkTrack(b *testing.B) {
	e := newEngine()
	h := e.handler()
	defer func() { e.messages = nil }()
	serve(b, h, "/v1/track", sampleEvent(1))
}

// BenchmarkBatch is the same for a hundred events in one call.
func BenchmarkBatch(b *testing.B) {
	events := make([]string, 100)
	for i := range events {
		events[i] = sampleEvent(i)
	}
	serve(b, newEngine().handler(), "/v1/batch", `{"batch":[`+strings.Join(events, ",")+`]}`)
}

func sampleEvent(i int) string {
	return fmt.Sprintf(`{"type":"track","event":"Product Viewed","messageId":"m%d","anonymousId":"a1","timestamp":"2026-01-05T12:00:00Z",
 "context":{"userAgent":"Mozilla/5.0","locale":"en-US","page":{"url":"https://shop.example/p/A1"}},
 "properties":{"product_id":"A1","sku":"A1","category":"GROCERY","name":"Beans","price":1.99,"currency":"USD","quantity":1}}`, i)
}

// BenchmarkDecodeDecision reads the request of a cart of four lines.
func BenchmarkDecodeDecision(b *testing.B) {
	line := `{"sku":"B0278","category":"PASTRY/CAKES","quantity":2,"price":"17.36"}`
	body := []byte(`{"profile":{"userId":"u1"},"placements":["cart"],"context":{"channel":"web","country":"US"},"cart":{"shipping":"4.00","lines":[` +
		strings.Repeat(line+",", 3) + line + `]}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := decodeDecision(body, "USD"); err != nil {
			b.Fatal(err)
		}
	}
}
