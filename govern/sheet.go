package govern

import (
	"fmt"
	"slices"

	"boon/internal/wire"
)

// Cell names what is counted: a subject ("": all of them together) within a group.
type Cell struct{ Group, Subject string }

// Count is what is counted: people, and of them those who were given something, what it came to in minor units, and the sum of its squares.
type Count struct {
	People  int64
	Given   int64
	Value   int64
	Squares Square
}

// Entry is a count in a cell on a day.
type Entry struct {
	Day int64
	Cell
	Count
}

// Plus is the sum.
func (n Count) Plus(o Count) Count {
	return Count{n.People + o.People, n.Given + o.Given, n.Value + o.Value, n.Squares.Plus(o.Squares)}
}

// Less is what is left when a part is taken back.
func (n Count) Less(o Count) Count {
	return Count{n.People - o.People, n.Given - o.Given, n.Value - o.Value, n.Squares.Less(o.Squares)}
}

// Encode is the stored form.
func (n Count) Encode() []byte {
	w := wire.Writer{}
	w.Int(n.People)
	w.Int(n.Given)
	w.Int(n.Value)
	w.Uint(n.Squares.High)
	w.Uint(n.Squares.Low)
	return w.Buf
}

// DecodeCount reads what Encode wrote.
func DecodeCount(data []byte) (Count, error) {
	r := wire.NewReader(data)
	n := Count{r.Int(), r.Int(), r.Int(), Square{r.Uint(), r.Uint()}}
	if r.Err() != nil || r.Len() > 0 {
		return Count{}, fmt.Errorf("decode count: %w", wire.ErrMalformed)
	}
	return n, nil
}

// Sheet is what was counted under one bound. Sheets of days add up to one of a window.
type Sheet map[Cell]Count

// Subjects that were given, in their order; all of them together is not among them.
func (s Sheet) Subjects() []string {
	var all []string
	for cell, n := range s {
		if cell.Subject != "" && n.Given > 0 {
			all = append(all, cell.Subject)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Groups are the counts of a subject, by group, as [Compare] takes them.
func (s Sheet) Groups(names []string, subject string) []Group {
	groups := make([]Group, len(names))
	for i, name := range names {
		n := s[Cell{name, subject}]
		groups[i] = Group{Name: name, Units: s[Cell{name, ""}].People, Favoured: n.Given, Value: n.Value, Squares: n.Squares}
	}
	return groups
}
