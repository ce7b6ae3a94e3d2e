package engine_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"boon/engine"
)

// A call that an outage kept from the log outlives the process, sealed. Two who try it again at once take it to the log once, and it does not come back.
func TestWhatAnOutageKeptFromTheLogIsTriedAgain(t *testing.T) {
	c := engine.Config{Data: t.TempDir(), Patience: time.Minute}
	setCallAside(t, c)
	t.Run("after a new start", func(t *testing.T) {
		s, err := tryRun(t, c)
		if err != nil {
			t.Fatal(err)
		}
		before := s.Logged()
		id := wantOneCall(s)
		var all sync.WaitGroup
		answers := make([]answer, 4)
		for i := range answers {
			all.Go(func() { answers[i] = s.call(serverKey, "POST", fmt.Sprintf("/v1/events/aside/%.0f/retry", id), "") })
		}
		all.Wait()
		taken := 0
		for _, a := range answers {
			if a.status == 202 && a.at("events.0.waiting") == true {
				taken++
			} else if a.status != 404 {
				t.Errorf("a retry: %d %s", a.status, a.raw)
			}
		}
		if taken != 1 || s.Logged() != before+2 {
			t.Errorf("taken %d times, with %d events; want once, with 2", taken, s.Logged()-before)
		}
		wantNothingAside(s)
	})
	t.Run("after another", func(t *testing.T) {
		s, err := tryRun(t, c)
		if err != nil {
			t.Fatal(err)
		}
		wantNothingAside(s)
	})
}

// setCallAside leaves a folder with one call that is set aside, of which nothing is in the clear.
func setCallAside(t *testing.T, c engine.Config) {
	e, err := engine.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := e.ParkUnfit(t.Context(), errors.New("the vault was full"),
		`{"type":"identify","messageId":"m1","userId":"ann","traits":{"email":"ann@example.org"}}`,
		`{"type":"track","messageId":"m2","event":"Order Completed","userId":"ann","properties":{"order_id":"order-7","total":20}}`)
	if err := errors.Join(err, e.Close()); err != nil {
		t.Fatal(err)
	}
	for _, clear := range []string{"ann@example", "example.org", "order-7", "Order Completed"} {
		if bytes.Contains(stored, []byte(clear)) {
			t.Errorf("%q stands in the clear: %q", clear, stored)
		}
	}
}

// wantOneCall gives the id of the call, which says what it was.
func wantOneCall(s *shop) float64 {
	s.t.Helper()
	a := s.want(200, serverKey, "GET", "/v1/events/aside", "")
	got := fmt.Sprintln(a.at("events.0.event"), a.at("events.0.more"), a.at("events.0.messageId"), a.at("events.0.order"), a.at("events.0.outage"), a.at("events.0.cause"), a.at("events.0.waiting"), a.at("events.1"))
	if want := "Order Completed 1 m2 order-7 true the vault was full false <nil>\n"; got != want || a.text("events.0.owner") == "" || a.text("events.0.received") == "" {
		s.t.Fatalf("set aside is %s", a.raw)
	}
	return a.at("events.0.id").(float64)
}

func wantNothingAside(s *shop) {
	s.t.Helper()
	if a := s.want(200, serverKey, "GET", "/v1/events/aside", ""); len(a.at("events").([]any)) > 0 {
		s.t.Errorf("still set aside: %s", a.raw)
	}
	soon(s.t, "the order is applied once", func() bool {
		a := s.call(serverKey, "GET", "/v1/profiles/user:ann", "")
		return a.status == 200 && a.at("features").(map[string]any)["profile.orders"] == 1.0
	})
}

// A clock that is set back gives no call a number before, or of, one that is there.
func TestNumbersOfCallsGoOnWhateverTheClockSays(t *testing.T) {
	c := engine.Config{Data: t.TempDir()}
	for i, at := range []time.Time{time.Unix(2_000_000_000, 0), time.Unix(1_900_000_000, 0), time.Unix(2_000_000_000, 0)} {
		c.Now = func() time.Time { return at }
		e, err := engine.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = e.ParkUnfit(t.Context(), errors.New("the vault was full"), fmt.Sprintf(`{"type":"page","messageId":"m%d","userId":"ann"}`, i))
		if err := errors.Join(err, e.Close()); err != nil {
			t.Fatal(err)
		}
	}
	s, err := tryRun(t, c)
	if err != nil {
		t.Fatal(err)
	}
	a := s.want(200, serverKey, "GET", "/v1/events/aside", "")
	if got := fmt.Sprint(a.at("events.0.messageId"), a.at("events.1.messageId"), a.at("events.2.messageId")); got != "m0m1m2" {
		t.Errorf("in the order of their coming: %s", a.raw)
	}
}
