package trigger

import (
	"fmt"
	"slices"

	"boon"
	"boon/internal/rule"
)

// Machine is the compiled set of a release's triggers. It holds no state of any person.
type Machine struct {
	patterns []pattern
	puts     bool             // some pattern without an absence is put off in quiet hours
	cycles   bool             // some pattern waits in the shopper's own cycles
	events   map[string][]int // event name -> patterns that it concerns, ascending
	ids      map[string]int
}

// pattern is one trigger with its expressions; nil where it has none.
type pattern struct {
	boon.Trigger
	steps []step // of a sequence in their order, else the events that begin
	ends  []step // the events that take an absence back
	by    *rule.Program
	cycle *rule.Program // days of the shopper's own cycle, for an absence in cycles
}

// step is an event and its condition.
type step struct {
	event string
	where *rule.Program
}

// follows reports whether the pattern is a sequence.
func (p *pattern) follows() bool { return len(p.When.Sequence) > 0 }

// counts reports whether the pattern is a count; a count of one is the event itself.
func (p *pattern) counts() bool { return p.When.Count > 1 }

// waits reports whether the pattern ends with an absence.
func (p *pattern) waits() bool { return p.When.Absent != nil }

// remembers reports whether the trigger keeps state.
func (p *pattern) remembers() bool {
	return p.Cooldown > 0 || p.follows() || p.counts() || p.waits() || Defers(p.Trigger)
}

// Compile checks the triggers. An error names the trigger, and which part of it is at fault. env may be nil when no trigger has
// an expression.
func Compile(env *rule.Env, triggers []boon.Trigger) (*Machine, error) {
	m := &Machine{patterns: make([]pattern, len(triggers)), events: map[string][]int{}, ids: make(map[string]int, len(triggers))}
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
				boon.Invalid("", "it is one too many: at most %d triggers can have a cooldown, a sequence, a count or an absence", maxTriggers))
		}
		m.add(i, p)
	}
	return m, nil
}

func (m *Machine) add(i int, p pattern) {
	m.patterns[i], m.ids[p.ID] = p, i
	m.cycles = m.cycles || p.cycle != nil
	m.puts = m.puts || !p.waits() && Defers(p.Trigger)
	for _, s := range slices.Concat(p.steps, p.ends) {
		if !slices.Contains(m.events[s.event], i) {
			m.events[s.event] = append(m.events[s.event], i)
		}
	}
}

// Listens reports whether an event of that name can do anything here: some trigger begins on it, goes on with it, or waits for its absence.
func (m *Machine) Listens(event string) bool { return len(m.events[event]) > 0 }

// Begins lists the events that a trigger begins with, or goes on with.
func (m *Machine) Begins(trigger string) (events []string) {
	if i, known := m.ids[trigger]; known {
		for _, s := range m.patterns[i].steps {
			events = append(events, s.event)
		}
	}
	return events
}

// Watches reports whether it matters which products people look at and buy: news of products call them back, or a firing that was put off falls
// away once its product is bought.
func (m *Machine) Watches() bool {
	return m.puts || m.Listens(boon.ProductBackInStock) || m.Listens(boon.ProductPriceDropped)
}

func compile(env *rule.Env, t boon.Trigger) (p pattern, err error) {
	if err := Check(t); err != nil {
		return p, err
	}
	p.Trigger = Expand(t)
	w := p.When
	if p.steps, err = steps(env, "", w.Event, w.Where, "any", w.Any); err != nil {
		return p, err
	}
	if p.follows() {
		if p.steps, err = steps(env, "", "", "", "sequence", w.Sequence); err != nil {
			return p, err
		}
	}
	if p.by, err = expression(env, w.By, rule.WantAny); err != nil {
		return p, fmt.Errorf("by: %w", err)
	}
	if !p.waits() {
		return p, nil
	}
	if p.ends, err = steps(env, "absent.", w.Absent.Event, w.Absent.Where, "any", w.Absent.Any); err != nil {
		return p, err
	}
	if w.Absent.Cycles > 0 {
		p.cycle, err = expression(env, cycleDays, rule.WantAny)
	}
	return p, err
}

// cycleDays are the days of the shopper's own purchase cycle, or of the usual one.
const cycleDays = "int(profile.cycle_days)"

// steps compiles one event, or a list of them; an error is prefixed with the path of the condition.
func steps(env *rule.Env, at, event, where, name string, list []boon.Step) ([]step, error) {
	if len(list) == 0 {
		program, err := expression(env, where, rule.WantBool)
		if err != nil {
			return nil, fmt.Errorf("%swhere: %w", at, err)
		}
		return []step{{event, program}}, nil
	}
	compiled := make([]step, len(list))
	for i, s := range list {
		program, err := expression(env, s.Where, rule.WantBool)
		if err != nil {
			return nil, fmt.Errorf("%s%s[%d].where: %w", at, name, i, err)
		}
		compiled[i] = step{s.Event, program}
	}
	return compiled, nil
}

func expression(env *rule.Env, source string, want rule.Want) (*rule.Program, error) {
	if source == "" {
		return nil, nil
	}
	return env.Compile(source, want)
}
