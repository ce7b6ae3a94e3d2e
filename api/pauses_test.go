package api

import (
	"context"
	"strings"
	"testing"

	"boon"
)

// stops is the engine as the ports of pauses and alarms.
type stops struct {
	*engine
	paused []boon.Pause
}

func (s *stops) Pause(_ context.Context, p boon.Pause) (boon.Pause, bool, error) {
	if p.ID == "nothing" {
		return p, false, boon.Refuse(boon.ReasonNotFound, "the bundle has no %s", p)
	}
	for _, old := range s.paused {
		if old.String() == p.String() {
			return old, false, s.err
		}
	}
	s.paused = append(s.paused, p)
	return p, true, s.err
}

func (s *stops) Resume(_ context.Context, h boon.Halt, _, _ string) error {
	for i, p := range s.paused {
		if p.String() == h.String() {
			s.paused = append(s.paused[:i], s.paused[i+1:]...)
			return s.err
		}
	}
	return boon.Refuse(boon.ReasonNotFound, "%s: there is no such pause", h)
}

func (s *stops) Untouched(_ context.Context, h boon.Halt) string {
	if h.ID == "shoes" {
		return "nothing is in it"
	}
	return ""
}

func (s *stops) Pauses(context.Context) ([]boon.Pause, error) { return s.paused, s.err }

func (s *stops) AlarmsAfter(_ context.Context, after int64, _ int) ([]boon.StoredAlarm, error) {
	if after >= 7 {
		return nil, s.err
	}
	return []boon.StoredAlarm{{Seq: 7, Alarm: boon.Alarm{ID: "alm_1", At: noon, Rule: "stop_loss", Subject: "offer x", Detail: "too deep"}}}, s.err
}

func (s *stops) AlarmCounts(context.Context) (map[string]int64, error) {
	return map[string]int64{"stop_loss": 1}, s.err
}

func (s *stops) AlarmSecret() string { return "whsec_x" }

func TestPausesAndAlarms(t *testing.T) {
	e := newEngine()
	ports := e.ports()
	h := New(Config{TokenKey: make([]byte, 32)}, ports)
	for _, c := range []struct {
		key, method, path, body string
		status                  int
		want                    string
	}{
		{fullKey, "POST", "/v1/pauses", `{"offer":"x","reason":"wrong","honour":false}`, 201, `"kind":"offer","id":"x",`},
		{fullKey, "POST", "/v1/pauses", `{"offer":"x","reason":"again"}`, 200, `"by":"full","reason":"wrong","honour":false}`},
		{fullKey, "POST", "/v1/pauses", `{"all":true,"reason":"fire"}`, 201, `"honour":true`},
		{fullKey, "POST", "/v1/pauses", `{"offer":"nothing","reason":"r"}`, 404, `/problems/not_found`},
		{fullKey, "POST", "/v1/pauses", `{"offer":"x","campaign":"y","reason":"r"}`, 400, `"field":"offer"`},
		{fullKey, "POST", "/v1/pauses", `{"offer":"x","reason":"r","honor":false}`, 400, `"field":"honor"`},
		{fullKey, "POST", "/v1/pauses", `{"offer":"x"}`, 400, `"field":"reason"`},
		{fullKey, "POST", "/v1/pauses", `{"all":true,"channel":"sms","reason":"r"}`, 400, `"field":"offer"`},
		{fullKey, "POST", "/v1/pauses", `{"category":"GROCERY/WINE","reason":"r"}`, 201, `"kind":"category","id":"GROCERY/WINE",`},
		{fullKey, "POST", "/v1/pauses", `{"category":"shoes","reason":"r"}`, 201, `"honour":true,"warning":"nothing is in it"}`},
		{fullKey, "DELETE", "/v1/pauses?category=shoes", ``, 200, `{"done":true}`},
		{fullKey, "DELETE", "/v1/pauses?category=GROCERY/WINE", ``, 200, `{"done":true}`},
		{readKey, "POST", "/v1/pauses", `{"all":true,"reason":"r"}`, 403, `/problems/forbidden`},
		{readKey, "GET", "/v1/pauses", ``, 200, `{"pauses":[{"kind":"offer","id":"x"`},
		{fullKey, "DELETE", "/v1/pauses?offer=x&reason=fixed", ``, 200, `{"done":true}`},
		{fullKey, "DELETE", "/v1/pauses?offer=x", ``, 404, `/problems/not_found`},
		{fullKey, "DELETE", "/v1/pauses", ``, 400, `/problems/invalid_request`},
		{fullKey, "DELETE", "/v1/pauses?all=1", ``, 200, `{"done":true}`},
		{readKey, "DELETE", "/v1/pauses?all=1", ``, 403, `/problems/forbidden`},
		{readKey, "GET", "/v1/alarms?after=0", ``, 200, `{"alarms":[{"seq":7,"id":"alm_1"`},
		{readKey, "GET", "/v1/alarms?after=7", ``, 200, `{"alarms":[]}`},
		{readKey, "GET", "/v1/alarms?after=-1", ``, 400, `"field":"after"`},
		{readKey, "GET", "/v1/alarms/secret", ``, 403, `/problems/forbidden`},
		{fullKey, "GET", "/v1/alarms/secret", ``, 200, `{"secret":"whsec_x"}`},
		{readKey, "GET", "/metrics", ``, 200, `boon_alarms_total{rule="stop_loss"} 1`},
	} {
		w := call(t, h, c.method, c.path, c.key, c.body, "Content-Type", "application/json")
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s %s %s: %d %s, want %d and %s", c.method, c.path, c.body, w.Code, w.Body, c.status, c.want)
		}
	}
}
