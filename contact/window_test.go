package contact

import (
	"testing"
	"time"

	"boon"

	"pgregory.net/rapid"
)

func in(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestCalendarWindows(t *testing.T) {
	for _, c := range []struct {
		story, zone, at, from, to string
		period                    boon.Period
	}{
		{"a week begins on Monday", "Europe/Berlin", "2026-11-29T23:30:00+01:00", "2026-11-23T00:00:00+01:00", "2026-11-30T00:00:00+01:00", boon.PeriodWeek},
		{"its first instant is its own", "Europe/Berlin", "2026-11-30T00:00:00+01:00", "2026-11-30T00:00:00+01:00", "2026-12-07T00:00:00+01:00", boon.PeriodWeek},
		{"a week over the new year", "Europe/Berlin", "2027-01-01T10:00:00+01:00", "2026-12-28T00:00:00+01:00", "2027-01-04T00:00:00+01:00", boon.PeriodWeek},
		{"the day that clocks go forward has 23 hours", "Europe/Berlin", "2026-03-29T12:00:00+02:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", boon.PeriodDay},
		{"the day that they go back has 25", "America/New_York", "2026-11-01T12:00:00-05:00", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00", boon.PeriodDay},
		{"a month with such a day", "America/New_York", "2026-03-31T23:59:59-04:00", "2026-03-01T00:00:00-05:00", "2026-04-01T00:00:00-04:00", boon.PeriodMonth},
		{"one instant, Thursday east of the date line", "Pacific/Kiritimati", "2026-11-25T11:00:00Z", "2026-11-26T00:00:00+14:00", "2026-11-27T00:00:00+14:00", boon.PeriodDay},
		{"and Tuesday night west of it", "Pacific/Pago_Pago", "2026-11-25T10:59:59Z", "2026-11-24T00:00:00-11:00", "2026-11-25T00:00:00-11:00", boon.PeriodDay},
		{"midnight is skipped", "Africa/Cairo", "2026-04-24T12:00:00+03:00", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00", boon.PeriodDay},
		{"midnight comes twice", "America/Havana", "2026-11-01T12:00:00-05:00", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00", boon.PeriodDay},
		{"a day is skipped", "Pacific/Apia", "2011-12-29T12:00:00-10:00", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", boon.PeriodDay},
		{"the evening comes twice", "America/St_Johns", "2010-11-06T23:30:00-03:30", "2010-11-07T00:00:00-02:30", "2010-11-08T00:00:00-03:30", boon.PeriodDay},
	} {
		t.Run(c.story, func(t *testing.T) {
			w := windowOf(boon.Frequency{Max: 1, Calendar: c.period}, instant(t, c.at), in(t, c.zone))
			if !w.from.Equal(instant(t, c.from)) || !w.to.Equal(instant(t, c.to)) {
				t.Errorf("got %s to %s, want %s to %s", w.from, w.to, c.from, c.to)
			}
		})
	}
}

func TestRollingWindow(t *testing.T) {
	at := instant(t, "2026-11-25T12:00:00Z")
	w := windowOf(boon.Frequency{Per: time.Hour}, at, time.UTC)
	for _, c := range []struct {
		ago  time.Duration
		want bool
	}{{0, true}, {time.Hour - 1, true}, {time.Hour, false}, {-time.Hour, true}} {
		if got := w.holds(at.Add(-c.ago)); got != c.want {
			t.Errorf("%s ago counts: %v, want %v", c.ago, got, c.want)
		}
	}
}

// unruly zones have changed clocks at midnight, skipped days or moved by odd amounts.
var unruly = []string{"Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/St_Johns", "Pacific/Apia", "Pacific/Kiritimati",
	"America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Pago_Pago", "Asia/Gaza", "Atlantic/Azores", "UTC"}

// Windows of one period cover all time without a gap: each instant is in its own, and where one ends the next begins.
func TestWindowsFollowEachOther(t *testing.T) {
	zones := make([]*time.Location, len(unruly))
	for i, name := range unruly {
		zones[i] = in(t, name)
	}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		at := anyInstant(t, zone)
		f := boon.Frequency{Max: 1, Calendar: rapid.SampledFrom([]boon.Period{boon.PeriodDay, boon.PeriodWeek, boon.PeriodMonth}).Draw(t, "period")}
		w := windowOf(f, at, zone)
		if !w.holds(at) {
			t.Fatalf("%s is not in its own window, %s to %s", at.In(zone), w.from, w.to)
		}
		if same := windowOf(f, w.from, zone); same != w {
			t.Fatalf("the window from %s to %s begins in another, %s to %s", w.from, w.to, same.from, same.to)
		}
		if next := windowOf(f, w.to, zone); !next.from.Equal(w.to) {
			t.Fatalf("a window ends at %s, the next begins at %s", w.to, next.from)
		}
	})
}

// anyInstant is near a change of the clocks half the time.
func anyInstant(t *rapid.T, zone *time.Location) time.Time {
	at := time.Unix(rapid.Int64Range(631152000, 2145916800).Draw(t, "second"), 0).In(zone)
	if _, change := at.ZoneBounds(); rapid.Bool().Draw(t, "near a change") && !change.IsZero() {
		return change.Add(time.Duration(rapid.Int64Range(-90000, 90000).Draw(t, "from it")) * time.Second)
	}
	return at
}
