package govern

import (
	"cmp"
	"slices"

	"boon/internal/wire"
)

// Member is what is remembered of one person under one bound, so that whoever is decided for often counts once. Days are days since 1970 in UTC.
type Member struct {
	Measure string // of the bound
	Group   string
	Day     int64  // of the latest decision
	Gains   []Gain // within the window, by day, then subject
}

// Gain is what a person was given of one subject, an offer or a campaign, on one day.
type Gain struct {
	Subject string
	Day     int64
	Value   int64 // minor units
}

// maxGains bounds what is remembered of a person; beyond it the oldest goes.
const maxGains = 32

// Equal reports whether they are remembered alike.
func (m Member) Equal(o Member) bool {
	return m.Measure == o.Measure && m.Group == o.Group && m.Day == o.Day && slices.Equal(m.Gains, o.Gains)
}

// Join is one person under a bound, of all that is remembered of who the person was known as. The latest decision tells the group.
func Join(measure string, known []Member) Member {
	m := Member{Measure: measure}
	for _, other := range known {
		if other.Measure != measure {
			continue
		}
		if m.Group == "" || other.Day > m.Day {
			m.Group, m.Day = other.Group, other.Day
		}
		m.Gains = append(slices.Clip(m.Gains), other.Gains...)
	}
	m.gather()
	return m
}

// Decided takes in a decision for a person of a group, and forgets what is older than the window's days.
func (m Member) Decided(group string, day, window int64, gains []Gain) Member {
	m.Day, m.Group = max(m.Day, day), group
	m.Gains = append(slices.Clone(m.Gains), gains...)
	m.Gains = slices.DeleteFunc(m.Gains, func(g Gain) bool { return g.Day <= m.Day-window })
	m.gather()
	return m
}

// gather puts gains into their order, and those of one subject and day together.
func (m *Member) gather() {
	slices.SortStableFunc(m.Gains, func(a, b Gain) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Subject, b.Subject)) })
	kept := m.Gains[:0:0]
	for _, g := range m.Gains {
		if last := len(kept) - 1; last >= 0 && kept[last].Day == g.Day && kept[last].Subject == g.Subject {
			kept[last].Value += g.Value
			continue
		}
		kept = append(kept, g)
	}
	m.Gains = kept[max(0, len(kept)-maxGains):]
}

// Entries are what the person adds to the sheets: one to the people of the group, on the day of the latest decision; and, for each subject and for all of
// them together (""), one to those who were given something, on the day of the latest gain. So the sheets of a window's days add up to people.
func (m Member) Entries() []Entry {
	entries := append(make([]Entry, 0, 3), Entry{m.Day, Cell{m.Group, ""}, Count{People: 1}})
	for _, g := range m.Gains {
		for _, subject := range [...]string{"", g.Subject} {
			i := slices.IndexFunc(entries, func(e Entry) bool { return e.Given > 0 && e.Subject == subject })
			if i < 0 {
				i = len(entries)
				entries = append(entries, Entry{Cell: Cell{m.Group, subject}, Count: Count{Given: 1}})
			}
			entries[i].Day = g.Day // days ascend
			entries[i].Value += g.Value
		}
	}
	for i := range entries {
		entries[i].Squares = SquareOf(entries[i].Value)
	}
	return entries
}

// WriteMember appends the stored form.
func WriteMember(w *wire.Writer, m Member) {
	w.String(m.Measure)
	w.String(m.Group)
	w.Int(m.Day)
	w.Uint(uint64(len(m.Gains)))
	for _, g := range m.Gains {
		w.String(g.Subject)
		w.Int(g.Day)
		w.Int(g.Value)
	}
}

// ReadMember reads what WriteMember wrote.
func ReadMember(r *wire.Reader) Member {
	m := Member{Measure: r.String(), Group: r.String(), Day: r.Int()}
	for range r.Count(3) {
		m.Gains = append(m.Gains, Gain{r.String(), r.Int(), r.Int()})
	}
	return m
}
