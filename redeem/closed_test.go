package redeem_test

import (
	"math"
	"testing"
	"time"

	"boon"
	"boon/conformance"
	"boon/redeem"
)

// close closes the books up to an instant, as the closing of a period does.
func (s *shop) close(until time.Time) {
	s.Helper()
	if err := s.in(func(tx redeem.Tx) error {
		_, err := tx.Take(boon.Limit{Key: redeem.ClosedKey, Max: math.MaxInt64}, until.Unix())
		return err
	}); err != nil {
		s.Fatal(err)
	}
}

// What reaches a closed period is dated today, and says when it would have been.
func TestAClosedPeriodTakesNoEntries(t *testing.T) {
	for name, c := range map[string]struct{ closed, today, at, adjusts time.Time }{
		"nothing is closed":       {at: conformance.Monday},
		"closed before":           {closed: conformance.Monday, at: conformance.Monday},
		"closed, today is later":  {closed: conformance.Monday.Add(time.Hour), today: conformance.Monday.Add(48 * time.Hour), at: conformance.Monday.Add(48 * time.Hour), adjusts: conformance.Monday},
		"closed, without a today": {closed: conformance.Monday.Add(time.Hour), at: conformance.Monday.Add(time.Hour), adjusts: conformance.Monday},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			if !c.today.IsZero() {
				s.desk.Today = func() time.Time { return c.today }
			}
			if !c.closed.IsZero() {
				s.close(c.closed)
			}
			s.mustRedeem(s.request(s.give("five", 1).Code, 1, "A-1", 10_000))
			journal, err := s.book.Journal(t.Context())
			if err != nil || len(journal) < 3 {
				t.Fatal(len(journal), err)
			}
			for _, e := range journal {
				if !e.At.Equal(c.at) || !e.Adjusts.Equal(c.adjusts) {
					t.Errorf("%s is dated %s and adjusts %s, want %s and %s", e.Transition, e.At, e.Adjusts, c.at, c.adjusts)
				}
			}
		})
	}
}
