package trigger

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"boon"
	"boon/internal/rule"

	"github.com/zeebo/xxh3"
)

var errNoRow = errors.New("ask its condition: there is no row")

// Timer asks for Due to be called for a trigger when the time has come.
type Timer struct {
	Trigger string
	Due     time.Time
	Of      int // whose memory it is armed in: 0 the event's own, else one of the others, from 1
}

// Match takes an event into memory and returns the triggers that it completes and the timers that it arms, both in order of the release, and
// whether any memory changed. others are the memories of the same person's other identifiers: they count, cool down, are used up and have their
// timers taken back or moved as if all were one, but none of them takes the event in. row is called at most once, when a condition is to be asked; it may be nil when no trigger of this event has any.
// The only error is a row that is needed and missing; after it memory must not be used.
func (m *Machine) Match(e *boon.Event, row func() rule.Row, mem *Memory, others ...*Memory) (fired []string, timers []Timer, changed bool, err error) {
	listeners := m.events[e.Name]
	if len(listeners) == 0 {
		return nil, nil, false, nil
	}
	r := run{machine: m, event: e, row: row, mem: mem, others: others}
	for _, i := range listeners {
		if err := r.visit(&m.patterns[i]); err != nil {
			return nil, nil, false, fmt.Errorf("trigger %s: %w", m.patterns[i].ID, err)
		}
	}
	return r.fired, r.timers, r.changed, nil
}

// Armed reports whether a timer is the one that a trigger waits for.
func (m *Memory) Armed(trigger string, due time.Time) bool {
	s := m.find(trigger)
	return s != nil && !s.due.IsZero() && s.due.Equal(due)
}

// PutOff lets a trigger that fires at an instant fire at a later one instead: Due is to be asked again then, and what takes an absence back does so
// until then. It reports whether the trigger would have fired: an absence does not within a cooldown. Of other patterns a later firing takes the
// place of the one that was put off.
func (m *Machine) PutOff(trigger string, from, until time.Time, mem *Memory, others ...*Memory) bool {
	i, known := m.ids[trigger]
	if !known {
		return false
	}
	if p := &m.patterns[i]; p.waits() && (!mem.Armed(trigger, from) || outdated(p, mem, others) || cooling(p, from, mem, others)) {
		return false
	}
	mem.state(trigger, m).due = until
	return true
}

// Defers reports whether a trigger's firings are put off while quiet hours let nothing reach the shopper: as it says, else where nobody looks at a page.
func Defers(t boon.Trigger) bool {
	return t.Quiet == boon.QuietDefer || t.Quiet == "" && Unattended(Expand(t).When)
}

// Unattended reports whether a pattern finds nobody in front of a page: it fires when something did not happen, or by a feed.
func Unattended(p boon.Pattern) bool {
	return p.Absent != nil || p.Event == boon.ProductBackInStock || p.Event == boon.ProductPriceDropped
}

// Due says whether a trigger fires since its timer ran out: it does when the timer is the one that is armed, nothing later is known under the person's
// other identifiers, and no cooldown is running.
// Either way that timer is spent. No condition is asked, for it held when the timer was armed. What was put off of another pattern than an absence
// began its cooldown when it fired. others are as in Match.
func (m *Machine) Due(trigger string, at time.Time, putOff bool, mem *Memory, others ...*Memory) (fire, changed bool) {
	i, known := m.ids[trigger]
	if !known || !mem.Armed(trigger, at) {
		return false, false
	}
	s, p := mem.find(trigger), &m.patterns[i]
	if s.due = (time.Time{}); !p.waits() {
		return putOff, true
	}
	if outdated(p, mem, others) {
		return false, true
	}
	s.mark = at.Add(-1) // a start at this very instant comes after the timer, and arms
	if cooling(p, at, mem, others) {
		return false, true
	}
	if p.Cooldown > 0 {
		s.last = at
	}
	return true, true
}

// outdated reports whether a wait that runs was started or ended anew, or is over, under another of the person's identifiers: when that was told, the two
// were not known to be one, and it took nothing back here.
func outdated(p *pattern, mem *Memory, others []*Memory) bool {
	began := mem.marked(p.ID)
	return slices.ContainsFunc(others, func(o *Memory) bool { return o.marked(p.ID).After(began) })
}

// cooling reports whether now lies within the cooldown.
func cooling(p *pattern, now time.Time, mem *Memory, others []*Memory) bool {
	if p.Cooldown == 0 {
		return false
	}
	return mem.cooling(p, now) || slices.ContainsFunc(others, func(o *Memory) bool { return o.cooling(p, now) })
}

// run is one event on its way through the patterns.
type run struct {
	machine *Machine
	event   *boon.Event
	row     func() rule.Row
	known   rule.Row
	mem     *Memory
	others  []*Memory
	fired   []string
	timers  []Timer
	changed bool
	from    time.Time // no wait is moved to before it
}

func (r *run) visit(p *pattern) error {
	at, done, err := r.complete(p)
	switch {
	case err != nil:
		return err
	case p.waits():
		return r.wait(p, at, done)
	case done && !r.cooling(p):
		r.fire(p)
	}
	return nil
}

func (r *run) cooling(p *pattern) bool { return cooling(p, r.event.Time, r.mem, r.others) }

