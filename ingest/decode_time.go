package ingest

import (
	"strings"
	"time"

	"boon"
)

// timeLayouts are the ISO 8601 forms that Segment's clients have been seen to send, besides RFC 3339. Without a zone the time is UTC.
var timeLayouts = []string{
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05Z07",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05Z0700",
	"2006-01-02 15:04:05",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"20060102T150405Z0700",
	"2006-01-02",
}

// readTime reads a time: text in ISO 8601, or a number of milliseconds (seconds below 10^11) since 1970.
// Absent, empty and the year 1 (what some clients send for unset) are the zero time.
func readTime(v value) (time.Time, error) {
	switch v.kind() {
	case 0:
		return time.Time{}, nil
	case tapeNumber:
		return epoch(v)
	case tapeString:
		t, ok := parseTime(v.text())
		if !ok {
			return t, boon.Invalid(v.path(), "%.40q is not an ISO 8601 time such as 2026-01-05T10:00:00.000Z", v.text())
		}
		return bounded(v, t)
	}
	return time.Time{}, boon.Invalid(v.path(), "a time in ISO 8601 is wanted")
}

func epoch(v value) (time.Time, error) {
	n, err := boon.ParseDecimal(v.raw(), 0)
	if err != nil {
		return time.Time{}, boon.Invalid(v.path(), "a time in ISO 8601 is wanted")
	}
	if n < 100_000_000_000 {
		n *= 1000
	}
	return bounded(v, time.UnixMilli(n).UTC())
}

func bounded(v value, t time.Time) (time.Time, error) {
	if t.Year() <= 1 {
		return time.Time{}, nil
	}
	if t.Year() < 1970 || t.Year() > 2200 {
		return t, boon.Invalid(v.path(), "the year %d is out of range", t.Year())
	}
	return t, nil
}

func parseTime(text string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.UTC(), true
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, true
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
