package ingest

import (
	"encoding/json"
	"fmt"

	"boon"
)

// Trace is what one pick of a decision leaves in the state: the arm that was given ("" is nothing), and whether it was a nudge.
type Trace struct {
	Offer string      `json:"o,omitempty"`
	Level boon.Micros `json:"l,omitempty"`
	Nudge bool        `json:"n,omitempty"`
}

// tracesOf a decision; a live grant that is shown again leaves none.
func tracesOf(d boon.Decision) []Trace {
	var traces []Trace
	for _, p := range d.Picks {
		switch {
		case p.Live:
		case p.Outcome == boon.OutcomeOffer || p.Outcome == boon.OutcomeNudge:
			traces = append(traces, Trace{p.Offer, p.Level, p.Outcome == boon.OutcomeNudge})
		default:
			traces = append(traces, Trace{})
		}
	}
	return traces
}

// DecidedEvent is the event that brings a call's decision into the state.
func DecidedEvent(r boon.Request, d boon.Decision) (boon.Event, error) {
	rest, err := json.Marshal(tracesOf(d))
	if err != nil {
		return boon.Event{}, fmt.Errorf("encode traces: %w", err)
	}
	return boon.Event{MessageID: r.ID, Kind: boon.KindDecided, Name: string(d.Outcome()), Owner: r.Identifiers[0], Verified: true, Time: r.At, Received: r.At,
		DecisionID: r.ID, Rest: rest}, nil
}

func decodeTraces(rest json.RawMessage) (traces []Trace, err error) {
	if len(rest) > 0 {
		err = json.Unmarshal(rest, &traces)
	}
	return traces, err
}
