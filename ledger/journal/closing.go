package journal

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"boon"
	"boon/ledger"
)

// Closed is the action under which a closing stands in the audit; its detail is the Closing.
const Closed = "closed"

// Closing is a period that was closed: no entry after Head is dated before Until. What came later is dated later, and says what it adjusts.
type Closing struct {
	Day      string           `json:"day" doc:"the last day that is closed, in the shop's time zone"`
	Until    time.Time        `json:"until" doc:"the first instant that is open"`
	At       time.Time        `json:"at"`
	By       string           `json:"by"`
	Head     Head             `json:"head" doc:"of the journal when it was closed"`
	Balances []ledger.Balance `json:"balances" doc:"in minor units, of what was dated up to the day; accounts at zero are left out"`
}

// ClosingOf reads the closing that an act records; false: the act is another one.
func ClosingOf(a boon.AuditEntry) (c Closing, is bool, err error) {
	if a.Action != Closed {
		return c, false, nil
	}
	if err = json.Unmarshal(a.Detail, &c); err != nil {
		err = fmt.Errorf("read closing %s: %w", a.Subject, err)
	}
	return c, err == nil, err
}

// Standing adds up what was dated before an instant.
type Standing struct {
	Until time.Time
	sums  map[boon.Account]int64
}

// Add takes an entry in, or passes over a later one.
func (s *Standing) Add(e boon.Entry) {
	if !e.At.Before(s.Until) {
		return
	}
	if s.sums == nil {
		s.sums = map[boon.Account]int64{}
	}
	for _, p := range e.Postings {
		s.sums[p.Account] += p.Minor
	}
}

// Balances lists what does not stand at zero, by budget, currency and kind.
func (s *Standing) Balances() []ledger.Balance {
	all := []ledger.Balance{}
	for _, a := range slices.SortedFunc(maps.Keys(s.sums), byAccount) {
		if s.sums[a] != 0 {
			all = append(all, ledger.Balance{Account: a, Minor: s.sums[a]})
		}
	}
	return all
}

// watch is a closing that is checked while the journal is read.
type watch struct {
	Closing
	Standing
	late int // entries dated before it that came after it
}

func (w *watch) add(e Entry, find func(ledger.Finding)) {
	if e.Seq <= w.Head.Seq {
		w.Standing.Add(e.Entry)
	} else if e.At.Before(w.Closing.Until) {
		if w.late++; w.late == 1 { // one line says it
			find(ledger.Finding{Rule: "closed", Subject: e.ID, Detail: fmt.Sprintf("entry %d is dated %s, inside the period that was closed up to %s", e.Seq, e.At.Format(time.RFC3339), w.Day)})
		}
	}
}

func (w *watch) end(find func(ledger.Finding)) {
	if now := w.Standing.Balances(); !slices.Equal(now, w.Closing.Balances) {
		find(ledger.Finding{Rule: "closed", Subject: w.Day, Detail: "the balances that were recorded when it was closed are not those of the journal up to then"})
	}
}
