package feature

import (
	"cmp"
	"slices"
	"strings"
)

// tell takes in a value told at an instant. Nothing told is nothing known: an empty value leaves the register alone.
func (r *Register) tell(ms int64, value string) {
	if value == "" || ms < r.At || (ms == r.At && value <= r.Value) {
		return
	}
	r.At, r.Value = ms, value
}

// tell keeps the later cart; of two at once the greater.
func (c *Cart) tell(o Cart) {
	if cmp.Or(cmp.Compare(o.At, c.At), cmp.Compare(o.Total, c.Total), cmp.Compare(o.Lines, c.Lines), strings.Compare(o.Category, c.Category)) > 0 {
		*c = o
	}
}

// tell takes a named register in; beyond keep the one told longest ago goes, which cannot lose what is told later.
func tell(traits []Trait, t Trait, keep int) []Trait {
	at, found := slices.BinarySearchFunc(traits, t, func(a, b Trait) int { return strings.Compare(a.Name, b.Name) })
	if found {
		traits[at].tell(t.At, t.Value)
		return traits
	}
	if t.Value == "" {
		return traits
	}
	traits = slices.Insert(traits, at, t)
	if len(traits) <= keep {
		return traits
	}
	oldest := 0
	for i := range traits {
		if traits[i].At < traits[oldest].At {
			oldest = i // names ascend, so of those told at once the first by name goes
		}
	}
	return slices.Delete(traits, oldest, oldest+1)
}

// value finds a named register's value.
func value(traits []Trait, name string) (string, bool) {
	at, found := slices.BinarySearchFunc(traits, name, func(t Trait, n string) int { return strings.Compare(t.Name, n) })
	if !found {
		return "", false
	}
	return traits[at].Value, true
}
