package api

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"boon"
)

func (e *engine) Flags() (placements, experiments []string) {
	return []string{"cart_drawer", "depth"}, []string{"depth", "arms"}
}

// picked is what the fake engine decides: an offer with a grant made now, in the first of two places.
func picked() []boon.Pick {
	grant := testGrant()
	return []boon.Pick{
		{Placement: "cart_drawer", Outcome: boon.OutcomeOffer, Reason: boon.ReasonWon, Offer: "ten-off", Reward: boon.RewardPercentage,
			Level: 10 * boon.Unit, Propensity: 0.31, Grant: &grant, Message: boon.Message{Title: "10% off", Body: "Until Friday"}},
		{Placement: "cart_drawer", Outcome: boon.OutcomeNudge, Reason: boon.ReasonWon, Offer: "proof", Reward: boon.RewardNudge, Propensity: 1},
	}
}

const evaluateFlag = "/ofrep/v1/evaluate/flags/"

// An evaluation context is a decision's request on one level.
func TestWhatAnEvaluationAsks(t *testing.T) {
	e := newEngine()
	e.picks = picked()
	w := call(t, e.handler(), "POST", evaluateFlag+"cart_drawer", fullKey, `{"context":{"targetingKey":"session-7","userId":"u1","anonymousId":"a1",
		"trigger":"exit_intent","channel":"web","device":"mobile","country":"US","sku":"A1","team":{"name":"x"},
		"cart":{"currency":"USD","lines":[{"sku":"A1","quantity":2,"price":"129.00"}]}}}`)
	wantStatus(t, w, 200)
	var got, want bytes.Buffer
	for buf, r := range map[*bytes.Buffer]boon.Request{&got: e.request, &want: {
		ID: e.request.ID, At: noon, Trusted: true, Placements: []string{"cart_drawer"}, Trigger: "exit_intent", SKU: "A1",
		Identifiers: []boon.Identifier{testID(boon.NamespaceUser, "u1"), testID(boon.NamespaceAnonymous, "a1")},
		Context:     boon.Context{Channel: "web", Device: "mobile", Country: "US"},
		Cart:        boon.Order{Currency: "USD", Total: 25800, Lines: []boon.Line{{ID: "1", SKU: "A1", Quantity: 2, Price: 129 * boon.Unit}}},
	}} {
		if err := json.NewEncoder(buf).Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if got.String() != want.String() {
		t.Errorf("asked %s\nwant %s", &got, &want)
	}
	if len(e.asserted) != 1 {
		t.Error("a server key that names two ids asserts that they are one person")
	}
}

func TestWhoATargetingKeyIs(t *testing.T) {
	for context, want := range map[string]boon.Identifier{
		`{"targetingKey":"u1"}`:                   testID(boon.NamespaceUser, "u1"),
		`{"targetingKey":"user:u1"}`:              testID(boon.NamespaceUser, "u1"),
		`{"targetingKey":"anonymous:a1"}`:         testID(boon.NamespaceAnonymous, "a1"),
		`{"targetingKey":"email:a@b.example"}`:    testID(boon.NamespaceEmail, "a@b.example"),
		`{"targetingKey":"urn:u1"}`:               testID(boon.NamespaceUser, "urn:u1"),
		`{"targetingKey":"x","anonymousId":"a1"}`: testID(boon.NamespaceAnonymous, "a1"),
	} {
		e := newEngine()
		e.picks = picked()
		wantStatus(t, call(t, e.handler(), "POST", evaluateFlag+"cart_drawer", fullKey, `{"context":`+context+`}`), 200)
		if len(e.request.Identifiers) != 1 || e.request.Identifiers[0] != want {
			t.Errorf("%s is %v", context, e.request.Identifiers)
		}
	}
}

func TestWhatAnEvaluationAnswers(t *testing.T) {
	e := newEngine()
	e.picks = picked()
	h := e.handler()
	body := `{"context":{"targetingKey":"u1"}}`
	w := call(t, h, "POST", evaluateFlag+"cart_drawer", "", body, "X-API-Key", fullKey)
	wantStatus(t, w, 200)
	var story bytes.Buffer
	if err := json.Indent(&story, bytes.ReplaceAll(w.Body.Bytes(), []byte(e.request.ID), []byte("dec_ID")), "", " "); err != nil {
		t.Fatal(err)
	}
	golden(t, "evaluation.golden", story.Bytes())
	if e.request.DryRun {
		t.Error("one placement is decided, not rehearsed")
	}
	w = call(t, h, "POST", evaluateFlag+"cart_drawer", fullKey, `{"context":{"targetingKey":"u1","dryRun":true}}`)
	if !e.request.DryRun || strings.Contains(w.Body.String(), `"grant"`) || strings.Contains(w.Body.String(), "decisionId") || !strings.Contains(w.Body.String(), `"dryRun":true`) {
		t.Errorf("a rehearsal shows a grant that was not made: %s", w.Body)
	}
	e.picks = []boon.Pick{{Placement: "cart_drawer", Outcome: boon.OutcomeHoldout, Reason: boon.ReasonHoldout, Offer: "ghost", Reward: boon.RewardPercentage}}
	w = call(t, h, "POST", evaluateFlag+"cart_drawer", fullKey, body)
	if got := w.Body.String(); strings.Contains(got, "ghost") || !strings.Contains(got, `"variant":"none","reason":"SPLIT"`) {
		t.Error(got)
	}
}

// An experiment is its arm, and asking for it decides nothing.
func TestExperimentsAreFlags(t *testing.T) {
	e := newEngine()
	e.arms = []boon.Assigned{{Key: "depth", Arm: "deep"}, {Key: "arms", Arm: "a"}}
	h := e.handler()
	for key, want := range map[string]string{
		"arms":             `{"key":"arms","value":"a","variant":"a","reason":"SPLIT","metadata":{"profileId":"prf_1","release":"rel_1"}}`,
		"experiment.depth": `{"key":"experiment.depth","value":"deep","variant":"deep","reason":"SPLIT","metadata":{"profileId":"prf_1","release":"rel_1"}}`,
	} {
		w := call(t, h, "POST", evaluateFlag+key, fullKey, `{"context":{"targetingKey":"u1"}}`)
		if got := strings.TrimSpace(w.Body.String()); got != want || !e.request.DryRun || len(e.request.Placements) > 0 {
			t.Errorf("%s is %s", key, got)
		}
	}
}

// All flags at once are a rehearsal, and equal questions get an equal answer, so that a client that has it is told so.
func TestAllFlagsAtOnce(t *testing.T) {
	e := newEngine()
	e.picks, e.arms = picked(), []boon.Assigned{{Key: "depth", Arm: "deep"}, {Key: "arms", Arm: "a"}}
	h := e.handler()
	all := func(body string, headers ...string) (status int, tag, answer string) {
		w := call(t, h, "POST", "/ofrep/v1/evaluate/flags", fullKey, body, headers...)
		return w.Code, w.Header().Get("ETag"), w.Body.String()
	}
	body := `{"context":{"targetingKey":"u1"}}`
	status, tag, answer := all(body)
	var got struct {
		Flags []struct{ Key, Variant string }
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil || status != 200 || !e.request.DryRun {
		t.Fatalf("%d %s", status, answer)
	}
	if keys := got.Flags; len(keys) != 4 || keys[0].Variant != "ten-off" || keys[1].Key != "depth" || keys[2].Key != "experiment.depth" || keys[3].Variant != "a" {
		t.Errorf("%+v", keys)
	}
	asked := e.request.ID
	e.now = e.now.Add(time.Minute)
	if status, again, answer := all(body, "If-None-Match", `"other", W/`+tag); status != 304 || again != tag || answer != "" || e.request.ID != asked {
		t.Errorf("%d %s %s", status, again, answer)
	}
	if status, again, _ := all(`{"context":{"targetingKey":"u2"}}`, "If-None-Match", `"other"`); status != 200 || again == "" || e.request.ID == asked {
		t.Errorf("%d %s", status, again)
	}
	e.picks[0].Offer = "other"
	if status, again, _ := all(body, "If-None-Match", tag); status != 200 || again == tag {
		t.Errorf("%d %s", status, again)
	}
}

func TestEvaluationsThatFail(t *testing.T) {
	e := newEngine()
	e.picks = picked()
	h := e.handler()
	token := mint(t, h, `{"userId":"u1"}`)
	for _, c := range []struct {
		path, key, body string
		status          int
		code            string
	}{
		{evaluateFlag + "cart_drawer", fullKey, `{"context":`, 400, "PARSE_ERROR"},
		{evaluateFlag + "cart_drawer", fullKey, ``, 400, "TARGETING_KEY_MISSING"},
		{evaluateFlag + "cart_drawer", fullKey, `{"context":{"plan":"gold"}}`, 400, "TARGETING_KEY_MISSING"},
		{evaluateFlag + "cart_drawer", fullKey, `{"context":{"targetingKey":"null"}}`, 400, "INVALID_CONTEXT"},
		{evaluateFlag + "cart_drawer", fullKey, `{"context":{"targetingKey":"u1","country":7}}`, 400, "INVALID_CONTEXT"},
		{evaluateFlag + "cart_drawer", fullKey, `{"context":{"targetingKey":"u1","cart":{"lines":[{}]}}}`, 400, "INVALID_CONTEXT"},
		{evaluateFlag + "unheard", fullKey, `{"context":{"targetingKey":"u1"}}`, 404, "FLAG_NOT_FOUND"},
		{evaluateFlag + "cart_drawer", token, `{"context":{"targetingKey":"u2"}}`, 403, "GENERAL"},
		{evaluateFlag + "cart_drawer", token, `{"context":{"dryRun":true}}`, 403, "GENERAL"},
		{"/ofrep/v1/evaluate/flags", fullKey, `{}`, 400, "TARGETING_KEY_MISSING"},
		{"/ofrep/v1/evaluate/flags", fullKey, `[]`, 400, "INVALID_CONTEXT"},
		{evaluateFlag + "cart_drawer", "nobody", `{}`, 401, ""},
		{evaluateFlag + "cart_drawer", readKey, `{}`, 403, ""},
		{evaluateFlag + "cart_drawer", browseKey, `{}`, 403, ""},
	} {
		w := call(t, h, "POST", c.path, c.key, c.body)
		var got struct {
			Key, ErrorCode, ErrorDetails string
			Status                       int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		key, _ := strings.CutPrefix(c.path, evaluateFlag)
		if w.Code != c.status || got.Status != c.status || got.ErrorCode != c.code || c.code != "" && (got.ErrorDetails == "" || got.Key != "" && got.Key != key) {
			t.Errorf("%s %s: %d %s", c.path, c.body, w.Code, w.Body)
		}
	}
	for _, path := range []string{evaluateFlag + "cart_drawer", "/ofrep/v1/evaluate/flags"} {
		wantStatus(t, call(t, h, "POST", path, token, `{"context":{"cart":{}}}`), 200) // it names its holder
	}
	e.err = boon.Refuse(boon.ReasonThrottled, "Slower.")
	if w := call(t, h, "POST", evaluateFlag+"cart_drawer", fullKey, `{"context":{"targetingKey":"u1"}}`); w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// What can be no value is refused, one flag or all, and what is odd but may be one is not. A decision takes it as it came.
func TestAnEvaluationRefusesWhatCannotBe(t *testing.T) {
	e := newEngine()
	e.picks = picked()
	h := e.handler()
	for context, field := range map[string]string{
		`"channel":"carrier pigeon"`: "channel", `"channel":"Web"`: "channel", `"country":"ZZ1"`: "country", `"country":"Narnia"`: "country", `"timezone":"Mars/X"`: "timezone", `"timezone":"Local"`: "timezone",
		`"channel":"store","country":"us","timezone":"America/Los_Angeles","region":"CA","device":"fridge"`: "", `"channel":"","country":"","timezone":""`: "", `"timezone":"UTC"`: "",
	} {
		for _, path := range []string{evaluateFlag + "cart_drawer", evaluateFlag + "arms", "/ofrep/v1/evaluate/flags"} {
			e.arms = []boon.Assigned{{Key: "depth", Arm: "deep"}, {Key: "arms", Arm: "a"}}
			w := call(t, h, "POST", path, fullKey, `{"context":{"targetingKey":"u1",`+context+`}}`)
			var got struct{ ErrorCode, ErrorDetails string }
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			refused := w.Code == 400 && got.ErrorCode == "INVALID_CONTEXT" && strings.HasPrefix(got.ErrorDetails, "context."+field+": ")
			if field == "" && w.Code != 200 || field != "" && !refused {
				t.Errorf("%s %s: %d %s", path, context, w.Code, w.Body)
			}
		}
		wantStatus(t, call(t, h, "POST", "/v1/decisions", fullKey, `{"profile":{"userId":"u1"},"placements":["cart_drawer"],"context":{`+context+`}}`), 200)
	}
}

// A context is one level to whoever writes it, and so it is in what they are told.
func TestAnEvaluationNamesTheAttributeThatDoesNotFit(t *testing.T) {
	h := newEngine().handler()
	for _, attribute := range []string{"targetingKey", "userId", "country", "cart", "dryRun"} {
		w := call(t, h, "POST", evaluateFlag+"cart_drawer", fullKey, `{"context":{"`+attribute+`":7}}`)
		var got struct{ Field string }
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 400 || got.Field != "context."+attribute {
			t.Errorf("%s: %d %s", attribute, w.Code, w.Body)
		}
	}
}

// X-API-Key opens evaluations alone.
func TestAnAPIKeyHeaderOpensNothingElse(t *testing.T) {
	w := call(t, newEngine().handler(), "POST", "/v1/decisions", "", `{"profile":{"userId":"u1"},"placements":["p"]}`, "X-API-Key", fullKey)
	wantStatus(t, w, 401)
}
