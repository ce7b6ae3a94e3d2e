package engine_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"boon"
	"boon/engine"
)

// heard is one server-sent event.
type heard struct {
	id    uint64
	event string
	data  string
}

// listening is an open stream.
type listening struct {
	t     testing.TB
	lines *bufio.Reader
	stop  context.CancelFunc
}

// listen opens the stream and waits until it has begun: what is decided from now on is told.
func listen(t testing.TB, url, query, last string) *listening {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/stream"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+serverKey)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	l := &listening{t, bufio.NewReader(resp.Body), func() { stop(); resp.Body.Close() }}
	t.Cleanup(l.stop)
	if begun, err := l.lines.ReadString('\n'); resp.Header.Get("Content-Type") != "text/event-stream" || begun != "retry: 1000\n" {
		t.Fatalf("%s %q %v", resp.Status, begun, err)
	}
	return l
}

// next reads until an event is complete; false when the stream has ended.
func (l *listening) next() (h heard, ok bool) {
	for {
		line, err := l.lines.ReadString('\n')
		if err != nil {
			return h, false
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch field {
		case "id":
			h.id, _ = strconv.ParseUint(value, 10, 64)
		case "event":
			h.event = value
		case "data":
			h.data = value
		}
		if line == "\n" && h.event != "" {
			return h, true
		}
	}
}

type watched struct {
	ID, By, Trigger string
	Placements      []struct {
		Placement, Outcome, Offer string
		Live                      bool
	}
}

// decision reads the next event, which must be one.
func (l *listening) decision() (h heard, d watched) {
	l.t.Helper()
	h, ok := l.next()
	if !ok || h.event != "decision" {
		l.t.Fatalf("no decision: %+v", h)
	}
	if err := json.Unmarshal([]byte(h.data), &d); err != nil {
		l.t.Fatal(err)
	}
	return h, d
}

// decided takes a decision for a user and gives its id.
func (s *shop) decided(user string) string {
	return s.want(200, serverKey, "POST", "/v1/decisions", decision(`{"userId":"`+user+`"}`)).text("decisionId")
}

// What calls and events decide is told in its order, once, and without a name or a code.
func TestTheStreamTellsDecisions(t *testing.T) {
	s := open(t, "../examples/boutique")
	l := listen(t, s.url, "", "")
	user, made := s.outsideHoldouts("streamed")
	for {
		h, d := l.decision()
		if d.ID != made.text("decisionId") {
			continue // somebody in a holdout
		}
		p := d.Placements[0]
		if d.By != "call" || p.Placement != "checkout" || p.Outcome != "offer" || p.Offer != "welcome-10" || p.Live {
			t.Errorf("%s", h.data)
		}
		break
	}
	s.want(200, serverKey, "POST", "/v1/decisions", strings.Replace(decision(`{"anonymousId":"`+user+`"}`), `"explain":true`, `"dryRun":true`, 1))
	s.want(200, serverKey, "POST", "/v1/decisions", decision(`{"anonymousId":"`+user+`"}`))
	h, d := l.decision()
	if !d.Placements[0].Live {
		t.Errorf("a rehearsal was told, or the grant is not live: %s", h.data)
	}
	s.want(200, serverKey, "POST", "/v1/track", `{"event":"Checkout Started","anonymousId":"`+user+`","properties":{"currency":"USD","products":[{"product_id":"B-1001","price":"89.00","quantity":1}]}}`)
	byEvent, d := l.decision()
	if d.By != "event" || d.Trigger != "checkout-started" || byEvent.id != h.id+1 {
		t.Errorf("%s after %d: %s", strconv.FormatUint(byEvent.id, 10), h.id, byEvent.data)
	}
	if record := s.want(200, serverKey, "GET", "/v1/decisions/"+d.ID, ""); record.text("id") == "" && len(record.raw) == 0 {
		t.Error("a decision was told that has no record")
	}
	for _, text := range []string{h.data, byEvent.data} {
		if strings.Contains(text, user) || strings.Contains(text, "WELCOME10") || strings.Contains(text, "code") {
			t.Errorf("it tells too much: %s", text)
		}
	}
}

func TestTheStreamGoesOnWhereItWasLeft(t *testing.T) {
	s := open(t, "../examples/boutique")
	l := listen(t, s.url, "", "")
	var want []string
	for i := range 5 {
		want = append(want, s.decided(fmt.Sprint("left-", i)))
	}
	var ids []uint64
	for i := range 2 {
		h, d := l.decision()
		if ids = append(ids, h.id); d.ID != want[i] {
			t.Errorf("decision %d is %s, want %s", i, d.ID, want[i])
		}
	}
	l.stop()
	l = listen(t, s.url, "", strconv.FormatUint(ids[1], 10))
	for i := 2; i < 5; i++ {
		if h, d := l.decision(); d.ID != want[i] || h.id != ids[1]+uint64(i-1) {
			t.Errorf("decision %d is %s at %d, want %s", i, d.ID, h.id, want[i])
		}
	}
	for name, unknown := range map[string]string{"of a process before": "7", "of none": strconv.FormatUint(ids[0]+1_000_000_000, 10)} {
		l := listen(t, s.url, "", unknown)
		if h, ok := l.next(); !ok || h.event != "gap" || h.data != `{"missed":null}` || h.id != ids[0]-1 {
			t.Errorf("a number %s: %+v", name, h)
		}
		if h, _ := l.decision(); h.id != ids[0] {
			t.Errorf("after a gap come those that are kept, not %d", h.id)
		}
	}
	if a := s.call(serverKey, "GET", "/v1/stream", "", "Last-Event-ID", "yesterday"); a.status != 400 || a.text("field") != "Last-Event-ID" {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

func TestTheStreamIsFiltered(t *testing.T) {
	s := open(t, "../examples/boutique")
	tell := func(id, trigger string, picks ...boon.Pick) {
		s.Tell(boon.Request{Trigger: trigger}, boon.Decision{ID: id, Picks: picks})
	}
	ten := boon.Pick{Placement: "checkout", Outcome: boon.OutcomeOffer, Offer: "ten"}
	none := boon.Pick{Placement: "drawer", Outcome: boon.OutcomeNone}
	ghost := boon.Pick{Placement: "drawer", Outcome: boon.OutcomeHoldout, Offer: "ten"}
	for query, want := range map[string][]string{
		"":                                      {"a", "b", "c", "d"},
		"?outcome=offer":                        {"a", "d"},
		"?outcome=none&outcome=holdout":         {"b", "c", "d"},
		"?placement=drawer":                     {"b", "c", "d"},
		"?placement=drawer&outcome=offer":       {},
		"?offer=ten":                            {"a", "d"},
		"?trigger=exit":                         {"b", "d"},
		"?trigger=exit&offer=ten&outcome=offer": {"d"},
		"?placement=unheard":                    {},
	} {
		l := listen(t, s.url, query, "")
		tell("a", "", ten)
		tell("b", "exit", none)
		tell("c", "", ghost)
		tell("d", "exit", none, ten)
		tell("end", "exit", ten, none, ghost, boon.Pick{Placement: "unheard"}, boon.Pick{Placement: "drawer", Outcome: boon.OutcomeOffer})
		got := []string{}
		for {
			_, d := l.decision()
			if d.ID == "end" {
				break
			}
			got = append(got, d.ID)
		}
		if l.stop(); !slices.Equal(got, want) {
			t.Errorf("%s tells %v, want %v", query, got, want)
		}
	}
	for query, field := range map[string]string{"?outcome=ofer": "outcome", "?placment=drawer": "placment"} {
		if a := s.call(serverKey, "GET", "/v1/stream"+query, ""); a.status != 400 || a.text("field") != field {
			t.Errorf("%s: %d %s", query, a.status, a.raw)
		}
	}
}

// Who does not read holds nobody up, and is told how much it missed.
func TestASlowListenerIsToldWhatItMissed(t *testing.T) {
	s := open(t, "../examples/boutique")
	l := listen(t, s.url, "", "")
	const all = 200_000
	d := boon.Decision{ID: "dec_x", Picks: []boon.Pick{{Placement: "checkout", Outcome: boon.OutcomeNone}}}
	for range all {
		s.Tell(boon.Request{}, d)
	}
	s.decided("beside")
	var got, missed int64
	for got+missed <= all {
		h, ok := l.next()
		switch {
		case !ok:
			t.Fatalf("it ended after %d and %d missed", got, missed)
		case h.event == "gap":
			var gap struct{ Missed int64 }
			if err := json.Unmarshal([]byte(h.data), &gap); err != nil || gap.Missed < 1 {
				t.Fatalf("%s %v", h.data, err)
			}
			missed += gap.Missed
		default:
			got++
		}
	}
	if got+missed != all+1 || missed == 0 {
		t.Errorf("%d read, %d missed of %d", got, missed, all+1)
	}
}

func TestTheStreamWantsAKey(t *testing.T) {
	s := open(t, "../examples/boutique")
	for key, want := range map[string]int{"": 401, "nobody": 401, writeKey: 403, s.want(200, serverKey, "POST", "/v1/tokens", `{"profile":{"userId":"u1"}}`).text("token"): 403} {
		if a := s.call(key, "GET", "/v1/stream", ""); a.status != want {
			t.Errorf("%q: %d, want %d", key, a.status, want)
		}
	}
}

// A server that ends lets its listeners go, and leaves nothing behind.
func TestTheStreamEndsWithTheServer(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, stop := context.WithCancel(t.Context())
	e, err := engine.Open(ctx, engine.Config{Data: t.TempDir(), APIKey: serverKey})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	server := httptest.NewServer(e.Handler())
	l := listen(t, server.URL, "", "")
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if h, ok := l.next(); ok {
		t.Errorf("told %+v at the end", h)
	}
	l.stop()
	server.Close()
	http.DefaultClient.CloseIdleConnections()
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
