package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"boon"
)

// batchAnswer is what a batch answered.
type batchAnswer struct {
	Decisions []json.RawMessage
	Problems  []struct {
		Index, Status       int
		Type, Detail, Field string
	}
}

func decideBatch(t *testing.T, e *engine, body string, headers ...string) (out batchAnswer) {
	t.Helper()
	w := call(t, e.handler(), "POST", "/v1/decisions:batch", fullKey, body, headers...)
	wantStatus(t, w, 200)
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Each request stands for itself: what is wrong with one is told by its place, and the others are decided.
func TestABatchOfDecisions(t *testing.T) {
	e := newEngine()
	good := `{"profile":{"userId":"u1","anonymousId":"a1"},"placements":["p"],"explain":true}`
	out := decideBatch(t, e, `{"requests":[`+good+`,{"placements":["p"]},7,null,{"profile":{"userId":"u1"},"placements":["p"],"dryrun":true},
		{"profile":{"userId":"null"},"placements":["p"]},`+good+`]}`)
	if len(out.Decisions) != 7 || len(e.asserted) != 2 {
		t.Fatalf("%s, asserted %v", out.Decisions, e.asserted)
	}
	for i, want := range map[int]string{0: "{", 1: "null", 2: "null", 3: "null", 4: "null", 5: "null", 6: "{"} {
		if got := string(out.Decisions[i]); !strings.HasPrefix(got, want) {
			t.Errorf("%d is %s", i, got)
		}
	}
	var told []string
	for _, p := range out.Problems {
		told = append(told, fmt.Sprint(p.Index, p.Status, p.Type, " ", p.Field))
	}
	want := []string{"1 400/problems/invalid_request profile", "2 400/problems/invalid_request ", "3 400/problems/invalid_request placements",
		"4 400/problems/invalid_request dryrun", "5 400/problems/invalid_request profile.userId"}
	if fmt.Sprint(told) != fmt.Sprint(want) {
		t.Errorf("%q\nwant %q", told, want)
	}
}

func TestABatchOfDecisionsIsBounded(t *testing.T) {
	many := strings.Repeat(`{},`, maxDecisions)
	for body, status := range map[string]int{`{}`: 400, `{"requests":[]}`: 400, `[`: 400, `{"requests":[` + many + `{}]}`: 413, `{"requests":[` + strings.TrimSuffix(many, ",") + `]}`: 200} {
		wantStatus(t, call(t, newEngine().handler(), "POST", "/v1/decisions:batch", fullKey, body), status)
	}
}

// A request of a batch is repeated by its own key, else by the header's and its place.
func TestKeysInABatch(t *testing.T) {
	e := newEngine()
	own := `{"profile":{"userId":"u1"},"placements":["p"],"idempotencyKey":"mine"}`
	decideBatch(t, e, `{"requests":[`+own+`]}`, "Idempotency-Key", "k1")
	mine := e.once
	if !strings.HasSuffix(mine.Key, ":mine") {
		t.Errorf("%+v", mine)
	}
	decideBatch(t, e, `{"requests":[{},`+own+`]}`)
	if e.once != mine {
		t.Errorf("its place changes a request that has a key: %+v", e.once)
	}
	decideBatch(t, e, `{"requests":[{},{"profile":{"userId":"u1"},"placements":["p"]}]}`, "Idempotency-Key", "k1")
	if !strings.HasSuffix(e.once.Key, ":k1/1") {
		t.Errorf("%+v", e.once)
	}
	decideBatch(t, e, `{"requests":[{"profile":{"userId":"u1"},"placements":["p"]}]}`)
	if e.once.Key != "" {
		t.Errorf("without a key every decision is its own: %+v", e.once)
	}
	if out := decideBatch(t, e, `{"requests":[`+strings.Replace(own, "mine", strings.Repeat("k", 256), 1)+`]}`); out.Problems[0].Field != "idempotencyKey" {
		t.Errorf("%+v", out.Problems)
	}
	w := call(t, e.handler(), "POST", "/v1/decisions", fullKey, own)
	if p := problemIn(t, w); w.Code != 400 || p.Field != "idempotencyKey" {
		t.Errorf("a single call that has its key in the body is %d: %+v", w.Code, p)
	}
	for _, replayed := range []bool{false, true} {
		e.replayed = replayed
		w := call(t, e.handler(), "POST", "/v1/decisions:batch", fullKey, `{"requests":[`+own+`]}`)
		if got := w.Header().Get("Idempotent-Replayed") == "true"; got != replayed {
			t.Errorf("it says that it repeats: %t", got)
		}
	}
}

// What goes wrong on our side goes wrong for its request alone, and names the request in the log.
func TestABatchTellsErrorsOfOurs(t *testing.T) {
	e := newEngine()
	e.err = fmt.Errorf("disk: %s", "secret-detail")
	out := decideBatch(t, e, `{"requests":[{"profile":{"userId":"u1"},"placements":["p"]}]}`)
	if p := out.Problems; len(p) != 1 || p[0].Status != 500 || strings.Contains(p[0].Detail, "secret") || string(out.Decisions[0]) != "null" {
		t.Errorf("%+v", out)
	}
	e.err = boon.Refuse(boon.ReasonIdempotencyMismatch, "Another body.")
	if out := decideBatch(t, e, `{"requests":[{"profile":{"userId":"u1"},"placements":["p"]}]}`); out.Problems[0].Status != 422 {
		t.Errorf("%+v", out)
	}
}
