package journal

import (
	"time"

	"boon"
)

// Entry is a journal entry at its place.
type Entry struct {
	Seq  int64 // place in the journal, from 1
	Hash Hash  // link of the chain
	boon.Entry
}

// Act is an operator's act at its place in the audit.
type Act struct {
	boon.AuditEntry
	Hash Hash
}

// Query asks for entries in journal order. Empty fields ask for any.
type Query struct {
	After  int64 // the Seq after which to begin
	Limit  int   // entries at most
	Budget string
	Grant  string
	Order  string
}

// Page is a part of the journal.
type Page struct {
	Entries []Entry
	After   int64 // what the next page is asked with; 0 after the last
	Last    int64 // the newest entry's Seq, 0 of an empty journal
}

// Days are whole days of a calendar, both ends included, as 2006-01-02; an empty end is open.
type Days struct {
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Check refuses a day that is none, and an end before its beginning.
func (d Days) Check() error {
	for _, end := range []struct{ field, day string }{{"from", d.From}, {"to", d.To}} {
		if _, err := time.Parse(time.DateOnly, end.day); end.day != "" && err != nil {
			return boon.Invalid(end.field, "%q is not a day such as 2026-01-31.", end.day)
		}
	}
	if d.From != "" && d.To != "" && d.To < d.From {
		return boon.Invalid("to", "%s is before %s.", d.To, d.From)
	}
	return nil
}

// Before reports a day before the first.
func (d Days) Before(day string) bool { return d.From != "" && day < d.From }

// Past reports a day after the last.
func (d Days) Past(day string) bool { return d.To != "" && day > d.To }

// Day is the date of an instant in a zone.
func Day(at time.Time, zone *time.Location) string { return at.In(zone).Format(time.DateOnly) }
