package trigger

import (
	"fmt"
	"time"

	"boon"
	"boon/internal/rule"
)

// Machine is the compiled set of a release's triggers. It holds no state of any person.
type Machine struct {
	patterns []pattern
	events   map[string][]int // event name -> patterns that it concerns, ascending
	ids      map[string]int
}

// Timer asks for Due to be called for a trigger when the time has come.
type Timer struct {
	Trigger string
	Due     time.Time
}

// pattern is one trigger with its expressions; nil where it has none.
type pattern struct {
	boon.Trigger
	where *rule.Program
	by    *rule.Program
}

// counts reports whether the pattern is a count; a count of one is the event itself.
func (p *pattern) counts() bool { return p.When.Count > 1 }

// remembers reports whether the trigger keeps state.
func (p *pattern) remembers() bool { return p.Cooldown > 0 || p.counts() || p.When.Absent != nil }

// Compile checks the triggers. An error names the trigger, and whether its when, where or by is at fault. env may be nil when no trigger has
// an expression.
func Compile(env *rule.Env, triggers []boon.Trigger) (*Machine, error) {
	m := &Machine{make([]pattern, len(triggers)), map[string][]int{}, make(map[string]int, len(triggers))}
	remembering := 0
	for i, t := range triggers {
		if _, twice := m.ids[t.ID]; twice {
			return nil, fmt.Errorf("trigger %s: %w", t.ID, boon.Invalid("id", "there are two triggers of this id"))
		}
		p, err := compile(env, t)
		if err != nil {
			return nil, fmt.Errorf("trigger %s: %w", t.ID, err)
		}
		if p.remembers() {
			remembering++
		}
		if remembering > maxTriggers {
			return nil, fmt.Errorf("trigger %s: %w", t.ID,
				boon.Invalid("", "it is one too many: at most %d triggers can have a cooldown, a count or an absence", maxTriggers))
		}
		m.add(i, p)
	}
	return m, nil
}

func (m *Machine) add(i int, p pattern) {
	m.patterns[i], m.ids[p.ID] = p, i
	m.events[p.When.Event] = append(m.events[p.When.Event], i)
	if a := p.When.Absent; a != nil && a.Event != p.When.Event {
		m.events[a.Event] = append(m.events[a.Event], i)
	}
}

// Listens reports whether an event of that name can do anything here: some trigger starts on it, counts it, or waits for its absence.
func (m *Machine) Listens(event string) bool { return len(m.events[event]) > 0 }

func compile(env *rule.Env, t boon.Trigger) (p pattern, err error) {
	p.Trigger = t
	if err := check(t); err != nil {
		return p, err
	}
	if p.where, err = expression(env, t.When.Where, rule.WantBool); err != nil {
		return p, fmt.Errorf("where: %w", err)
	}
	if p.by, err = expression(env, t.When.By, rule.WantAny); err != nil {
		return p, fmt.Errorf("by: %w", err)
	}
	return p, nil
}

func expression(env *rule.Env, source string, want rule.Want) (*rule.Program, error) {
	if source == "" {
		return nil, nil
	}
	return env.Compile(source, want)
}

// check refuses what no sequence of events could complete, or no memory could hold.
func check(t boon.Trigger) error {
	w := t.When
	switch {
	case t.Cooldown < 0:
		return boon.Invalid("cooldown", "it must not be negative")
	case w.Event == "":
		return boon.Invalid("when.event", "the name of an event is missing")
	case w.Absent != nil && w.Count > 1:
		return boon.Invalid("when.absent", "a pattern waits for an absence or for a count, not for both")
	case w.Absent != nil && w.Absent.Event == "":
		return boon.Invalid("when.absent.event", "the name of an event is missing")
	case w.Absent != nil && w.Absent.For <= 0:
		return boon.Invalid("when.absent.for", "it must be longer than nothing")
	case w.Count > 1:
		return checkCount(w)
	}
	return nil
}

func checkCount(w boon.Pattern) error {
	switch {
	case w.Count > maxHits:
		return boon.Invalid("when.count", "at most %d can be counted, %d are asked for", maxHits, w.Count)
	case w.Within <= 0:
		return boon.Invalid("when.within", "a count needs the window in which it is counted")
	case w.Apart < 0:
		return boon.Invalid("when.apart", "it must not be negative")
	case w.Apart > w.Within/time.Duration(w.Count-1):
		return boon.Invalid("when.apart", "%d events this far apart do not fit into the window", w.Count)
	}
	return nil
}
