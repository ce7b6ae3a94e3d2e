package api

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"boon"
	"boon/ingest"
)

// cloudEventBody documents one CloudEvents 1.0 event in its JSON form.
type cloudEventBody struct {
	SpecVersion     string         `json:"specversion" doc:"1.0"`
	ID              string         `json:"id" doc:"with source it de-duplicates"`
	Source          string         `json:"source"`
	Type            string         `json:"type" doc:"name of the event: Order Completed, or com.example.order.completed"`
	Subject         string         `json:"subject,omitempty" doc:"the user, when nothing else names the shopper"`
	Time            string         `json:"time,omitempty"`
	UserID          string         `json:"userid,omitempty" doc:"extension: the user"`
	AnonymousID     string         `json:"anonymousid,omitempty" doc:"extension: the browser"`
	DataContentType string         `json:"datacontenttype,omitempty" doc:"application/json, or a type that ends in +json"`
	DataSchema      string         `json:"dataschema,omitempty"`
	Data            map[string]any `json:"data,omitempty" doc:"the properties, or a whole Segment call"`
	DataBase64      string         `json:"data_base64,omitempty" doc:"instead of data: the same in Base64"`
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
	media := mediaType(r.Header.Get("Content-Type"))
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
		event, err := structured(raw)
		if err == nil {
			items[i].Message, err = event.message(s.now())
		}
		items[i].Err = err
	}
	return s.takeMany(w, r, c, items)
}

func mediaType(contentType string) string {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return contentType
	}
	return media
}

// oneCloudEvent reads the structured form, or in any other media type the binary one, where the attributes are headers.
func oneCloudEvent(h http.Header, media string, body []byte) (cloudEvent, error) {
	switch {
	case media == mediaCloudEvent:
		return structured(body)
	case strings.HasPrefix(media, "application/cloudevents"):
		return cloudEvent{}, boon.Invalid("Content-Type", "%q is not taken; of the structured forms JSON is: %s.", media, mediaCloudEvent)
	case h.Get("Ce-Specversion") == "":
		return cloudEvent{}, boon.Invalid("Ce-Specversion", "The header is missing. An event that is whole in its body has the Content-Type %s.", mediaCloudEvent)
	}
	return binary(h, body), nil
}

// binary reads the headers (HTTP Protocol Binding, 3.1); their Content-Type is the data's.
func binary(h http.Header, body []byte) cloudEvent {
	e := cloudEvent{attributes: map[string]string{}, data: body}
	for header := range h {
		if name, ok := strings.CutPrefix(strings.ToLower(header), "ce-"); ok {
			e.attributes[name] = headerText(h.Get(header))
		}
	}
	if contentType := h.Get("Content-Type"); contentType != "" {
		e.attributes["datacontenttype"] = contentType
	}
	return e
}

// headerText undoes how a text is written in a header: in quotes, characters percent-encoded (3.1.3.2). Not every SDK encodes, so what does not
// decode stands for itself.
func headerText(text string) string {
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		text = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(text[1 : len(text)-1])
	}
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