// complete says whether the event completes the pattern, but for an absence, and when the latest event of the pattern was. A cheap no comes
// before a condition.
func (r *run) complete(p *pattern) (at time.Time, done bool, err error) {
	switch {
	case p.follows():
		return r.follow(p)
	case p.counts():
		return r.count(p)
	case !p.waits() && r.cooling(p):
		return at, false, nil
	}
	done, err = r.any(p.steps)
	return r.event.Time, done, err
}

// any reports whether the event is one of these, its condition met.
func (r *run) any(steps []step) (bool, error) {
	for i := range steps {
		if ok, err := r.is(&steps[i]); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (r *run) is(s *step) (bool, error) {
	if r.event.Name != s.event {
		return false, nil
	}
	if s.where == nil {
		return true, nil
	}
	row, err := r.ask()
	if err != nil {
		return false, err
	}
	ok, failed := s.where.Eval(row)
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

// wait arms the timer anew from the end of what came, or takes it back, unless the event comes too late for either.
func (r *run) wait(p *pattern, at time.Time, starts bool) error {
	if starts {
		return r.arm(p, at)
	}
	ends, err := r.any(p.ends)
	if err != nil || !ends {
		return err
	}
	if s := r.mem.state(p.ID, r.machine); !r.event.Time.Before(s.mark) {
		s.mark, s.due = r.event.Time, time.Time{}
		r.changed = true
	}
	r.retract(p, r.event.Time)
	return nil
}

// retract takes back the timers of the person's other identifiers: what goes on under one goes on under all.
func (r *run) retract(p *pattern, at time.Time) {
	for _, o := range r.others {
		if s := o.find(p.ID); s != nil && !s.due.IsZero() && !at.Before(s.mark) {
			s.mark, s.due = at, time.Time{}
			r.changed = true
		}
	}
}

// arm starts the wait, unless something later is known of the person: then the wait that runs goes by what is known now.
func (r *run) arm(p *pattern, at time.Time) error {
	s := r.mem.state(p.ID, r.machine)
	if !at.After(s.mark) || slices.ContainsFunc(r.others, func(o *Memory) bool { return !at.After(o.marked(p.ID)) }) {
		return r.paceAll(p, s)
	}
	due, ok, err := r.due(p, at)
	if err != nil || !ok {
		return err
	}
	s.mark, s.due = at, due
	r.timers = append(r.timers, Timer{Trigger: p.ID, Due: due})
	r.changed = true
	r.retract(p, at)
	return nil
}

// count adds the event to its key's hits; they are used up when they suffice, unless a cooldown is running.
func (r *run) count(p *pattern) (at time.Time, done bool, err error) {
	if ok, err := r.any(p.steps); err != nil || !ok {
		return at, false, err
	}
	key, ok, err := r.key(p)
	if err != nil || !ok {
		return at, false, err
	}
	h := hit{key: key, at: r.event.Time}
	if r.meet(p, h) {
		return at, false, nil
	}
	s := r.mem.state(p.ID, r.machine)
	if !s.add(h, p.When.Within) {
		return at, false, nil
	}
	s.hits = slices.Delete(s.hits, 0, max(0, len(s.hits)-maxHits))
	r.changed = true
	all := r.together(p, s)
	if all.count(key) < p.When.Count || !p.waits() && r.cooling(p) {
		return at, false, nil
	}
	at = all.latest(key)
	s.spend(key, p.When.Apart > 0)
	r.use(p, key, at)
	return at, true, nil
}

// meet makes a hit one with those that it is closer to than apart, under whichever identifier.
func (r *run) meet(p *pattern, h hit) bool {
	if p.When.Apart == 0 {
		return false
	}
	met, changed := r.mem.meet(p.ID, h, p.When.Apart)
	for _, o := range r.others {
		one, grew := o.meet(p.ID, h, p.When.Apart)
		met, changed = met || one, changed || grew
	}
	r.changed = r.changed || changed
	return met
}

// follow adds the event to its key's steps; a sequence that they complete is used up.
func (r *run) follow(p *pattern) (at time.Time, done bool, err error) {
	var key uint64
	var s *state
	for i := len(p.steps) - 1; i >= 0; i-- { // the last step first, so that no event follows itself
		ok, err := r.is(&p.steps[i])
		if err != nil {
			return at, false, err
		}
		if !ok {
			continue
		}
		if s == nil {
			if key, ok, err = r.key(p); err != nil || !ok {
				return at, false, err
			}
			s = r.mem.state(p.ID, r.machine)
		}
		if s.add(hit{key: key, at: r.event.Time, step: uint8(i)}, p.When.Within) {
			s.thin()
			r.changed = true
		}
	}
	if s == nil {
		return at, false, nil
	}
	if at, done = r.together(p, s).sequence(key, len(p.steps), p.When.Within); done {
		s.drop(key, at)
		r.use(p, key, at)
	}
	return at, done, nil
}

// together is the state with the hits of all the person's identifiers that lie within the window.
func (r *run) together(p *pattern, s *state) *state {
	all := s
	for _, o := range r.others {
		if other := o.find(p.ID); other != nil && len(other.hits) > 0 {
			all = all.with(other.hits, p.When.Apart)
		}
	}
	if all != s {
		all.expire(p.When.Within)
	}
	return all
}

// use drops the hits of a key under the person's other identifiers.
func (r *run) use(p *pattern, key uint64, upto time.Time) {
	for _, o := range r.others {
		if s := o.find(p.ID); s != nil {
			s.drop(key, upto)
		}
	}
}

// key is what the event is counted or followed under, as a hash: memory holds none of its text.
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
