package api

import (
	"strings"
	"testing"
	"time"

	"boon"
)

func TestCloudEventsInThreeForms(t *testing.T) {
	event := `{"specversion":"1.0","id":"e1","source":"/shop","type":"Order Completed","time":"2026-01-05T11:59:00Z","userid":"u1","data":{"order_id":"o1"}}`
	binary := []string{"Content-Type", "application/json", "Ce-Specversion", "1.0", "Ce-Id", "e1", "Ce-Source", "/shop", "Ce-Type", "Order Completed",
		"Ce-Time", "2026-01-05T11:59:00Z", "Ce-Userid", "u1"}
	for name, c := range map[string]struct {
		body    string
		headers []string
	}{
		"structured": {event, []string{"Content-Type", mediaCloudEvent}},
		"batched":    {"[" + event + "]", []string{"Content-Type", mediaCloudEvents + "; charset=utf-8"}},
		"binary":     {`{"order_id":"o1"}`, binary},
	} {
		e := newEngine()
		w := call(t, e.handler(), "POST", "/v1/cloudevents", browseKey, c.body, c.headers...)
		wantStatus(t, w, 200)
		m := e.messages[0]
		if m.Kind != boon.KindTrack || m.Name != "Order Completed" || m.UserID != "u1" || m.MessageID != "/shop e1" || !m.Timestamp.Equal(noon.Add(-time.Minute)) {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// Without an attribute that names the shopper the data may be a whole call, in both forms alike.
func TestCloudEventsWhoseDataIsACall(t *testing.T) {
	for name, c := range map[string]struct {
		data, user, anonymous, id string
		event                     string
		kind                      boon.Kind
	}{
		"track":      {`{"userId":"u1","properties":{"order_id":"o1"}}`, "u1", "", "/shop e1", "Order Completed", boon.KindTrack},
		"own name":   {`{"anonymousId":"a1","event":"Cart Viewed","messageId":"m1"}`, "", "a1", "m1", "Cart Viewed", boon.KindTrack},
		"identify":   {`{"type":"identify","userId":"u1","anonymousId":"a1","traits":{"plan":"x"}}`, "u1", "a1", "/shop e1", "", boon.KindIdentify},
		"properties": {`{"anonymousId":"a1","order_id":"o1"}`, "", "a1", "/shop e1", "Order Completed", boon.KindTrack},
	} {
		structured := `{"specversion":"1.0","id":"e1","source":"/shop","type":"Order Completed","data":` + c.data + `}`
		e := newEngine()
		h := e.handler()
		wantStatus(t, call(t, h, "POST", "/v1/cloudevents", browseKey, structured, "Content-Type", mediaCloudEvent), 200)
		wantStatus(t, call(t, h, "POST", "/v1/cloudevents", browseKey, c.data, "Content-Type", "application/json",
			"Ce-Specversion", "1.0", "Ce-Id", "e1", "Ce-Source", "/shop", "Ce-Type", "Order Completed"), 200)
		for _, m := range e.messages {
			if m.Kind != c.kind || m.Name != c.event || m.UserID != c.user || m.AnonymousID != c.anonymous || m.MessageID != c.id {
				t.Errorf("%s: %+v", name, m)
			}
		}
	}
}

func TestCloudEventsThatAreNone(t *testing.T) {
	for _, c := range []struct{ media, body, field string }{
		{mediaCloudEvent, `{`, "body"},
		{mediaCloudEvent, `{"specversion":"1.0","source":"s","type":"t","subject":"u"}`, "id"},
		{mediaCloudEvent, `{"specversion":"0.3","id":"1","source":"s","type":"t","subject":"u"}`, "specversion"},
		{mediaCloudEvent, `{"specversion":"1.0","id":"1","source":"s","type":"t"}`, "userId"},
		{"text/csv", `a,b`, "Content-Type"},
		{mediaCloudEvents, `{}`, ""},
	} {
		e := newEngine()
		w := call(t, e.handler(), "POST", "/v1/cloudevents", browseKey, c.body, "Content-Type", c.media)
		if p := problemIn(t, w); w.Code != 400 || p.Field != c.field || len(e.messages) > 0 {
			t.Errorf("%s %s: %+v", c.media, c.body, p)
		}
	}
	w := call(t, newEngine().handler(), "POST", "/v1/cloudevents", browseKey,
		`[{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"u"},{"id":"2"}]`, "Content-Type", mediaCloudEvents)
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"accepted":1,"duplicate":0,"errors":[{"index":1,"reason":"invalid_request"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Whatever is sent as a CloudEvent becomes a call with someone's id, a track call with a name, or a refusal of the sender.
func FuzzCloudEvent(f *testing.F) {
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"u","data":{"price":1.5}}`))
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"type":"identify","userId":"u","traits":{}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var event cloudEvent
		err := decode(body, &event)
		if err == nil {
			m, bad := event.message(noon)
			if err = bad; bad == nil && (m.Kind == boon.KindTrack && m.Name == "" || m.UserID+m.AnonymousID == "" || m.MessageID == "") {
				t.Fatalf("%+v", m)
			}
		}
		if err != nil && problemOf(err).Status >= 500 {
			t.Fatal(err)
		}
	})
}
