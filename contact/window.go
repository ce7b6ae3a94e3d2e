package contact

import (
	"time"

	"boon"
)

// window is a span of time, its first instant included; a window without an end has the zero end.
type window struct{ from, to time.Time }

func (w window) holds(t time.Time) bool {
	return !t.Before(w.from) && (w.to.IsZero() || t.Before(w.to))
}

// windowOf is what a frequency counts in at an instant. What a rolling window's later contacts are later than is counted with them, so that contacts
// told out of order never add up to more than is allowed.
func windowOf(f boon.Frequency, at time.Time, zone *time.Location) window {
	if f.Calendar == "" {
		return window{from: at.Add(-f.Per + 1)}
	}
	first, next := days(f.Calendar, at.In(zone))
	w := window{dawn(first, zone), dawn(next, zone)}
	if !w.holds(at) { // clocks went back over midnight, and what is the evening before by them again is in the new day already
		_, next = days(f.Calendar, time.Date(next.year, next.month, next.day, 12, 0, 0, 0, zone))
		w = window{w.to, dawn(next, zone)}
	}
	return w
}

// date is a day of the calendar, as time.Date takes it: months and days beyond the end go on into the next.
type date struct {
	year  int
	month time.Month
	day   int
}

// days are the first day of a period and the first after it.
func days(p boon.Period, local time.Time) (first, next date) {
	y, m, d := local.Date()
	switch p {
	case boon.PeriodWeek:
		d -= int(local.Weekday()+6) % 7
		return date{y, m, d}, date{y, m, d + 7}
	case boon.PeriodMonth:
		return date{y, m, 1}, date{y, m + 1, 1}
	}
	return date{y, m, d}, date{y, m, d + 1}
}

// dawn is the first instant of a day in a zone, or, of a day that the zone skips, of the day after. Where clocks change at midnight it is neither
// always 00:00 nor what time.Date makes of that.
func dawn(d date, zone *time.Location) time.Time {
	t := time.Date(d.year, d.month, d.day, 0, 0, 0, 0, zone)
	began, ends := t.ZoneBounds()
	if t.Add(offset(t)).Before(time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC)) { // 00:00 is skipped, and t lies before the gap
		return ends
	}
	if back := offset(began.Add(-1)) - offset(began); !began.IsZero() && t.Sub(began) < back { // 00:00 comes twice, and t is the second
		return t.Add(-back)
	}
	return t
}

// offset is how far a zone's clocks are ahead of UTC at an instant.
func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}
