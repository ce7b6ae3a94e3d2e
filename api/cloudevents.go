package api

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"time"

	"boon"
	"boon/ingest"
)

// cloudEvent is one CloudEvents 1.0 event in its JSON form. Its type is the name of a track call; who did it is in the extensions userid
// and anonymousid, else in subject. Source and id together are the messageId, since an id is unique within its source only (CloudEvents
// 1.0, "id"). Where no attribute names anybody, the data may: it is then a whole Segment call, or properties with the ids among them.
type cloudEvent struct {
	SpecVersion string          `json:"specversion"`
	ID          string          `json:"id"`
	Source      string          `json:"source"`
	Type        string          `json:"type" doc:"name of the event, such as Order Completed"`
	Subject     string          `json:"subject,omitempty" doc:"the user, when there is neither userid nor anonymousid; without it the data names the shopper"`
	Time        string          `json:"time,omitempty"`
	UserID      string          `json:"userid,omitempty"`
	AnonymousID string          `json:"anonymousid,omitempty"`
	Data        json.RawMessage `json:"data,omitempty" doc:"the properties, or a whole Segment call"`
}

const (
	mediaCloudEvent  = "application/cloudevents+json"
	mediaCloudEvents = "application/cloudevents-batch+json"
)

// cloudEvents takes one event, structured or in headers, or a batch of them.
func (s *server) cloudEvents(w http.ResponseWriter, r *http.Request, _ caller) error {
	c, err := s.writer(r, "", nil)
	if err != nil {
		return err
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media == mediaCloudEvents {
		return s.cloudBatch(w, r, c)
	}
	body, err := readBody(r, ingest.MaxMessage)
	if err != nil {
		return err
	}
	event, err := oneCloudEvent(r.Header, media, body)
	if err != nil {
		return err
	}
	m, err := event.message(s.now())
	if err != nil {
		return err
	}
	return s.takeOne(w, r, c, m)
}

func (s *server) cloudBatch(w http.ResponseWriter, r *http.Request, c caller) error {
	body, err := readBody(r, ingest.MaxBatch)
	if err != nil {
		return err
	}
	var events []json.RawMessage
	if err := decode(body, &events); err != nil {
		return err
	}
	if len(events) > ingest.MaxMessages {
		return boon.Refuse(boon.ReasonTooLarge, "A batch may hold %d events, this one holds %d.", ingest.MaxMessages, len(events))
	}
	items := make([]ingest.Decoded, len(events))
	for i, raw := range events {
		var event cloudEvent
		if items[i].Err = decode(raw, &event); items[i].Err == nil {
			items[i].Message, items[i].Err = event.message(s.now())
		}
	}
	return s.takeMany(w, r, c, items)
}

// oneCloudEvent reads the structured form, or in any other media type the binary one, where the attributes are headers.
func oneCloudEvent(h http.Header, media string, body []byte) (cloudEvent, error) {
	if media == mediaCloudEvent {
		var event cloudEvent
		err := decode(body, &event)
		return event, err
	}
	if media != "" && media != "application/json" {
		return cloudEvent{}, boon.Invalid("Content-Type", "%q is not taken; the data of an event is JSON.", media)
	}
	return cloudEvent{
		SpecVersion: h.Get("Ce-Specversion"), ID: h.Get("Ce-Id"), Source: h.Get("Ce-Source"), Type: h.Get("Ce-Type"),
		Subject: h.Get("Ce-Subject"), Time: h.Get("Ce-Time"), UserID: h.Get("Ce-Userid"), AnonymousID: h.Get("Ce-Anonymousid"), Data: body,
	}, nil
}

func (e cloudEvent) check() error {
	for _, needed := range []struct{ name, value string }{{"id", e.ID}, {"source", e.Source}, {"type", e.Type}} {
		if needed.value == "" {
			return boon.Invalid(needed.name, "A CloudEvent needs %s.", needed.name)
		}
	}
	if !strings.HasPrefix(e.SpecVersion, "1.") {
		return boon.Invalid("specversion", "%q is not taken; send CloudEvents 1.0.", e.SpecVersion)
	}
	if len(e.Data) > 0 && !json.Valid(e.Data) {
		return boon.Invalid("data", "The data is not JSON.")
	}
	return nil
}

// message is the call that the event stands for: the one that its data is, else a track call with the data as properties.
func (e cloudEvent) message(received time.Time) (ingest.Message, error) {
	if err := e.check(); err != nil {
		return ingest.Message{}, err
	}
	call := e.call()
	fill := func(name, text string) {
		if call[name] == nil && text != "" {
			call[name] = mustJSON(text)
		}
	}
	fill("type", "track")
	if string(call["type"]) == `"track"` {
		fill("event", e.Type)
	}
	fill("messageId", e.Source+" "+e.ID)
	fill("timestamp", e.Time)
	return ingest.Decode(mustJSON(call), 0, received)
}

// call is what the attributes and the data say of the call; the attributes go first in who it was.
func (e cloudEvent) call() map[string]json.RawMessage {
	call := map[string]json.RawMessage{}
	user := e.UserID
	if user == "" && e.AnonymousID == "" {
		user = e.Subject
	}
	if user == "" && e.AnonymousID == "" {
		return e.inside()
	}
	if user != "" {
		call["userId"] = mustJSON(user)
	}
	if e.AnonymousID != "" {
		call["anonymousId"] = mustJSON(e.AnonymousID)
	}
	if len(e.Data) > 0 {
		call["properties"] = e.Data
	}
	return call
}

// inside is the call that the data is: a whole one has a member that only calls have, else the ids stand among the properties.
func (e cloudEvent) inside() map[string]json.RawMessage {
	var data map[string]json.RawMessage
	if json.Unmarshal(e.Data, &data) != nil || data == nil {
		return map[string]json.RawMessage{}
	}
	for _, name := range []string{"properties", "traits", "event", "messageId"} {
		if data[name] != nil {
			return data
		}
	}
	call := map[string]json.RawMessage{}
	for _, name := range []string{"userId", "anonymousId"} {
		if data[name] != nil {
			call[name] = data[name]
			delete(data, name)
		}
	}
	call["properties"] = mustJSON(data)
	return call
}
