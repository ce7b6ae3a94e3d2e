package clients_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/protocol"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
)

// bought is an order as a CloudEvent.
func bought(id, user string) cloudevents.Event {
	e := cloudevents.NewEvent()
	e.SetID(id)
	e.SetSource("https://shop.example/checkout")
	e.SetType("com.example.order.completed")
	e.SetTime(time.Now())
	e.SetDataSchema("https://shop.example/schemas/order")
	e.SetExtension("userid", user)
	_ = e.SetData(cloudevents.ApplicationJSON, map[string]any{ // a map of texts and numbers is always JSON
		"order_id": id, "currency": "USD", "total": 20.5, "products": []any{map[string]any{"product_id": "A1", "price": 20.5, "quantity": 1}},
	})
	return e
}

func eventClient(t *testing.T, url, key string) cloudevents.Client {
	t.Helper()
	c, err := cloudevents.NewClientHTTP(cloudevents.WithTarget(url+"/v1/cloudevents"), cloudevents.WithHeader("Authorization", "Bearer "+key))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What the SDK sends in either form is acknowledged, and is the order that a Segment client would have sent; sent twice it counts once.
func TestCloudEventsGoDelivers(t *testing.T) {
	url, key := start(t)
	client := eventClient(t, url, key)
	bytes := bought("o2", "ce-1")
	bytes.DataBase64 = true
	named := bought("o3", "")
	named.SetSubject("orders/o3")
	named.SetExtension("userid", nil)
	_ = named.SetData("application/vnd.example.order+json", map[string]any{"userId": "ce-1", "type": "track", "event": "Order Completed",
		"properties": map[string]any{"order_id": "o3", "total": "20.50", "currency": "USD"}})
	structured := cloudevents.WithEncodingStructured(t.Context())
	for _, sent := range []struct {
		name  string
		form  context.Context
		event cloudevents.Event
	}{
		{"binary", cloudevents.WithEncodingBinary(t.Context()), bought("o1", "ce-1")},
		{"binary again", cloudevents.WithEncodingBinary(t.Context()), bought("o1", "ce-1")},
		{"structured again", structured, bought("o1", "ce-1")},
		{"structured, data in Base64", structured, bytes},
		{"structured, data a Segment call", structured, named},
	} {
		if result := client.Send(sent.form, sent.event); !cloudevents.IsACK(result) {
			t.Errorf("%s: %v", sent.name, result)
		}
	}
	if n := orders(t, url, "ce-1"); n != 3 {
		t.Errorf("%d orders, want 3", n)
	}
}

// A batch is taken but for what is none, which is told by its index.
func TestCloudEventsGoDeliversABatch(t *testing.T) {
	url, key := start(t)
	request, err := cehttp.NewHTTPRequestFromEvents(t.Context(), url+"/v1/cloudevents", []cloudevents.Event{bought("o1", "ce-2"), bought("o2", "ce-2"), bought("o1", "ce-2")})
	if err != nil {
		t.Fatal(err)
	}
	if got := deliverBatch(t, request, key); got != `200 {"success":true,"accepted":2,"duplicate":1}` {
		t.Error(got)
	}
	nobody := bought("o4", "")
	nobody.SetExtension("userid", nil)
	text := bought("o5", "ce-2")
	_ = text.SetData(cloudevents.TextPlain, "two shirts")
	if request, err = cehttp.NewHTTPRequestFromEvents(t.Context(), url+"/v1/cloudevents", []cloudevents.Event{bought("o3", "ce-2"), nobody, text}); err != nil {
		t.Fatal(err)
	}
	got := deliverBatch(t, request, key)
	for _, want := range []string{`200 {"success":true,"accepted":1,"duplicate":0,"errors":[`, `"index":1,"reason":"invalid_request"`, `"field":"userid"`, `"index":2`, `"field":"datacontenttype"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
	if n := orders(t, url, "ce-2"); n != 3 {
		t.Errorf("%d orders, want 3", n)
	}
}

// What is refused is no acknowledgement, and the SDK's caller reads why.
func TestCloudEventsGoReportsRefusals(t *testing.T) {
	url, key := start(t)
	old := bought("o1", "ce-3")
	old.SetSpecVersion(cloudevents.VersionV03)
	nobody := bought("o1", "")
	nobody.SetExtension("userid", nil)
	for _, c := range []struct {
		name, key string
		event     cloudevents.Event
		status    int
		detail    string
	}{
		{"an old version", key, old, 400, "send CloudEvents 1.0"},
		{"nobody named", key, nobody, 400, "Nothing names the shopper"},
		{"a wrong key", "not-a-key", bought("o1", "ce-3"), 401, "unknown or revoked"},
	} {
		for form, ctx := range map[string]context.Context{"binary": cloudevents.WithEncodingBinary(t.Context()), "structured": cloudevents.WithEncodingStructured(t.Context())} {
			result := eventClient(t, url, c.key).Send(ctx, c.event)
			var told *cehttp.Result
			if !cloudevents.IsNACK(result) || !protocol.ResultAs(result, &told) || told.StatusCode != c.status || !strings.Contains(result.Error(), c.detail) {
				t.Errorf("%s, %s: %v", c.name, form, result)
			}
		}
	}
	if n := orders(t, url, "ce-3"); n != 0 {
		t.Errorf("%d orders, want none", n)
	}
}

func deliverBatch(t *testing.T, request *http.Request, key string) string {
	t.Helper()
	request.Header.Set("Authorization", "Bearer "+key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(response.Status[:3] + " " + string(body))
}

// orders counts a user's orders once all that was acknowledged is applied.
func orders(t *testing.T, url, user string) (n int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/v1/profiles/user:"+user, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+apiKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNotFound {
		return 0
	}
	var profile struct{ Features map[string]any }
	if err := json.NewDecoder(response.Body).Decode(&profile); err != nil {
		t.Fatal(err)
	}
	count, _ := profile.Features["profile.orders"].(float64)
	return int(count)
}
