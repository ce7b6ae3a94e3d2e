package offer

import (
	"time"

	"boon"
)

// Schedule is the half-open time [Starts, Ends) in which an offer may be granted; a zero time is no bound.
type Schedule struct{ Starts, Ends time.Time }

// Window is the time in which both the offer and its campaign run. Without a campaign, pass the zero Campaign.
func Window(o boon.Offer, c boon.Campaign) Schedule {
	return Schedule{Starts: later(o.Starts, c.Starts), Ends: earlier(o.Ends, c.Ends)}
}

// Refusal is not_started, ended, or "" while the window is open.
func (s Schedule) Refusal(now time.Time) boon.Reason {
	switch {
	case now.Before(s.Starts):
		return boon.ReasonNotStarted
	case !s.Ends.IsZero() && !now.Before(s.Ends):
		return boon.ReasonEnded
	}
	return ""
}

// ExpiresAt is when a grant issued now ends: after the offer's duration, or with the offer when it has none; zero: never.
// A promise is not shortened by the schedule: a grant of 14 days issued on the last day lives 14 days.
func ExpiresAt(o boon.Offer, now time.Time) time.Time {
	if o.Duration > 0 {
		return now.Add(o.Duration)
	}
	return o.Ends
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
