package api

import (
	"encoding/json"
	"fmt"
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

// The data may be a whole call; who it is about is said by the extensions, else by the data, else by the subject. In both forms alike.
func TestCloudEventsNameTheShopper(t *testing.T) {
	for name, c := range map[string]struct {
		attributes      string // of the structured form
		data            string
		user, anonymous string
		id, event       string
		kind            boon.Kind
	}{
		"a track call":                  {``, `{"userId":"u1","properties":{"order_id":"o1"}}`, "u1", "", "/shop e1", "Order Completed", boon.KindTrack},
		"a call with its own name":      {``, `{"anonymousId":"a1","event":"Cart Viewed","messageId":"m1"}`, "", "a1", "m1", "Cart Viewed", boon.KindTrack},
		"a call with a subject":         {`"subject":"orders/7"`, `{"userId":"u1","event":"Cart Viewed"}`, "u1", "", "/shop e1", "Cart Viewed", boon.KindTrack},
		"an identify":                   {``, `{"type":"identify","userId":"u1","anonymousId":"a1","messageId":null}`, "u1", "a1", "/shop e1", "", boon.KindIdentify},
		"an alias":                      {``, `{"type":"alias","userId":"u1","previousId":"u0"}`, "u1", "", "/shop e1", "", boon.KindAlias},
		"ids among the properties":      {``, `{"anonymousId":"a1","order_id":"o1"}`, "", "a1", "/shop e1", "Order Completed", boon.KindTrack},
		"extensions before the data":    {`"userid":"u1"`, `{"userId":"u2","anonymousId":"a1"}`, "u1", "a1", "/shop e1", "Order Completed", boon.KindTrack},
		"a number for an extension":     {`"userid":42`, `{}`, "42", "", "/shop e1", "Order Completed", boon.KindTrack},
		"only a subject":                {`"subject":"u1"`, `{"anonymousId":"","order_id":"o1"}`, "u1", "", "/shop e1", "Order Completed", boon.KindTrack},
		"a property with a call's kind": {`"userid":"u1"`, `{"type":"click"}`, "u1", "", "/shop e1", "Order Completed", boon.KindTrack},
	} {
		attributes := map[string]any{"specversion": "1.0", "id": "e1", "source": "/shop", "type": "Order Completed"}
		if err := json.Unmarshal([]byte("{"+c.attributes+"}"), &attributes); err != nil {
			t.Fatal(err)
		}
		headers := []string{"Content-Type", "application/json"}
		for name, value := range attributes {
			headers = append(headers, "Ce-"+name, fmt.Sprint(value))
		}
		attributes["data"] = json.RawMessage(c.data)
		e := newEngine()
		h := e.handler()
		wantStatus(t, call(t, h, "POST", "/v1/cloudevents", browseKey, string(mustJSON(attributes)), "Content-Type", mediaCloudEvent), 200)
		wantStatus(t, call(t, h, "POST", "/v1/cloudevents", browseKey, c.data, headers...), 200)
		for _, m := range e.messages {
			if m.Kind != c.kind || m.Name != c.event || m.UserID != c.user || m.AnonymousID != c.anonymous || m.MessageID != c.id {
				t.Errorf("%s: %+v", name, m)
			}
		}
	}
}

func TestCloudEventTypesAreNamesOfEvents(t *testing.T) {
	for kind, want := range map[string]string{
		"Order Completed":                  "Order Completed",
		"com.example.order.completed":      "Order Completed",
		"com.example.OrderCompleted":       "Order Completed",
		"com.example.checkout_step-viewed": "Checkout Step Viewed",
		"com.example.pre-order.completed":  "com.example.pre-order.completed",
		"com.example.order.completed.v2":   "com.example.order.completed.v2",
		"Wishlist Shared":                  "Wishlist Shared",
	} {
		if got := eventName(kind); got != want {
			t.Errorf("%s is %q, want %q", kind, got, want)
		}
	}
}

// What a header cannot hold is percent-encoded; senders that do not encode are understood too.
func TestCloudEventHeadersAreDecoded(t *testing.T) {
	for header, want := range map[string]string{
		"Order%20Completed": "Order Completed", "100% off": "100% off", `"a \"b\" c"`: `a "b" c`, "K%C3%A4ufer": "Käufer", "Käufer": "Käufer",
	} {
		e := newEngine()
		w := call(t, e.handler(), "POST", "/v1/cloudevents", browseKey, `{"a":1}`, "Content-Type", "application/vnd.shop+json; charset=utf-8",
			"Ce-Specversion", "1.0", "Ce-Id", "1", "Ce-Source", "s", "Ce-Type", header, "Ce-Userid", "u1")
		wantStatus(t, w, 200)
		if got := e.messages[0].Name; got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
}

// What else the attributes say is kept with the event, but no text that names the shopper.
func TestCloudEventsKeepTheirAttributes(t *testing.T) {
	e, err := structured([]byte(`{"specversion":"1.0","id":"1","source":"/shop","type":"t","subject":"u1","dataschema":"https://shop.example/order/1","traceparent":"00-a-b-01",
		"data":{"userId":"u2","event":"x","context":{"channel":"web"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	data, err := e.object()
	if err != nil {
		t.Fatal(err)
	}
	for user, subject := range map[string]string{"u2": `"subject":"u1",`, "u1": ""} {
		data["userId"] = mustJSON(user)
		call := e.call(data)
		want := `{"channel":"web","cloudEvent":{"dataschema":"https://shop.example/order/1","source":"/shop",` + subject + `"traceparent":"00-a-b-01","type":"t"}}`
		if err := e.keep(call); err != nil || string(call["context"]) != want {
			t.Errorf("%v %s, want %s", err, call["context"], want)
		}
	}
}

// event is a structured event of which only the extra members differ.
func event(extra string) string {
	return `{"specversion":"1.0","id":"1","source":"s","type":"t","userid":"u"` + extra + `}`
}

func TestCloudEventsThatAreNone(t *testing.T) {
	for _, c := range []struct{ media, body, field string }{
		{mediaCloudEvent, `{`, "body"},
		{mediaCloudEvent, `{"specversion":"1.0","source":"s","type":"t","subject":"u"}`, "id"},
		{mediaCloudEvent, `{"specversion":"1.0","id":"1","type":"t","subject":"u"}`, "source"},
		{mediaCloudEvent, `{"specversion":"1.0","id":"1","source":"s","subject":"u"}`, "type"},
		{mediaCloudEvent, `{"id":"1","source":"s","type":"t","subject":"u"}`, "specversion"},
		{mediaCloudEvent, `{"specversion":"0.3","id":"1","source":"s","type":"t","subject":"u"}`, "specversion"},
		{mediaCloudEvent, `{"specversion":"1.0","id":"1","source":"s","type":"t"}`, "userid"},
		{mediaCloudEvent, `{"specversion":"1.0","id":7,"source":"s","type":"t","subject":"u"}`, "id"},
		{mediaCloudEvent, `{"specversion":"1.0","id":"1","source":true,"type":"t","subject":"u"}`, "source"},
		{mediaCloudEvent, `{"specversion":1,"id":"1","source":"s","type":"t","subject":"u"}`, "specversion"},
		{mediaCloudEvent, `{"specversion":"1.0","id":"1","source":"s","type":"t","subject":7}`, "subject"},
		{mediaCloudEvent, event(`,"userId":"u"`), "userId"},
		{mediaCloudEvent, event(`,"extra":{"a":1}`), "extra"},
		{mediaCloudEvent, event(`,"extra":1.5`), "extra"},
		{mediaCloudEvent, event(`,"time":"yesterday"`), "time"},
		{mediaCloudEvent, event(`,"data":"a,b","datacontenttype":"text/csv"`), "datacontenttype"},
		{mediaCloudEvent, event(`,"data":"a,b"`), "data"},
		{mediaCloudEvent, event(`,"data":{},"data_base64":"e30="`), "data_base64"},
		{mediaCloudEvent, event(`,"data_base64":"%"`), "data_base64"},
		{mediaCloudEvent, event(`,"data_base64":"YSxi"`), "data"},
		{mediaCloudEvent, event(`,"data":{"type":"track","event":"e","context":7}`), "data.context"},
		{mediaCloudEvent, strings.Replace(event(``), `"1"`, `"`+strings.Repeat("1", 512)+`"`, 1), "id"},
		{"application/json", event(``), "Ce-Specversion"},
		{"application/cloudevents+xml", `<event/>`, "Content-Type"},
		{mediaCloudEvents, `{}`, ""},
	} {
		e := newEngine()
		w := call(t, e.handler(), "POST", "/v1/cloudevents", browseKey, c.body, "Content-Type", c.media)
		if p := problemIn(t, w); w.Code != 400 || p.Field != c.field || len(e.messages) > 0 {
			t.Errorf("%s %s: %+v", c.media, c.body, p)
		}
	}
	w := call(t, newEngine().handler(), "POST", "/v1/cloudevents", browseKey, `a,b`, "Content-Type", "text/csv",
		"Ce-Specversion", "1.0", "Ce-Id", "1", "Ce-Source", "s", "Ce-Type", "t", "Ce-Userid", "u")
	if p := problemIn(t, w); p.Field != "datacontenttype" {
		t.Errorf("%+v", p)
	}
	w = call(t, newEngine().handler(), "POST", "/v1/cloudevents", browseKey,
		`[`+event(`,"data_base64":"eyJhIjoxfQ=="`)+`,{"id":"2"},null]`, "Content-Type", mediaCloudEvents)
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"accepted":1,"duplicate":0,"errors":[{"index":1,"reason":"invalid_request"`) || !strings.Contains(w.Body.String(), `"index":2`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Whatever is sent as a CloudEvent becomes a call with someone's id, a track call with a name, or a refusal of the sender.
func FuzzCloudEvent(f *testing.F) {
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"u","data":{"price":1.5}}`))
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"type":"identify","userId":"u","traits":{}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		event, err := structured(body)
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
