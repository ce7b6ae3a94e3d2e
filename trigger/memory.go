package trigger

import (
	"slices"
	"strings"
	"time"
)

// Bounds of what is remembered under one identifier.
const (
	maxTriggers = 64
	maxHits     = 16 // per trigger, of all keys together
	maxSteps    = 8  // of a sequence
)

// Memory is what the triggers know about one identifier. The zero Memory is ready. A copy shares what it holds with the original.
type Memory struct {
	states []state // ascending by id
}

// state is what one trigger knows.
type state struct {
	id   string
	last time.Time // fired last, when there is a cooldown
	mark time.Time // latest start or end, or just before the latest firing: a start up to here comes too late
	due  time.Time // of the timer that is armed; zero: none
	hits []hit     // ascending by time
}

// hit is one counted event, or several that are one since each is closer than apart to the next; or one that a step of a sequence takes.
type hit struct {
	key   uint64
	at    time.Time     // of the latest event
	span  time.Duration // since the earliest
	step  uint8
	spent bool // used up by a firing: it only keeps others apart
}

func (h hit) near(o hit, apart time.Duration) bool {
	return h.key == o.key && h.at.Add(-h.span).Sub(o.at) < apart && o.at.Add(-o.span).Sub(h.at) < apart
}

// and is both hits as one.
func (h hit) and(o hit) hit {
	from, at := h.at.Add(-h.span), h.at
	if o.at.Add(-o.span).Before(from) {
		from = o.at.Add(-o.span)
	}
	if o.at.After(at) {
		at = o.at
	}
	return hit{h.key, at, at.Sub(from), h.step, h.spent || o.spent}
}

// Empty reports whether nothing is remembered.
func (m *Memory) Empty() bool { return len(m.states) == 0 }

func (m *Memory) search(id string) (int, bool) {
	return slices.BinarySearchFunc(m.states, id, func(s state, id string) int { return strings.Compare(s.id, id) })
}

// find is the trigger's state, nil when there is none. It is valid until the next call of state.
func (m *Memory) find(id string) *state {
	if i, ok := m.search(id); ok {
		return &m.states[i]
	}
	return nil
}

// state is the trigger's state, made when there is none. Where memory is full, what this release does not remember makes room.
func (m *Memory) state(id string, of *Machine) *state {
	if s := m.find(id); s != nil {
		return s
	}
	if len(m.states) >= maxTriggers {
		m.states = slices.DeleteFunc(m.states, func(s state) bool {
			i, known := of.ids[s.id]
			return !known || !of.patterns[i].remembers()
		})
	}
	i, _ := m.search(id)
	m.states = slices.Insert(m.states, i, state{id: id})
	return &m.states[i]
}

// cooling reports whether now lies within the cooldown of the pattern's last firing.
func (m *Memory) cooling(p *pattern, now time.Time) bool {
	s := m.find(p.ID)
	return s != nil && !s.last.IsZero() && now.Sub(s.last) < p.Cooldown
}

// marked is up to when a start comes too late.
func (m *Memory) marked(id string) (at time.Time) {
	if s := m.find(id); s != nil {
		at = s.mark
	}
	return at
}

func (m *Memory) meet(id string, h hit, apart time.Duration) (met, changed bool) {
	if s := m.find(id); s != nil {
		met, changed = s.meet(h, apart)
	}
	return met, changed
}

// with is a state with more hits.
func (s *state) with(more []hit, apart time.Duration) *state {
	all := &state{hits: slices.Clone(s.hits)}
	for _, h := range more {
		if met, _ := all.meet(h, apart); !met {
			all.insert(h)
		}
	}
	return all
}

// expire drops what is more than a window older than the newest hit.
func (s *state) expire(within time.Duration) {
	newest := s.hits[len(s.hits)-1].at
	s.hits = slices.DeleteFunc(s.hits, func(o hit) bool { return newest.Sub(o.at) > within })
}

// add takes a hit, unless it is older than the window. What has left the window is dropped. The caller bounds what is kept.
func (s *state) add(h hit, within time.Duration) bool {
	newest := h.at
	if n := len(s.hits); n > 0 && s.hits[n-1].at.After(newest) {
		newest = s.hits[n-1].at
	}
	if newest.Sub(h.at) > within {
		return false
	}
	s.hits = slices.DeleteFunc(s.hits, func(o hit) bool { return newest.Sub(o.at) > within })
	s.insert(h)
	return true
}

func (s *state) insert(h hit) {
	i := len(s.hits)
	for i > 0 && s.hits[i-1].at.After(h.at) {
		i--
	}
	s.hits = slices.Insert(s.hits, i, h)
}

// meet makes a hit one with those of its key that are closer to it than apart. It says whether there are any, and whether that changed one.
func (s *state) meet(h hit, apart time.Duration) (met, changed bool) {
	before := len(s.hits)
	s.hits = slices.DeleteFunc(s.hits, func(o hit) bool {
		if !o.near(h, apart) {
			return false
		}
		h = o.and(h)
		changed = changed || h != o
		return true
	})
	if met = len(s.hits) < before; met {
		s.insert(h)
	}
	return met, changed
}

// count is the number of the key's hits.
func (s *state) count(key uint64) (n int64) {
	for _, h := range s.hits {
		if h.key == key && !h.spent {
			n++
		}
	}
	return n
}

// spend uses up the key's hits. The newest is kept, as spent, where hits must be apart.
func (s *state) spend(key uint64, keep bool) {
	for i := len(s.hits) - 1; i >= 0; i-- {
		switch {
		case s.hits[i].key != key:
		case keep:
			s.hits[i].spent, keep = true, false
		default:
			s.hits = slices.Delete(s.hits, i, i+1)
		}
	}
}

// latest is the instant of the key's newest hit that is not used up.
func (s *state) latest(key uint64) (at time.Time) {
	for _, h := range s.hits {
		if h.key == key && !h.spent {
			at = h.at
		}
	}
	return at
}

// thin makes room for the steps of sequences: it drops the oldest hit that a later one of the same key and step stands for, else the oldest.
// Of two hits the later one does whatever the earlier could, but for an event between them that is still to come.
func (s *state) thin() {
	for len(s.hits) > maxHits {
		oldest := 0
		for i, h := range s.hits {
			if slices.ContainsFunc(s.hits[i+1:], func(o hit) bool { return o.key == h.key && o.step == h.step }) {
				oldest = i
				break
			}
		}
		s.hits = slices.Delete(s.hits, oldest, oldest+1)
	}
}

// sequence says when the key's hits have been through all steps, one after the other, within the window.
func (s *state) sequence(key uint64, steps int, within time.Duration) (end time.Time, complete bool) {
	var began [maxSteps]time.Time // of the run up to each step that began last
	for _, h := range s.hits {
		at := int(h.step)
		switch {
		case h.key != key || at >= steps:
		case at == 0:
			began[0] = h.at
		case !began[at-1].IsZero() && h.at.Sub(began[at-1]) <= within:
			if began[at] = began[at-1]; at == steps-1 {
				return h.at, true
			}
		}
	}
	return end, false
}

// drop forgets the key's hits up to an instant.
func (s *state) drop(key uint64, upto time.Time) {
	s.hits = slices.DeleteFunc(s.hits, func(h hit) bool { return h.key == key && !h.at.After(upto) })
}
