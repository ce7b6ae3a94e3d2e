package api

import (
	"context"
	"strings"
	"testing"

	"boon"
)

// rulings is the engine as the ports of overrides and holds.
type rulings struct{ *engine }

func (r rulings) Override(_ context.Context, o boon.Override) (boon.Override, error) {
	if o.Offer == "nothing" {
		return o, boon.Refuse(boon.ReasonNotFound, "the bundle has no offer nothing")
	}
	o.At = noon
	return o, r.err
}

func (r rulings) EndOverride(_ context.Context, id, _, _ string) error {
	if id != "wine-week" {
		return boon.Refuse(boon.ReasonNotFound, "there is no override %s", id)
	}
	return r.err
}

func (r rulings) Overrides(context.Context) ([]boon.Override, error) {
	return []boon.Override{{ID: "wine-week", Act: boon.OverridePin, Offer: "x", At: noon, By: "ada", Reason: "r"}}, r.err
}

func held(state boon.HoldState) boon.Hold {
	return boon.Hold{ID: "hld_1", State: state, Grant: boon.Grant{ID: "grt_1", Offer: "x", Level: 10 * boon.Unit, Code: "C1"}, Profile: "prf_1", At: noon}
}

func (r rulings) Holds(context.Context) ([]boon.Hold, error) {
	return []boon.Hold{held(boon.HoldWaiting)}, r.err
}

func (r rulings) ApproveHold(context.Context, string, string, string) (boon.Hold, error) {
	return held(boon.HoldApproved), r.err
}

func (r rulings) RejectHold(_ context.Context, id, by, _ string) (boon.Hold, error) {
	if id == "hld_2" {
		return boon.Hold{}, boon.Refuse(boon.ReasonDecided, "hold hld_2 was approved by ada")
	}
	return held(boon.HoldRejected), r.err
}

func (r rulings) Why(_ context.Context, id string, owners []boon.Identifier) ([]Reason, error) {
	if id != "dec_1" || len(owners) > 0 {
		return nil, boon.Refuse(boon.ReasonNotFound, "there is no decision %s", id)
	}
	return []Reason{{Placement: "p", Offer: "x", Why: "You get this because you asked."}}, r.err
}

func TestOverridesAndHolds(t *testing.T) {
	h := New(Config{TokenKey: make([]byte, 32)}, newEngine().ports())
	for _, c := range []struct {
		key, method, path, body string
		status                  int
		want                    string
	}{
		{fullKey, "PUT", "/v1/overrides/wine-week", `{"act":"pin","offer":"x","segment":"s","placement":"p","until":"2030-01-01T00:00:00+02:00","reason":"r"}`, 200,
			`{"id":"wine-week","act":"pin","offer":"x","segment":"s","placement":"p","until":"2029-12-31T22:00:00Z",`},
		{fullKey, "PUT", "/v1/overrides/u", `{"act":"ban","profile":{"userId":"u1"},"reason":"resells"}`, 200, `"act":"ban","profile":true,`},
		{fullKey, "PUT", "/v1/overrides/u", `{"act":"ban","profile":{},"reason":"resells"}`, 400, `"field":"profile"`},
		{fullKey, "PUT", "/v1/overrides/u", `{"act":"ban","offer":"x","segmnt":"staff","reason":"r"}`, 400, `"field":"segmnt"`},
		{fullKey, "PUT", "/v1/overrides/u", `{"act":"ban","profile":{"userID":"u1","mail":"a@b"},"reason":"r"}`, 400, `"field":"mail"`},
		{fullKey, "PUT", "/v1/overrides/u", `{"act":"pin","offer":"x"}`, 400, `"field":"reason"`},
		{fullKey, "PUT", "/v1/overrides/u", `{"act":"pin","offer":"nothing","reason":"r"}`, 404, `/problems/not_found`},
		{readKey, "PUT", "/v1/overrides/u", `{"act":"pin","offer":"x","reason":"r"}`, 403, `/problems/forbidden`},
		{readKey, "GET", "/v1/overrides", ``, 200, `{"overrides":[{"id":"wine-week","act":"pin"`},
		{fullKey, "DELETE", "/v1/overrides/wine-week?reason=over", ``, 200, `{"done":true}`},
		{fullKey, "DELETE", "/v1/overrides/other", ``, 404, `/problems/not_found`},
		{readKey, "GET", "/v1/holds", ``, 200, `{"holds":[{"id":"hld_1","state":"waiting","offer":"x","value":"10"`},
		{fullKey, "POST", "/v1/holds/hld_1/approve", `{"note":"fine"}`, 200, `"state":"approved","offer":"x","value":"10","profileId":"prf_1",`},
		{fullKey, "POST", "/v1/holds/hld_1/approve", `{}`, 200, `"grant":{"id":"grt_1","code":"C1"`},
		{fullKey, "POST", "/v1/holds/hld_1/approve", `{"reply":"fine"}`, 400, `"field":"reply"`},
		{readKey, "POST", "/v1/holds/hld_1/approve", `{}`, 403, `/problems/forbidden`},
		{fullKey, "POST", "/v1/holds/hld_2/reject", `{}`, 409, `/problems/already_decided`},
	} {
		w := call(t, h, c.method, c.path, c.key, c.body, "Content-Type", "application/json")
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s %s %s: %d %s, want %d and %s", c.method, c.path, c.body, w.Code, w.Body, c.status, c.want)
		}
	}
}
