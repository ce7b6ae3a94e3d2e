package redeem_test

import (
	"fmt"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// policed is a shop with Abuse rules.
func policed(t *testing.T, rules ...boon.Abuse) *shop {
	s := newShop(t)
	s.release.Bundle.Abuse = rules
	s.terms.Publish(s.release)
	return s
}

func device(n int) boon.Identifier {
	id := conformance.Shopper(n)
	id.Namespace = boon.NamespaceDevice
	return id
}

// onDevice redeems UNEVEN for the n-th shopper from one device.
func (s *shop) onDevice(n, on int) error {
	r := s.request("UNEVEN", n, fmt.Sprintf("o%d", n), 2_000)
	r.Named = []boon.Identifier{r.Owners[0], device(on)}
	_, err := s.redeem(r)
	return err
}

func TestManyAccountsOnOneDevice(t *testing.T) {
	s := policed(t, boon.Abuse{ID: "shared", Signal: boon.SignalSharedDevice, Above: 2, Over: 24 * time.Hour, Action: "refuse"})
	s.release.Bundle.StopLosses = []boon.StopLoss{{ID: "marked", Covers: boon.Covers{Kind: "shop"}, Action: "alarm",
		When: boon.Threshold{Figure: boon.FigureSuspicious, Above: 0, Over: time.Hour, AtLeast: 1}}}
	for n := 1; n <= 2; n++ {
		if err := s.onDevice(n, 1); err != nil {
			t.Fatal(err)
		}
	}
	s.refuses(s.onDevice(3, 1), boon.ReasonNotEligible)
	s.refuses(s.onDevice(4, 1), boon.ReasonNotEligible)
	s.refuses(s.onDevice(1, 1), boon.ReasonAlreadyRedeemed) // the first two are whom they were
	s.raised(map[string]int{"abuse": 1})                    // once, however many try
	if err := s.onDevice(3, 2); err != nil {                // elsewhere shopper 3 is served, but marked
		t.Error(err)
	}
	s.raised(map[string]int{"abuse": 1, "stop_loss": 1})
	s.now = s.now.Add(25 * time.Hour)
	if err := s.onDevice(5, 1); err != nil { // a new period
		t.Error(err)
	}
}

func (s *shop) raised(want map[string]int) {
	s.Helper()
	got := map[string]int{}
	all, err := s.book.Alarms(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	for _, a := range all {
		got[a.Rule]++
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.Errorf("alarms %v, want %v", got, want)
	}
}

func TestCodeStuffing(t *testing.T) {
	s := policed(t, boon.Abuse{ID: "tries", Signal: boon.SignalCodeStuffing, Above: 3, Over: time.Hour, Action: "refuse"})
	try := func(code string, who int) error {
		_, err := s.teller.Reserve(t.Context(), redeem.Once{}, s.request(code, who, "cart", 2_000), s.now)
		return err
	}
	for n := range 3 { // what is refused counts too
		s.refuses(try(fmt.Sprintf("NOSUCH%d", n), 1), boon.ReasonUnknownCode)
	}
	s.refuses(try("NOSUCH1", 1), boon.ReasonUnknownCode) // no new code
	s.refuses(try("WELCOME10", 1), boon.ReasonThrottled)
	s.refuses(try("WELCOME10", 2), boon.ReasonThrottled) // the same order, whoever says so
	v, err := s.teller.Validate(t.Context(), s.request("WELCOME10", 1, "", 2_000), s.now)
	if err != nil || v.Reason != boon.ReasonThrottled {
		t.Errorf("validation: %+v, %v", v, err)
	}
	if _, err := s.redeem(s.request("WELCOME10", 3, "other", 2_000)); err != nil {
		t.Errorf("another customer: %v", err)
	}
	s.now = s.now.Add(time.Hour)
	if err := try("WELCOME10", 1); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

// A repeated call gets its answer, whatever was tried since.
func TestStuffingDoesNotChangeAnAnswer(t *testing.T) {
	s := policed(t, boon.Abuse{ID: "tries", Signal: boon.SignalCodeStuffing, Above: 1, Over: time.Hour, Action: "refuse"})
	once := redeem.OnceFor("k", []byte("body"))
	first, err := s.teller.Redeem(t.Context(), once, s.request("UNEVEN", 1, "o1", 2_000), s.now)
	if err != nil {
		t.Fatal(err)
	}
	s.refuses(s.buy("WELCOME10", 1), boon.ReasonThrottled)
	s.now = s.now.Add(2 * time.Hour)
	_, _ = s.redeem(s.request("NOSUCH", 1, "o2", 2_000)) // takes the place in the new period
	again, err := s.teller.Redeem(t.Context(), once, s.request("UNEVEN", 1, "o1", 2_000), s.now)
	if err != nil || again.ID != first.ID {
		t.Errorf("again %+v, %v; want %s", again, err, first.ID)
	}
}

func TestQuickReturns(t *testing.T) {
	s := policed(t, boon.Abuse{ID: "back", Signal: boon.SignalQuickReturn, Above: 1, Over: 24 * time.Hour, Action: "refuse"})
	for n := range 4 {
		done, err := s.redeem(s.request("UNEVEN", 1, fmt.Sprintf("o%d", n), 2_000))
		if n == 3 {
			s.refuses(err, boon.ReasonNotEligible)
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			s.now = s.now.Add(30 * time.Hour) // the first comes back late
		}
		if _, err := s.teller.Reverse(t.Context(), redeem.Once{}, done.ID, redeem.ReversalBody{Reason: "returned"}, s.now); err != nil {
			t.Fatal(err)
		}
	}
	s.raised(map[string]int{"abuse": 1})
	if err := s.buy("UNEVEN", 9); err != nil {
		t.Errorf("somebody else: %v", err)
	}
}
