package ingest

import (
	"bytes"
	"time"

	"boon"
)

// MaxAhead is how far in the future a live event's corrected time may lie; beyond it the event gets the time of its receipt.
const MaxAhead = 5 * time.Minute

// Options say how messages become events.
type Options struct {
	Currency boon.Currency // of the shop: for events that name none
	Hasher   Hasher
	Clean    Cleaner
	Replay   bool // the events' own time is the time: no clock correction, no clamp
}

// Contact is a personal field that left an event for the contact vault. Field is one of email, phone, first_name, last_name, name, username,
// birthday, avatar, address, ip, push_token; Value is the text, or the JSON of an object.
type Contact struct {
	Owner boon.Identifier
	Field string
	Value string
	At    time.Time
}

// Normalise makes the event that a message stands for: identifiers hashed, known personal fields moved into contacts, commerce fields typed,
// consent read. Errors are *boon.Error with the JSON path in Field.
//
// The event's time follows Segment: receivedAt - (sentAt - timestamp) for a live message that says when it was sent, else its own timestamp,
// else the time of receipt. A live time more than MaxAhead after receipt becomes the time of receipt, and Rest.clamped keeps what it was.
//
// Rest has the message's shape ("properties", "context", "traits", unknown members) without what became typed fields, identifiers or
// contacts. Text that repeats one of this message's identifiers or contacts, or looks like an e-mail address, is left out too.
func Normalise(m Message, o Options) (boon.Event, []Contact, error) {
	return newNormaliser(o).normalise(&m)
}

// room is what a normaliser uses again for the next message: an event is to be encoded before.
type room struct {
	secrets []string // raw identifiers and personal values, which no kept text may repeat
	remains []byte   // what remains is written here first: of most messages it is nothing
	order   *boon.Order
	lines   []boon.Line
	encoded []byte
}

func newNormaliser(o Options) *normaliser {
	return &normaliser{Options: o, room: room{secrets: make([]string, 0, 8), remains: make([]byte, 0, 256)}}
}

// normalise is [Normalise]; the order of an event is lost with the next message.
func (n *normaliser) normalise(m *Message) (boon.Event, []Contact, error) {
	*n = normaliser{Options: n.Options, m: m, room: n.room}
	n.secrets = n.secrets[:0]
	n.event = boon.Event{MessageID: m.MessageID, Kind: m.Kind, Received: m.Received, Verified: m.Verified}
	n.time()
	n.identify()
	if n.err != nil {
		return boon.Event{}, nil, n.err
	}
	n.contacts()
	n.place()
	n.consent()
	n.readTraits()
	n.commerce()
	n.event.Name = n.unlessPersonal(m.Name)
	n.rest()
	if n.err != nil {
		return boon.Event{}, nil, n.err
	}
	return n.event, n.found, nil
}

// normaliser builds one event; the first error stays.
type normaliser struct {
	Options
	room
	m       *Message
	event   boon.Event
	found   []Contact
	clamped time.Time
	orderly bool // commerce fields of properties were read into typed ones
	err     error
}

// take makes an order the event's.
func (n *normaliser) take(o boon.Order) {
	if n.room.order == nil {
		n.room.order = new(boon.Order)
	}
	*n.room.order = o
	n.event.Order = n.room.order
}

func (n *normaliser) fail(v value, format string, args ...any) {
	if n.err == nil {
		n.err = boon.Invalid(v.path(), format, args...)
	}
}

func (n *normaliser) time() {
	m := n.m
	at := m.Timestamp
	if !n.Replay && !m.SentAt.IsZero() && !at.IsZero() {
		at = m.Received.Add(at.Sub(m.SentAt))
	}
	if at.IsZero() {
		at = m.Received
	}
	if !n.Replay && at.Sub(m.Received) > MaxAhead {
		n.clamped = at
		at = m.Received
	}
	n.event.Time = at.UTC()
}

// text is the first of an object's members that holds a text or a number; other types are refused.
func (n *normaliser) text(object value, keys ...string) string {
	for _, key := range keys {
		v := object.get(key)
		switch v.kind() {
		case 0:
			continue
		case tapeString, tapeNumber:
			if s := v.text(); s != "" {
				return s
			}
		default:
			n.fail(v, "a text is wanted")
		}
	}
	return ""
}

func (n *normaliser) rest() {
	w := restWriter{n: n, buf: n.remains[:0]}
	if w.message() {
		n.event.Rest = bytes.Clone(w.buf)
	}
	n.remains = w.buf
}
