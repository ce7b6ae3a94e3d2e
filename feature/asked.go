package feature

import (
	"time"

	"boon/internal/rule"
)

// Asked shows features to the rule language as a Row of their Vector does. It works each out when it is asked for, and reads the person when a feature is
// of the person. It is for one goroutine, which may use it for one thing after the other.
type Asked struct {
	reading    Reading
	person     func() *State // nil: it is read
	categories []string
	one        Vector // of one slot a type, for the value at hand
	room       struct {
		ints    [1]int64
		doubles [1]float64
		bools   [1]bool
		strings [1]string
		times   [1]time.Time
		maps    [1]Map
		lists   [1][]string
	}
}

// nobody is who has done nothing.
var nobody State

// Ask begins anew, with what Compute would give for what person gives, at in.Now. categories are as in NewRow.
func (a *Asked) Ask(person func() *State, population Cuts, in Input, categories []string) {
	a.reading.in, a.person, a.categories = in, person, categories
	r := &a.room
	a.one = Vector{r.ints[:], r.doubles[:], r.bools[:], r.strings[:], r.times[:], r.maps[:], r.lists[:]}
	a.read(&nobody, population)
}

func (a *Asked) read(state *State, population Cuts) {
	a.reading = Reading{State: state, in: a.reading.in, cuts: population}
	a.reading.read()
}

// Value implements rule.Row.
func (a *Asked) Value(field int) rule.Value {
	d := &declared()[field]
	if d.gate > 0 && !a.find(&definitions[byName[d.given]]).Bools[0] {
		return rule.Value{}
	}
	return a.find(d).at(d.Type, 0)
}

func (a *Asked) find(d *Definition) *Vector {
	if d.personal && a.person != nil {
		a.read(a.person(), a.reading.cuts)
		a.person = nil
	}
	d.Fn(&a.reading, &a.one, 0)
	a.one.clean()
	return &a.one
}

// Now implements rule.Row.
func (a *Asked) Now() time.Time { return a.reading.in.Now }

// Categories implements rule.Row.
func (a *Asked) Categories() []string { return a.categories }
