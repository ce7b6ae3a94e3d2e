package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"boon"
)

// discard is a response writer that keeps nothing but the head.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// again gives a call that posts the body, time after time: the request and the answer's head are there already, so that only what the handler
// allocates is counted.
func again(tb testing.TB, e *engine, path, body string) (call func()) {
	h, text := e.handler(), strings.NewReader(body)
	r := httptest.NewRequest("POST", path, text)
	r.Header.Set("Authorization", "Bearer "+fullKey)
	w := &discard{header: http.Header{}}
	return func() {
		text.Reset(body)
		clear(w.header)
		e.messages = e.messages[:0]
		if h.ServeHTTP(w, r); w.status != http.StatusOK {
			tb.Fatal(w.status)
		}
	}
}

func serve(b *testing.B, e *engine, path, body string) {
	b.Helper()
	call := again(b, e, path, body)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		call()
	}
}

// BenchmarkDecision is everything around a decision: a decider that only answers.
func BenchmarkDecision(b *testing.B) {
	serve(b, offering(), "/v1/decisions", oneDecision)
}

var oneDecision = strings.NewReplacer(`"anonymousId":"a1",`, "", `{"name":"vip"}`, `"vip"`, `,"unknown":1`, "").Replace(cartDecision)

func offering() *engine {
	e, grant := newEngine(), testGrant()
	e.picks = []boon.Pick{{Placement: "cart_drawer", Outcome: boon.OutcomeOffer, Reason: boon.ReasonWon, Offer: "ten-off",
		Reward: boon.RewardPercentage, Level: 10 * boon.Unit, Propensity: 0.31, Grant: &grant}}
	return e
}

// TestTheEdgeAllocates guards what a call allocates around the engine.
func TestTheEdgeAllocates(t *testing.T) {
	for _, c := range []struct {
		e          *engine
		path, body string
		most       float64
	}{
		{offering(), "/v1/decisions", oneDecision, 65}, // 49
		{newEngine(), "/v1/track", sampleEvent(1), 30}, // 21
	} {
		if got := testing.AllocsPerRun(100, again(t, c.e, c.path, c.body)); got > c.most {
			t.Errorf("%s: %.0f allocations, at most %.0f are expected", c.path, got, c.most)
		}
	}
}

// BenchmarkTrack is everything around one event: a log that only answers.
func BenchmarkTrack(b *testing.B) {
	serve(b, newEngine(), "/v1/track", sampleEvent(1))
}

// BenchmarkBatch is the same for a hundred events in one call.
func BenchmarkBatch(b *testing.B) {
	events := make([]string, 100)
	for i := range events {
		events[i] = sampleEvent(i)
	}
	serve(b, newEngine(), "/v1/batch", `{"batch":[`+strings.Join(events, ",")+`]}`)
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
