package govern

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"boon/internal/wire"
)

// Cell names what is counted on a sheet: a subject ("": all of them together) within a group.
type Cell struct{ Group, Subject string }

// Count is what is counted: people, and of them those who were given something, what it came to in minor units, and the sum of its squares.
type Count struct {
	People  int64
	Given   int64
	Value   int64
	Squares Square
}

// Entry is a count on the sheet of a day.
type Entry struct {
	Day int64
	Cell
	Count
}

// Sheet is what was counted under one bound on one day. Sheets merge by adding.
type Sheet map[Cell]Count

// maxCells bounds a sheet; what would be one more is not counted, nor is it taken back: cells stay, also those at nothing.
const maxCells = 4096

// Add counts an entry.
func (s Sheet) Add(e Entry) {
	if n, known := s[e.Cell]; known || len(s) < maxCells {
		s[e.Cell] = Count{n.People + e.People, n.Given + e.Given, n.Value + e.Value, n.Squares.Plus(e.Squares)}
	}
}

// Take takes back what was added.
func (s Sheet) Take(e Entry) {
	if n, known := s[e.Cell]; known {
		s[e.Cell] = Count{n.People - e.People, n.Given - e.Given, n.Value - e.Value, n.Squares.Less(e.Squares)}
	}
}

// Merge adds another sheet.
func (s Sheet) Merge(o Sheet) {
	for cell, n := range o {
		s.Add(Entry{Cell: cell, Count: n})
	}
}

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

const sheetVersion = 1

// Encode is the stored form; equal sheets give equal bytes.
func (s Sheet) Encode() []byte {
	w := wire.Writer{}
	w.Byte(sheetVersion)
	w.Uint(uint64(len(s)))
	order := func(a, b Cell) int { return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Subject, b.Subject)) }
	for _, cell := range slices.SortedFunc(maps.Keys(s), order) {
		n := s[cell]
		w.String(cell.Group)
		w.String(cell.Subject)
		w.Int(n.People)
		w.Int(n.Given)
		w.Int(n.Value)
		w.Uint(n.Squares.High)
		w.Uint(n.Squares.Low)
	}
	return w.Buf
}

// DecodeSheet reads what Encode wrote; no bytes are an empty sheet.
func DecodeSheet(data []byte) (Sheet, error) {
	s := Sheet{}
	if len(data) == 0 {
		return s, nil
	}
	r := wire.NewReader(data)
	if v := r.Byte(); v != sheetVersion {
		return nil, fmt.Errorf("decode sheet: unknown version %d", v)
	}
	for range r.Count(7) {
		cell := Cell{r.String(), r.String()}
		s[cell] = Count{r.Int(), r.Int(), r.Int(), Square{r.Uint(), r.Uint()}}
	}
	if r.Err() != nil || r.Len() > 0 {
		return nil, fmt.Errorf("decode sheet: %w", wire.ErrMalformed)
	}
	return s, nil
}
