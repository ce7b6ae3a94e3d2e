package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"boon"
)

const (
	listenersMost  = 64               // at once: each holds a connection
	heartbeat      = 15 * time.Second // so that proxies and clients know a quiet connection from a dead one
	writePatience  = 30 * time.Second // how long one who does not read may hold up its own answer
	decisionsAWord = 64               // decisions in one write
)

// streamedDecision is a decision in short, without what names the shopper or opens a wallet.
type streamedDecision struct {
	ID           string              `json:"id"`
	At           time.Time           `json:"at"`
	ProfileID    string              `json:"profileId"`
	Release      string              `json:"release"`
	Personalized bool                `json:"personalized"`
	By           By                  `json:"by" doc:"call, or event: it completed the trigger"`
	Trigger      string              `json:"trigger,omitempty"`
	Placements   []streamedPlacement `json:"placements"`
	LeftOut      []boon.LeftOut      `json:"leftOut,omitempty" doc:"what the shop's bound on candidates left out, by placement"`
}

type streamedPlacement struct {
	Placement  string          `json:"placement"`
	Outcome    boon.Outcome    `json:"outcome"`
	Reason     boon.Reason     `json:"reason"`
	Offer      string          `json:"offer,omitempty"`
	Reward     boon.RewardType `json:"reward,omitempty"`
	Value      boon.Micros     `json:"value,omitzero"`
	Propensity float64         `json:"propensity"`
	Live       bool            `json:"live,omitempty" doc:"it was in the wallet already"`
}

// streamGap is the data of a gap: decisions that the listener did not get.
type streamGap struct {
	Missed *int64 `json:"missed" doc:"how many, whatever is asked for; null when nobody can tell, such as after a restart"`
}

// stream tells decisions as they are taken, as server-sent events (WHATWG HTML, 9.2), until the listener goes away or the server ends.
func (s *server) stream(w http.ResponseWriter, r *http.Request, _ caller) error {
	wanted, err := wantedFrom(r.URL.Query())
	if err != nil {
		return err
	}
	after, err := s.lastRead(r.Header.Get("Last-Event-ID"))
	if err != nil {
		return err
	}
	if s.listeners.Add(1) > listenersMost {
		s.listeners.Add(-1)
		return boon.Refuse(boon.ReasonUnavailable, "%d listeners are connected, and no more are let in.", listenersMost)
	}
	defer s.listeners.Add(-1)
	l := listener{w: w, control: http.NewResponseController(w), stream: s.ports.Stream, wanted: wanted, after: after}
	l.follow(r.Context(), s.config.Heartbeat)
	return nil
}

// lastRead is where to go on: after the number that the listener read last, else with what comes next.
func (s *server) lastRead(text string) (uint64, error) {
	if text == "" {
		return s.ports.Stream.Last(), nil
	}
	after, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, boon.Invalid("Last-Event-ID", "%.40q is no number of an event.", text)
	}
	return after, nil
}

// wanted is what a listener asks for; a nil list asks for all. A decision is wanted when one of its placements is.
type wanted struct{ placements, offers, outcomes, triggers []string }

var streamQuery = []string{"placement", "offer", "outcome", "trigger"}

func wantedFrom(q url.Values) (wanted, error) {
	for name := range q {
		if !slices.Contains(streamQuery, name) {
			return wanted{}, boon.Invalid(name, "The stream is filtered by placement, offer, outcome and trigger.")
		}
	}
	for _, outcome := range q["outcome"] {
		if !slices.Contains([]boon.Outcome{boon.OutcomeOffer, boon.OutcomeNudge, boon.OutcomeNone, boon.OutcomeHoldout}, boon.Outcome(outcome)) {
			return wanted{}, boon.Invalid("outcome", "An outcome is offer, nudge, none or holdout.")
		}
	}
	return wanted{q["placement"], q["offer"], q["outcome"], q["trigger"]}, nil
}

func among(list []string, value string) bool { return list == nil || slices.Contains(list, value) }

func (f wanted) decision(d *streamedDecision) bool {
	return among(f.triggers, d.Trigger) && slices.ContainsFunc(d.Placements, func(p streamedPlacement) bool {
		return among(f.placements, p.Placement) && among(f.offers, p.Offer) && among(f.outcomes, string(p.Outcome))
	})
}

// listener is one connection.
type listener struct {
	w       http.ResponseWriter
	control *http.ResponseController
	stream  Stream
	wanted  wanted
	after   uint64 // the number that was read last
	read    [decisionsAWord]Taken
	out     []byte
}

func (l *listener) follow(ctx context.Context, every time.Duration) {
	h := l.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy is not to hold events back
	_ = l.control.SetReadDeadline(time.Time{})
	beat := time.NewTicker(every)
	defer beat.Stop()
	l.field("retry", "1000")
	l.number(l.after) // who loses the connection before anything came goes on from here
	l.out = append(l.out, '\n')
	for l.flush() {
		select {
		case <-ctx.Done():
			return
		case <-l.stream.Done():
			return
		case <-l.stream.Changed(l.after):
			l.take()
		case <-beat.C: // with the number, so that who is told little does not fall behind by what it did not ask for
			l.field("", "alive")
			l.number(l.after)
			l.out = append(l.out, '\n')
		}
	}
}

// flush sends what was gathered, and says whether the listener is still there.
func (l *listener) flush() bool {
	_ = l.control.SetWriteDeadline(time.Now().Add(writePatience)) // without deadlines, as in one process, there is no network to wait for
	_, err := l.w.Write(l.out)
	l.out = l.out[:0]
	return err == nil && l.control.Flush() == nil
}

// take gathers some of the decisions that came, and says what is missing before them.
func (l *listener) take() {
	n, from, missed := l.stream.Next(l.after, l.read[:])
	l.after = from - 1
	if missed != 0 {
		gap := streamGap{&missed}
		if missed == MissedUnknown {
			gap.Missed = nil
		}
		l.event("gap", gap)
	}
	for i := range l.read[:n] {
		l.after++
		if d := inShort(&l.read[i]); l.wanted.decision(&d) {
			l.event("decision", d)
		}
	}
}

func (l *listener) event(name string, data any) {
	body, err := json.Marshal(data)
	if err != nil { // a propensity that is no number: the record has it
		return
	}
	l.number(l.after)
	l.field("event", name)
	l.field("data", string(body))
	l.out = append(l.out, '\n')
}

func (l *listener) number(n uint64) { l.field("id", strconv.FormatUint(n, 10)) }

func (l *listener) field(name, value string) {
	l.out = append(append(append(append(l.out, name...), ": "...), value...), '\n')
}

// inShort leaves out a holdout's ghost, as an answer does.
func inShort(t *Taken) streamedDecision {
	d := &t.Decision
	out := streamedDecision{
		ID: d.ID, At: d.At, ProfileID: d.ProfileID, Release: d.ReleaseID, Personalized: d.Personal, By: t.By, Trigger: t.Trigger, LeftOut: d.LeftOut,
		Placements: make([]streamedPlacement, len(d.Picks)),
	}
	for i := range d.Picks {
		p := &d.Picks[i]
		out.Placements[i] = streamedPlacement{Placement: p.Placement, Outcome: p.Outcome, Reason: p.Reason, Propensity: p.Propensity, Live: p.Live}
		if p.Outcome == boon.OutcomeOffer || p.Outcome == boon.OutcomeNudge {
			out.Placements[i].Offer, out.Placements[i].Reward, out.Placements[i].Value = p.Offer, p.Reward, p.Level
		}
	}
	return out
}
