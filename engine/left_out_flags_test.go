package engine_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"boon"
)

// A flag says how many offers the shop's bound left out too, and says it to servers only.
func TestAFlagSaysWhatWasLeftOut(t *testing.T) {
	s := openText(t, `{kind: Shop, id: s, currency: USD, timezone: UTC, regime: {default: opt-out}, candidates: 1}
---
{kind: Placement, id: p, channel: web}
---
{kind: Offer, id: a, reward: {type: nudge, nudge: social_proof}, placements: [p]}
---
{kind: Offer, id: b, reward: {type: nudge, nudge: social_proof}, placements: [p]}
---
{kind: Offer, id: c, reward: {type: nudge, nudge: social_proof}, placements: [p]}
`)
	token := s.want(200, serverKey, "POST", "/v1/tokens", `{"profile":{"userId":"u"}}`).text("token")
	for key, want := range map[string]any{serverKey: 2.0, token: nil} {
		body := `{"context":{"targetingKey":"u"}}`
		if one := s.want(200, key, "POST", "/ofrep/v1/evaluate/flags/p", body); one.at("metadata.leftOut") != want {
			t.Errorf("one flag: want %v: %s", want, one.raw)
		}
		if all := s.want(200, key, "POST", "/ofrep/v1/evaluate/flags", body); all.at("flags.0.metadata.leftOut") != want {
			t.Errorf("all flags: want %v: %s", want, all.raw)
		}
	}
}

// A flag of which all offers are paused says that it is disabled, and with one that is not it does not.
func TestAFlagThatIsPausedSaysSo(t *testing.T) {
	s := openText(t, `{kind: Shop, id: s, currency: USD, timezone: UTC, regime: {default: opt-out}}
---
{kind: Placement, id: p, channel: web}
---
{kind: Offer, id: a, reward: {type: nudge, nudge: social_proof}, placements: [p]}
---
{kind: Offer, id: never, reward: {type: nudge, nudge: social_proof}, placements: [p], channels: [email]}
`)
	for _, c := range []struct{ pause, want string }{{"", "TARGETING_MATCH"}, {`{"offer":"a","reason":"r"}`, "TARGETING_MATCH"}, {`{"all":true,"reason":"r"}`, "DISABLED"}} {
		if c.pause != "" {
			s.want(201, serverKey, "POST", "/v1/pauses", c.pause)
		}
		soon(t, "with "+c.pause+" it is "+c.want, func() bool {
			return s.want(200, serverKey, "POST", "/ofrep/v1/evaluate/flags/p", `{"context":{"targetingKey":"u"}}`).text("reason") == c.want
		})
	}
}

// What the bound left out of a trigger's decision, which nobody called for, is told wherever that decision is: on the stream, among the profile's
// decisions and by the metric.
func TestATriggersDecisionSaysWhatWasLeftOut(t *testing.T) {
	s := openText(t, `{kind: Shop, id: s, currency: USD, timezone: UTC, regime: {default: opt-out}, candidates: 1}
---
{kind: Placement, id: p, channel: web}
---
{kind: Trigger, id: look, when: {event: Product Viewed}}
---
{kind: Offer, id: a, reward: {type: nudge, nudge: social_proof}, triggers: [look], placements: [p]}
---
{kind: Offer, id: b, reward: {type: nudge, nudge: social_proof}, triggers: [look], placements: [p]}
---
{kind: Offer, id: c, reward: {type: nudge, nudge: social_proof}, triggers: [look], placements: [p]}
`)
	l := listen(t, s.url, "", "")
	s.want(200, writeKey, "POST", "/v1/track", `{"event":"Product Viewed","anonymousId":"u","properties":{"sku":"A"}}`)
	h, _ := l.decision()
	var told struct{ LeftOut []boon.LeftOut }
	if err := json.Unmarshal([]byte(h.data), &told); err != nil || len(told.LeftOut) != 1 || told.LeftOut[0].Count != 2 || told.LeftOut[0].Placement != "p" {
		t.Errorf("the stream says %+v (%v): %s", told, err, h.data)
	}
	if a := s.want(200, serverKey, "GET", "/v1/profiles/anonymous:u/decisions", ""); a.at("decisions.0.leftOut.0.count") != 2.0 {
		t.Errorf("the profile's decisions: %s", a.raw)
	}
	page := httptest.NewRecorder()
	s.Handler().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if !strings.Contains(page.Body.String(), "boon_candidates_left_out_total 2\n") {
		t.Error("the metric does not count what a trigger's decision left out")
	}
}
