package engine_test

import "testing"

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
