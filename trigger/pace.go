package trigger

import (
	"fmt"
	"strconv"
	"time"

	"boon"
	"boon/internal/rule"
)

// Paces reports whether some trigger waits in the shopper's own cycles.
func (m *Machine) Paces() bool { return m.cycles }

// Link moves the ends of waits in cycles, now that these memories are known to be one person's: its pace is that of the orders of all. A wait that is
// over by that pace ends now; one that had run out before stays. row is as in Match.
func (m *Machine) Link(now time.Time, row func() rule.Row, mem *Memory, others ...*Memory) ([]Timer, error) {
	r := run{machine: m, row: row, mem: mem, others: others, from: now}
	for i := range m.patterns {
		p := &m.patterns[i]
		if err := r.paceAll(p, mem.find(p.ID)); err != nil {
			return nil, fmt.Errorf("trigger %s: %w", p.ID, err)
		}
	}
	return r.timers, nil
}

// paceAll moves the end of waits in cycles that run already, under whichever identifier: an order that is told late is one more of the shopper's pace.
func (r *run) paceAll(p *pattern, own *state) error {
	if p.cycle == nil {
		return nil
	}
	if err := r.pace(p, own, 0); err != nil {
		return err
	}
	for i, o := range r.others {
		if err := r.pace(p, o.find(p.ID), i+1); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) pace(p *pattern, s *state, of int) error {
	if s == nil || s.due.IsZero() || !s.due.After(r.from) {
		return nil
	}
	due, ok, err := r.due(p, s.mark)
	if due.Before(r.from) {
		due = r.from
	}
	if err != nil || !ok || due.Equal(s.due) {
		return err
	}
	s.due, r.changed = due, true
	r.timers = append(r.timers, Timer{p.ID, due, of})
	return nil
}

// due is when the wait is over. In cycles it is a number of whole days, the least that is more than so many cycles, as recency is counted too.
func (r *run) due(p *pattern, at time.Time) (due time.Time, ok bool, err error) {
	if p.cycle == nil {
		return at.Add(p.When.Absent.For), true, nil
	}
	row, err := r.ask()
	if err != nil {
		return due, false, err
	}
	text, failed := p.cycle.Text(row)
	days, malformed := strconv.ParseInt(text, 10, 64)
	if failed != nil || malformed != nil || days < 1 {
		return due, false, nil
	}
	wait := int64(p.When.Absent.Cycles)*days/int64(boon.Unit) + 1
	return at.Add(time.Duration(wait) * 24 * time.Hour), true, nil
}
