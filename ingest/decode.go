package ingest

import (
	"time"

	"boon"
)

// Decode reads one Segment call. Unknown fields are kept; of the known ones outside properties, traits and context the types are checked
// (Normalise checks those within). hint is the kind that the endpoint stands for, 0 when the body must say its type. Errors are *boon.Error:
// too_large past MaxMessage bytes, else invalid_request with the JSON path in Field.
func Decode(raw []byte, hint boon.Kind, received time.Time) (m Message, err error) {
	if len(raw) > MaxMessage {
		return Message{}, boon.Refuse(boon.ReasonTooLarge, "a message may be %d bytes long, this one is %d", MaxMessage, len(raw))
	}
	doc, err := parseDocument(string(raw))
	if err != nil {
		return Message{}, err
	}
	err = decodeMessage(&m, doc, hint, received)
	return m, err
}

// decodeMessage fills m, which is empty; with an error m is of no use.
func decodeMessage(m *Message, doc *document, hint boon.Kind, received time.Time) error {
	root := value{doc, doc.root}
	if root.kind() != tapeObject {
		return boon.Invalid("", "a message is a JSON object")
	}
	if root.deepest() > MaxDepth {
		return boon.Invalid("", "a message may nest %d levels deep", MaxDepth)
	}
	if root.holdsNUL() {
		return boon.Invalid("", "a text may not hold the character U+0000, which databases refuse")
	}
	m.Kind, m.Received, m.root = hint, received, root
	d := decoder{message: m}
	for f := root.members(); f.next(); {
		d.field(f.key, f.value)
	}
	d.check()
	return d.err
}

// decoder fills one message; the first error stays.
type decoder struct {
	message  *Message
	original time.Time
	pageName string
	err      error
}

func (d *decoder) field(key string, v value) {
	m := d.message
	switch key {
	case "type":
		d.kind(v)
	case "messageId":
		if m.MessageID = d.text(v); len(m.MessageID) > MaxID {
			d.fail(v, "an id may be %d bytes long", MaxID)
		}
	case "userId":
		m.UserID = d.text(v)
	case "anonymousId":
		m.AnonymousID = d.text(v)
	case "previousId":
		m.PreviousID = d.text(v)
	case "groupId":
		m.GroupID = d.text(v)
	case "event":
		m.Name = d.text(v)
	case "name":
		d.pageName = d.text(v)
	case "writeKey":
		m.WriteKey = d.text(v)
	case "timestamp":
		m.Timestamp = d.time(v)
	case "originalTimestamp":
		d.original = d.time(v)
	case "sentAt":
		m.SentAt = d.time(v)
	case "properties":
		m.properties = d.object(v)
	case "traits":
		m.traits = d.object(v)
	case "context":
		m.context = d.object(v)
	}
}

func (d *decoder) fail(v value, format string, args ...any) {
	if d.err == nil {
		d.err = boon.Invalid(v.path(), format, args...)
	}
}

// text reads an identifier or a name: a string, or a number by its own digits.
func (d *decoder) text(v value) string {
	switch v.kind() {
	case 0, tapeString, tapeNumber:
		return v.text()
	}
	d.fail(v, "a text is wanted")
	return ""
}

func (d *decoder) object(v value) value {
	if k := v.kind(); k != 0 && k != tapeObject {
		d.fail(v, "an object is wanted")
		return value{}
	}
	return v
}

func (d *decoder) time(v value) time.Time {
	t, err := readTime(v)
	if err != nil && d.err == nil {
		d.err = err
	}
	return t
}

func (d *decoder) kind(v value) {
	name := d.text(v)
	if name == "" {
		return
	}
	kind := boon.ParseKind(name)
	switch {
	case kind == 0:
		d.fail(v, "%.40q is none of track, identify, page, screen, group, alias", name)
	case d.message.Kind != 0 && d.message.Kind != kind:
		d.fail(v, "%q was sent to the endpoint of %q", name, d.message.Kind)
	}
	d.message.Kind = kind
}

// check holds the message against what its kind needs.
func (d *decoder) check() {
	m := d.message
	if !d.original.IsZero() {
		m.Timestamp = d.original
	}
	switch m.Kind {
	case 0:
		d.need("type", "")
	case boon.KindTrack:
		d.need("event", m.Name)
	case boon.KindPage, boon.KindScreen:
		m.Name = d.pageName
	case boon.KindGroup:
		d.need("groupId", m.GroupID)
	case boon.KindAlias:
		d.need("previousId", m.PreviousID)
		d.need("userId", m.UserID)
	}
	if m.Kind != boon.KindAlias && m.UserID == "" && m.AnonymousID == "" && d.err == nil {
		d.err = boon.Invalid("userId", "userId or anonymousId is required")
	}
}

func (d *decoder) need(field, text string) {
	if text == "" && d.err == nil {
		d.err = boon.Invalid(field, "%s is required", field)
	}
}
