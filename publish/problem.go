package publish

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a file. Line and Column count from 1; a zero Line means that the place is unknown.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`

	text textStart
}

// Positions tells where a field was written, by its path, such as "Offer/ten-off.reward.values[0]".
type Positions map[string]Position

// Of finds the place of a path or, where the field itself was not written, of the closest thing around it.
func (p Positions) Of(path string) Position {
	for {
		if at, ok := p[path]; ok {
			return at
		}
		cut := strings.LastIndexAny(path, ".[/")
		if cut < 0 {
			return Position{}
		}
		path = path[:cut]
	}
}

// Locate puts before a warning the place of the path that it begins with.
func (p Positions) Locate(warning string) string {
	path, _, _ := strings.Cut(warning, ": ")
	at := p.Of(path)
	if at.Line == 0 {
		return warning
	}
	return fmt.Sprintf("%s:%d:%d: %s", at.File, at.Line, at.Column, warning)
}

// Problem is one mistake in a bundle.
type Problem struct {
	Position
	Path    string `json:"path"`
	Message string `json:"message"`
}

func (p *Problem) Error() string {
	var parts []string
	if p.Line > 0 {
		parts = append(parts, fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column))
	}
	if p.Path != "" {
		parts = append(parts, p.Path)
	}
	return strings.Join(append(parts, p.Message), ": ")
}

// Errors are all problems of a bundle, sorted by place.
type Errors []*Problem

// Error writes one "file:line:col: path: message" a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find a single *Problem.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, p := range e {
		all[i] = p
	}
	return all
}

// orNil is e sorted and without repetitions, or nil when nothing is wrong.
func (e Errors) orNil() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
	return slices.CompactFunc(e, func(a, b *Problem) bool { return *a == *b })
}
