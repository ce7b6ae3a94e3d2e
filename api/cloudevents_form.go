package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"boon"
	"boon/ingest"
)

// cloudEvent is one CloudEvents 1.0 event in either form: its attributes as text, and its data, which has to be JSON.
type cloudEvent struct {
	attributes map[string]string
	data       []byte
}

// structured reads the JSON form (JSON Event Format, 2 and 3).
func structured(body []byte) (cloudEvent, error) {
	var members map[string]json.RawMessage
	if err := decode(body, &members); err != nil {
		return cloudEvent{}, err
	}
	e := cloudEvent{attributes: make(map[string]string, len(members)), data: members["data"]}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		raw := members[name]
		if name == "data" || name == "data_base64" || string(raw) == "null" {
			continue
		}
		text, ok := attributeText(name, raw)
		switch {
		case ok && raw[0] != '"' && slices.Contains(texts, name):
			return e, boon.Invalid(name, "It is a text; %s is not in quotes.", raw)
		case !ok:
			return e, boon.Invalid(name, "An attribute has a name of lower-case letters and digits, and is a text, a whole number or a boolean.")
		}
		e.attributes[name] = text
	}
	return e, e.unpack(members["data_base64"])
}

// texts are the attributes of the specification, each of a type that JSON has as a text; extensions may be numbers and booleans too.
var texts = []string{"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema"}

// attributeText is an attribute's value in the canonical text that the binary form has it in.
func attributeText(name string, raw json.RawMessage) (string, bool) {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return "", false
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, true
	}
	text = string(raw)
	return text, text == "true" || text == "false" || strings.Trim(text, "-0123456789") == ""
}

// unpack takes the data out of data_base64, where it is when the sender holds it for bytes.
func (e *cloudEvent) unpack(raw json.RawMessage) error {
	if raw == nil || string(raw) == "null" {
		return nil
	}
	if e.data != nil {
		return boon.Invalid("data_base64", "An event has data or data_base64, not both.")
	}
	if err := json.Unmarshal(raw, &e.data); err != nil { // a []byte in JSON is Base64
		return boon.Invalid("data_base64", "It is not Base64.")
	}
	return nil
}

// message is the Segment call that the event stands for: the one that its data is, else a track call with the data as properties.
func (e cloudEvent) message(received time.Time) (ingest.Message, error) {
	if err := e.check(); err != nil {
		return ingest.Message{}, err
	}
	data, err := e.object()
	if err != nil {
		return ingest.Message{}, err
	}
	call := e.call(data)
	if !names(call) {
		return ingest.Message{}, boon.Invalid("userid", "Nothing names the shopper: send the extension userid or anonymousid, userId or anonymousId in the data, or the subject.")
	}
	if err := e.keep(call); err != nil {
		return ingest.Message{}, err
	}
	return ingest.Decode(mustJSON(call), 0, received)
}

// check holds the attributes against the specification, and against what Boon reads.
func (e cloudEvent) check() error {
	a := e.attributes
	for _, needed := range []string{"specversion", "id", "source", "type"} {
		if a[needed] == "" {
			return boon.Invalid(needed, "A CloudEvent needs %s.", needed)
		}
	}
	if !strings.HasPrefix(a["specversion"], "1.") {
		return boon.Invalid("specversion", "%.40q is not taken; send CloudEvents 1.0.", a["specversion"])
	}
	if len(a["id"])+len(a["source"])+1 > ingest.MaxID {
		return boon.Invalid("id", "id and source may together be %d bytes long.", ingest.MaxID-1)
	}
	if _, err := time.Parse(time.RFC3339, a["time"]); a["time"] != "" && err != nil {
		return boon.Invalid("time", "%.40q is not an RFC 3339 time such as 2026-01-05T10:00:00Z.", a["time"])
	}
	if media := mediaType(a["datacontenttype"]); media != "" && !isJSON(media) {
		return boon.Invalid("datacontenttype", "%.80q is not taken; the data of an event is JSON.", media)
	}
	return nil
}

func isJSON(media string) bool {
	return media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json")
}

