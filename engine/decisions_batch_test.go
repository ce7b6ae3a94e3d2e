package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// A batch answers the bytes of single calls: in rehearsal, when it is asked in earnest for the first time, and when it is asked again.
func TestABatchAnswersAsSingleCalls(t *testing.T) {
	s := open(t, "../examples/boutique")
	const n = 20
	ask := func(i int, rest string) string {
		return fmt.Sprintf(`{"profile":{"userId":"batch-%d"},"placements":["checkout","cart-drawer"],"trigger":"exit-intent","context":{"channel":"web","country":"US"},%s%s}`, i%15, cart, rest)
	}
	together := func(key, rest string) (decisions []json.RawMessage) {
		requests := make([]string, n)
		for i := range requests {
			requests[i] = ask(i, fmt.Sprintf(`,"idempotencyKey":"%s-%d"%s`, key, i, rest))
		}
		var out struct{ Decisions []json.RawMessage }
		if err := json.Unmarshal(s.want(200, serverKey, "POST", "/v1/decisions:batch", `{"requests":[`+strings.Join(requests, ",")+`]}`).raw, &out); err != nil {
			t.Fatal(err)
		}
		return out.Decisions
	}
	const rehearsal = `,"dryRun":true,"explain":true,"now":"2026-06-01T12:00:00Z"`
	for i, got := range together("dry", rehearsal) {
		want := s.want(200, serverKey, "POST", "/v1/decisions", ask(i, rehearsal), "Idempotency-Key", fmt.Sprintf("dry-%d", i)).raw
		if !bytes.Equal(got, bytes.TrimSuffix(want, []byte("\n"))) {
			t.Fatalf("request %d:\n%s\nsingle:\n%s", i, got, want)
		}
	}
	earnest := together("real", "")
	live := 0
	for i, got := range earnest {
		live += bytes.Count(got, []byte(`"live":true`))
		id := answer{body: map[string]any{}}
		if err := json.Unmarshal(got, &id.body); err != nil {
			t.Fatal(err)
		}
		record := s.want(200, serverKey, "GET", "/v1/decisions/"+id.text("decisionId"), "")
		if !bytes.Contains(record.raw, []byte(id.text("decisionId"))) {
			t.Errorf("request %d has no record", i)
		}
	}
	if live == 0 {
		t.Error("requests of one batch do not see what those before them were granted")
	}
	for i, again := range together("real", "") {
		if !bytes.Equal(again, earnest[i]) {
			t.Errorf("request %d, repeated:\n%s\nfirst:\n%s", i, again, earnest[i])
		}
	}
	s.ledgerHolds()
}
