package ingest

import (
	"encoding/json"
	"fmt"

	"boon"
)

// Trace is what one pick of a decision leaves in the state: the arm that was given ("" is nothing), and, where no grant tells of it, the contact.
type Trace struct {
	Offer   string      `json:"o,omitempty"`
	Level   boon.Micros `json:"l,omitempty"`
	Nudge   bool        `json:"n,omitempty"`
	Again   bool        `json:"a,omitempty"` // a live grant that a message told again: a contact, and no arm
	Channel string      `json:"c,omitempty"` // of a contact
	Value   int64       `json:"v,omitempty"` // that the budget set aside for a grant, minor units
}

// tracesOf a decision; a live grant that a page shows again leaves none.
func tracesOf(d boon.Decision) []Trace {
	var traces []Trace
	for _, p := range d.Picks {
		switch {
		case p.Live && boon.ReachesOut(p.Channel):
			traces = append(traces, Trace{Offer: p.Offer, Again: true, Channel: p.Channel})
		case p.Live:
		case p.Outcome == boon.OutcomeNudge:
			traces = append(traces, Trace{Offer: p.Offer, Level: p.Level, Nudge: true, Channel: p.Channel})
		case p.Outcome == boon.OutcomeOffer:
			traces = append(traces, Trace{Offer: p.Offer, Level: p.Level, Value: setAside(p.Grant)})
		default:
			traces = append(traces, Trace{})
		}
	}
	return traces
}

func setAside(g *boon.Grant) int64 {
	if g == nil {
		return 0
	}
	return g.Committed
}

// DecidedEvent is the event that brings a call's decision into the state.
func DecidedEvent(r boon.Request, d boon.Decision) (boon.Event, error) {
	rest, err := json.Marshal(tracesOf(d))
	if err != nil {
		return boon.Event{}, fmt.Errorf("encode traces: %w", err)
	}
	return boon.Event{MessageID: r.ID, Kind: boon.KindDecided, Name: string(d.Outcome()), Owner: r.Identifiers[0], Verified: true, Time: r.At, Received: r.At,
		Context: r.Context, DecisionID: r.ID, Rest: rest}, nil
}

func decodeTraces(rest json.RawMessage) (traces []Trace, err error) {
	if len(rest) > 0 {
		err = json.Unmarshal(rest, &traces)
	}
	return traces, err
}