// object reads the data, nil when there is none. Some SDKs write JSON of a type like application/x+json as a text; what is in it is read.
func (e cloudEvent) object() (data map[string]json.RawMessage, err error) {
	raw := bytes.TrimSpace(e.data)
	if len(raw) == 0 {
		return nil, nil
	}
	if !json.Valid(raw) {
		return nil, boon.Invalid("data", "The data is not JSON.")
	}
	var inner string
	if json.Unmarshal(raw, &inner) == nil && inner != "" {
		raw = []byte(inner)
	}
	if json.Unmarshal(raw, &data) != nil {
		return nil, boon.Invalid("data", "The data is a JSON object: properties, or a whole Segment call.")
	}
	return data, nil
}

// call is the Segment call. Who it is about: the extensions say it, else the data, else the subject, which with many senders is no person.
func (e cloudEvent) call(data map[string]json.RawMessage) map[string]json.RawMessage {
	call := data
	if !wholeCall(data) {
		call = asProperties(data)
	}
	for name, attribute := range map[string]string{"userId": "userid", "anonymousId": "anonymousid"} {
		if id := e.attributes[attribute]; id != "" {
			call[name] = mustJSON(id)
		}
	}
	fill := func(name, text string) {
		if absent(call[name]) && text != "" {
			call[name] = mustJSON(text)
		}
	}
	if !names(call) {
		fill("userId", e.attributes["subject"])
	}
	fill("type", boon.KindTrack.String())
	if string(call["type"]) == `"track"` {
		fill("event", eventName(e.attributes["type"]))
	}
	fill("messageId", e.attributes["source"]+" "+e.attributes["id"])
	fill("timestamp", e.attributes["time"])
	return call
}

// names says whether the call names a shopper.
func names(call map[string]json.RawMessage) bool {
	return !absent(call["userId"]) || !absent(call["anonymousId"])
}

func absent(raw json.RawMessage) bool {
	return len(raw) == 0 || string(raw) == "null" || string(raw) == `""`
}

// wholeCall says whether the data is a Segment call: of the three marks of one it has two, since properties may have any one by chance.
func wholeCall(data map[string]json.RawMessage) bool {
	var kind string
	typed := json.Unmarshal(data["type"], &kind) == nil && boon.ParseKind(kind) != 0
	shaped := slices.ContainsFunc([]string{"properties", "traits", "event", "messageId"}, func(name string) bool { return !absent(data[name]) })
	return typed && shaped || names(data) && (typed || shaped)
}

// asProperties is a call whose properties are the data, but for the ids among them.
func asProperties(data map[string]json.RawMessage) map[string]json.RawMessage {
	call := map[string]json.RawMessage{}
	for _, name := range []string{"userId", "anonymousId"} {
		if id := data[name]; !absent(id) {
			call[name] = id
			delete(data, name)
		}
	}
	if data != nil {
		call["properties"] = mustJSON(data)
	}
	return call
}

var joined = strings.NewReplacer(" ", "", ".", "", "_", "", "-", "")

// folded is a name without case and separators.
func folded(name string) string { return strings.ToLower(joined.Replace(name)) }

// eventNames finds a name that carries meaning by its folded form.
var eventNames = func() map[string]string {
	all := map[string]string{}
	for _, name := range boon.EventNames() {
		all[folded(name)] = name
	}
	return all
}()

// eventName is the name of the event of a type. Types are to begin with the sender's domain (CloudEvents 1.0, "type"): com.example.order.completed
// is an Order Completed. A type that ends in no name that carries meaning is the name itself.
func eventName(kind string) string {
	for tail, more := kind, true; more; _, tail, more = strings.Cut(tail, ".") {
		if name, ok := eventNames[folded(tail)]; ok {
			return name
		}
	}
	return kind
}

// keep puts what else the attributes say into the call's context, but for a subject that named the shopper.
func (e cloudEvent) keep(call map[string]json.RawMessage) error {
	context := map[string]json.RawMessage{}
	if !absent(call["context"]) && json.Unmarshal(call["context"], &context) != nil {
		return boon.Invalid("data.context", "It is an object.")
	}
	rest := map[string]string{}
	for name, text := range e.attributes {
		switch name {
		case "specversion", "id", "time", "datacontenttype", "userid", "anonymousid":
			continue
		}
		if string(mustJSON(text)) != string(call["userId"]) {
			rest[name] = text
		}
	}
	context["cloudEvent"] = mustJSON(rest)
	call["context"] = mustJSON(context)
	return nil
}
