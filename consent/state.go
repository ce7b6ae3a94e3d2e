package consent

import (
	"strings"
	"time"

	"boon"
)

const purposes = int(boon.PurposeMarketing) + 1

// State is what one identifier (or one profile: the Merge of its identifiers' states) has chosen. The zero State has chosen nothing.
type State struct {
	Choices [purposes]boon.Choice // by purpose; the zero Choice is none. Times are UTC
	GPC     time.Time             // last Global Privacy Control signal; zero: none
}

// Fold takes in an event's choices and its GPC signal. A choice without a time is as old as its event.
func Fold(s *State, e boon.Event) {
	for _, c := range e.Choices {
		if c.At.IsZero() {
			c.At = e.Time
		}
		s.Record(c)
	}
	if e.Context.GPC {
		s.GPC = later(s.GPC, instant(e.Time))
	}
}

// Record takes in one choice. A purpose that is not known is ignored.
func (s *State) Record(c boon.Choice) {
	if c.Purpose == 0 || int(c.Purpose) >= purposes {
		return
	}
	c.At = instant(c.At)
	if supersedes(c, s.Choices[c.Purpose]) {
		s.Choices[c.Purpose] = c
	}
}

// Merge joins two states: per purpose the choice that stands.
func Merge(a, b State) State {
	for _, c := range b.Choices {
		if c.Purpose != 0 {
			a.Record(c)
		}
	}
	a.GPC = later(a.GPC, b.GPC)
	return a
}

// List is the choices made, in the order of their purposes.
func (s State) List() []boon.Choice {
	var made []boon.Choice
	for _, c := range s.Choices {
		if c.Purpose != 0 {
			made = append(made, c)
		}
	}
	return made
}

// supersedes is a total order, so that the standing choice does not depend on who came first.
func supersedes(c, old boon.Choice) bool {
	switch {
	case old.Purpose == 0:
		return true
	case !c.At.Equal(old.At):
		return c.At.After(old.At)
	case c.Granted != old.Granted:
		return old.Granted
	}
	return strings.Compare(c.Source, old.Source) < 0
}

// instant drops the zone and the monotonic clock, so that equal states are equal values.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.Unix(t.Unix(), int64(t.Nanosecond())).UTC()
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
