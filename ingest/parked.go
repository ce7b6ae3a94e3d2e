package ingest

import (
	"encoding/json"
	"fmt"

	"boon"
)

// parked is the stored form of Prepared: it holds personal values, and is to be sealed.
type parked struct {
	Events   [][]byte    `json:"events"`
	Contacts [][]Contact `json:"contacts"`
}

// Encode writes what Commit would store, for a time when the keys and the vault can be reached. Refused messages are left out.
func (p *Prepared) Encode() ([]byte, error) {
	out := parked{Events: make([][]byte, len(p.ready)), Contacts: make([][]Contact, len(p.ready))}
	for k := range p.ready {
		out.Events[k], out.Contacts[k] = p.ready[k].entry.Payload, p.ready[k].contacts
	}
	data, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode prepared events: %w", err)
	}
	return data, nil
}

// DecodePrepared reads what Encode wrote.
func DecodePrepared(data []byte) (*Prepared, error) {
	var in parked
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("decode prepared events: %w", err)
	}
	if len(in.Contacts) != len(in.Events) {
		return nil, fmt.Errorf("decode prepared events: %d events and contacts of %d", len(in.Events), len(in.Contacts))
	}
	p := &Prepared{ready: make([]ready, len(in.Events)), Receipts: make([]Receipt, len(in.Events))}
	for i, plain := range in.Events {
		event, err := DecodeEvent(plain)
		if err != nil {
			return nil, fmt.Errorf("decode prepared event: %w", err)
		}
		entry := boon.LogEntry{MessageID: event.MessageID, Owner: event.Owner, Received: event.Received, Payload: plain}
		p.ready[i] = ready{i, entry, event.Linked, in.Contacts[i]}
	}
	return p, nil
}

// Names says by what a human would look for a call: its first order, or else its first event, and how many events it has beside that.
func (p *Prepared) Names() (one Aside, more int) {
	for i := range p.ready {
		e, err := DecodeEvent(p.ready[i].entry.Payload)
		if err != nil || one.Order != "" {
			break
		}
		next := Aside{Owner: e.Owner, Received: e.Received}
		if next.name(e); i == 0 || next.Order != "" {
			one = next
		}
	}
	return one, max(0, len(p.ready)-1)
}
