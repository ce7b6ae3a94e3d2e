package offer

import (
	"testing"
	"time"

	"boon"
)

func TestWindow(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		offer    boon.Offer
		campaign boon.Campaign
		want     Schedule
	}{
		"none":                  {want: Schedule{}},
		"the offer's own":       {offer: boon.Offer{Starts: day(2), Ends: day(9)}, want: Schedule{day(2), day(9)}},
		"the campaign's":        {campaign: boon.Campaign{Starts: day(2), Ends: day(9)}, want: Schedule{day(2), day(9)}},
		"what both allow":       {offer: boon.Offer{Starts: day(2), Ends: day(9)}, campaign: boon.Campaign{Starts: day(3), Ends: day(8)}, want: Schedule{day(3), day(8)}},
		"what both allow again": {offer: boon.Offer{Starts: day(3), Ends: day(8)}, campaign: boon.Campaign{Starts: day(2), Ends: day(9)}, want: Schedule{day(3), day(8)}},
	} {
		if got := Window(c.offer, c.campaign); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	s := Schedule{day(3), day(8)}
	for n, want := range map[int]boon.Reason{2: boon.ReasonNotStarted, 3: "", 7: "", 8: boon.ReasonEnded, 9: boon.ReasonEnded} {
		if got := s.Refusal(day(n)); got != want {
			t.Errorf("day %d: %q, want %q", n, got, want)
		}
	}
}

func TestAPromiseOutlivesTheSchedule(t *testing.T) {
	now := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	ends := now.Add(time.Hour)
	if got := ExpiresAt(boon.Offer{Duration: 48 * time.Hour, Ends: ends}, now); !got.Equal(now.Add(48 * time.Hour)) {
		t.Errorf("with a duration: %v", got)
	}
	if got := ExpiresAt(boon.Offer{Ends: ends}, now); !got.Equal(ends) {
		t.Errorf("without: %v", got)
	}
	if got := ExpiresAt(boon.Offer{}, now); !got.IsZero() {
		t.Errorf("with neither: %v", got)
	}
}
