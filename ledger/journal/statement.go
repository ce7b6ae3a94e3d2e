package journal

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"boon"
	"boon/ledger"
)

// Statement is what accounts went through on some days: entries are given to Add in journal order, of whatever a query selects.
type Statement struct {
	Days Days
	Zone *time.Location

	opening   map[boon.Account]int64
	closing   map[boon.Account]int64
	movements []Entry
}

// Add takes an entry in: before the first day it opens the statement, after the last it is passed over.
func (s *Statement) Add(e Entry) {
	day := Day(e.At, s.Zone)
	if s.closing == nil {
		s.opening, s.closing = map[boon.Account]int64{}, map[boon.Account]int64{}
	}
	if s.Days.Past(day) {
		return
	}
	if !s.Days.Before(day) {
		s.movements = append(s.movements, e)
	}
	for _, p := range e.Postings {
		s.closing[p.Account] += p.Minor
		if s.Days.Before(day) {
			s.opening[p.Account] += p.Minor
		}
	}
}

// Line is one account of a statement, in minor units: Opening plus In minus Out is Closing.
type Line struct {
	Account                   boon.Account
	Opening, In, Out, Closing int64
}

// Lines lists the accounts that were ever touched up to the last day, by budget, currency and kind.
func (s *Statement) Lines() []Line {
	in, out := map[boon.Account]int64{}, map[boon.Account]int64{}
	for _, e := range s.movements {
		for _, p := range e.Postings {
			if p.Minor > 0 {
				in[p.Account] += p.Minor
			} else {
				out[p.Account] -= p.Minor
			}
		}
	}
	var lines []Line
	for _, a := range slices.SortedFunc(maps.Keys(s.closing), byAccount) {
		lines = append(lines, Line{a, s.opening[a], in[a], out[a], s.closing[a]})
	}
	return lines
}

func byAccount(a, b boon.Account) int {
	return cmp.Or(cmp.Compare(a.Budget, b.Budget), cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Kind, b.Kind))
}

// Movements lists the entries of the days, in journal order.
func (s *Statement) Movements() []Entry { return s.movements }

// At is the balances at the end of the last day that do not stand at zero, by budget, currency and kind.
func (s *Statement) At() []ledger.Balance {
	var all []ledger.Balance
	for _, l := range s.Lines() {
		if l.Closing != 0 {
			all = append(all, ledger.Balance{Account: l.Account, Minor: l.Closing})
		}
	}
	return all
}
