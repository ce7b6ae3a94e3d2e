package trigger

import (
	"errors"
	"fmt"
	"time"

	"boon"
	"boon/internal/rule"

	"github.com/zeebo/xxh3"
)

var errNoRow = errors.New("ask its condition: there is no row")

// Match takes an event into memory and returns the triggers that it completes and the timers that it arms, both in order of the release, and
// whether memory changed. row is called at most once, when a condition is to be asked; it may be nil when no trigger of this event has any.
// The only error is a row that is needed and missing; after it memory must not be used.
func (m *Machine) Match(e *boon.Event, row func() rule.Row, mem *Memory) (fired []string, timers []Timer, changed bool, err error) {
	listeners := m.events[e.Name]
	if len(listeners) == 0 {
		return nil, nil, false, nil
	}
	r := run{machine: m, event: e, row: row, mem: mem}
	for _, i := range listeners {
		if err := r.visit(&m.patterns[i]); err != nil {
			return nil, nil, false, fmt.Errorf("trigger %s: %w", m.patterns[i].ID, err)
		}
	}
	return r.fired, r.timers, r.changed, nil
}

// Due says whether a trigger fires since its timer ran out: it does when the timer is the one that is armed and no cooldown is running.
// Either way that timer is spent. The row goes unasked, for the condition held when the timer was armed.
func (m *Machine) Due(trigger string, at time.Time, _ func() rule.Row, mem *Memory) (fire, changed bool) {
	s := mem.find(trigger)
	i, known := m.ids[trigger]
	if !known || s == nil || s.due.IsZero() || !s.due.Equal(at) {
		return false, false
	}
	s.due, s.mark = time.Time{}, at.Add(-1) // a start at this very instant comes after the timer, and arms
	p := &m.patterns[i]
	if p.When.Absent == nil || cooling(p, at, mem) {
		return false, true
	}
	if p.Cooldown > 0 {
		s.last = at
	}
	return true, true
}

// cooling reports whether now lies within the cooldown.
func cooling(p *pattern, now time.Time, mem *Memory) bool {
	if p.Cooldown == 0 {
		return false
	}
	s := mem.find(p.ID)
	return s != nil && !s.last.IsZero() && now.Sub(s.last) < p.Cooldown
}

// run is one event on its way through the patterns.
type run struct {
	machine *Machine
	event   *boon.Event
	row     func() rule.Row
	known   rule.Row
	mem     *Memory
	fired   []string
	timers  []Timer
	changed bool
}

func (r *run) visit(p *pattern) error {
	starts, err := r.starts(p)
	switch {
	case err != nil:
		return err
	case p.When.Absent != nil:
		r.wait(p, starts)
	case !starts:
	case p.counts():
		return r.count(p)
	default:
		r.fire(p)
	}
	return nil
}

// starts reports whether the event is the one that the pattern begins with. A cheap no comes before a condition.
func (r *run) starts(p *pattern) (bool, error) {
	if r.event.Name != p.When.Event {
		return false, nil
	}
	if p.When.Absent == nil && !p.counts() && cooling(p, r.event.Time, r.mem) {
		return false, nil
	}
	if p.where == nil {
		return true, nil
	}
	row, err := r.ask()
	if err != nil {
		return false, err
	}
	ok, failed := p.where.Eval(row)
	return ok && failed == nil, nil
}

func (r *run) ask() (rule.Row, error) {
	if r.known == nil && r.row != nil {
		r.known = r.row()
	}
	if r.known == nil {
		return nil, errNoRow
	}
	return r.known, nil
}

func (r *run) fire(p *pattern) {
	r.fired = append(r.fired, p.ID)
	if p.Cooldown > 0 {
		r.mem.state(p.ID, r.machine).last = r.event.Time
		r.changed = true
	}
}

// wait arms the timer anew, or takes it back, unless the event comes too late for either.
func (r *run) wait(p *pattern, starts bool) {
	now := r.event.Time
	if !starts && r.event.Name != p.When.Absent.Event {
		return
	}
	s := r.mem.state(p.ID, r.machine)
	switch {
	case starts && now.After(s.mark):
		s.mark, s.due = now, now.Add(p.When.Absent.For)
		r.timers = append(r.timers, Timer{p.ID, s.due})
		r.changed = true
	case !starts && !now.Before(s.mark):
		s.mark, s.due = now, time.Time{}
		r.changed = true
	}
}

// count adds the event to its key's hits, and fires when they suffice.
func (r *run) count(p *pattern) error {
	key, ok, err := r.key(p)
	if err != nil || !ok {
		return err
	}
	s := r.mem.state(p.ID, r.machine)
	if !s.add(hit{key: key, at: r.event.Time}, p.When.Within, p.When.Apart) {
		return nil
	}
	r.changed = true
	if s.count(key) >= p.When.Count && !cooling(p, r.event.Time, r.mem) {
		s.spend(key, p.When.Apart > 0)
		r.fire(p)
	}
	return nil
}

// key is what the event is counted under, as a hash: memory holds none of its text.
func (r *run) key(p *pattern) (key uint64, ok bool, err error) {
	if p.by == nil {
		return 0, true, nil
	}
	row, err := r.ask()
	if err != nil {
		return 0, false, err
	}
	text, failed := p.by.Text(row)
	return xxh3.HashString(text), failed == nil && text != "", nil
}
