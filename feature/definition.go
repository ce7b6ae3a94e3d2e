package feature

import (
	"slices"
	"strings"
	"time"
)

// Type is a feature's type, by its name in CEL.
type Type string

// The types. A map is map(string, string), a list is list(string).
const (
	Int       Type = "int"
	Double    Type = "double"
	Bool      Type = "bool"
	String    Type = "string"
	Timestamp Type = "timestamp"
	MapType   Type = "map"
	List      Type = "list"
)

// Definition is one feature: its name in expressions, what it means, and its place in a Vector.
type Definition struct {
	Name string // "profile.orders_90d"; "now" has no namespace
	Type Type
	Unit string // "" for none
	Doc  string
	Slot int // in the Vector's slice of the type
	Fn   func(r *Reading, v *Vector, slot int)

	given string // the bool that says whether there is a value; "": there always is one
	gate  int    // its slot + 1

	personal bool // it is of the person, not only of the request, the cart, the product or the shop
}

var (
	definitions []Definition
	byName      = map[string]int{}
	slots       = map[Type]int{}
)

func init() {
	for _, table := range [][]Definition{profileTable, sessionTable, contextTable, cartTable, productTable} {
		for _, d := range table {
			d.Slot = slots[d.Type]
			slots[d.Type]++
			byName[d.Name] = len(definitions)
			definitions = append(definitions, d)
		}
	}
	for i := range definitions {
		space, _, _ := strings.Cut(definitions[i].Name, ".")
		definitions[i].personal = space == "profile" || space == "session"
		if given := definitions[i].given; given != "" {
			definitions[i].gate = definitions[byName[given]].Slot + 1
		}
	}
	spell()
}

// when makes a value absent where the feature of that name, a bool, is false.
func (d Definition) when(given string) Definition {
	d.given = given
	return d
}

// absent reports whether a vector has no value of the feature.
func (d *Definition) absent(v *Vector) bool { return d.gate > 0 && !v.Bools[d.gate-1] }

// Definitions lists every feature, in the order of docs/features.md and of a Vector's JSON.
func Definitions() []Definition { return slices.Clone(definitions) }

// Lookup finds a feature by its name.
func Lookup(name string) (Definition, bool) {
	at, ok := byName[name]
	if !ok {
		return Definition{}, false
	}
	return definitions[at], true
}

func integer(name, unit, doc string, fn func(*Reading) int64) Definition {
	return Definition{Name: name, Type: Int, Unit: unit, Doc: doc, Fn: func(r *Reading, v *Vector, slot int) { v.Ints[slot] = fn(r) }}
}

func double(name, unit, doc string, fn func(*Reading) float64) Definition {
	return Definition{Name: name, Type: Double, Unit: unit, Doc: doc, Fn: func(r *Reading, v *Vector, slot int) { v.Doubles[slot] = fn(r) }}
}

func boolean(name, doc string, fn func(*Reading) bool) Definition {
	return Definition{Name: name, Type: Bool, Doc: doc, Fn: func(r *Reading, v *Vector, slot int) { v.Bools[slot] = fn(r) }}
}

func text(name, unit, doc string, fn func(*Reading) string) Definition {
	return Definition{Name: name, Type: String, Unit: unit, Doc: doc, Fn: func(r *Reading, v *Vector, slot int) { v.Strings[slot] = fn(r) }}
}

func instant(name, doc string, fn func(*Reading) time.Time) Definition {
	return Definition{Name: name, Type: Timestamp, Unit: "UTC", Doc: doc, Fn: func(r *Reading, v *Vector, slot int) { v.Times[slot] = fn(r) }}
}

func dictionary(name, doc string, fn func(*Reading) Map) Definition {
	return Definition{Name: name, Type: MapType, Doc: doc, Fn: func(r *Reading, v *Vector, slot int) { v.Maps[slot] = fn(r) }}
}

func texts(name, doc string, fn func(*Reading) []string) Definition {
	return Definition{Name: name, Type: List, Doc: doc, Fn: func(r *Reading, v *Vector, slot int) { v.Lists[slot] = fn(r) }}
}

// share is a/b, and 0 of nothing.
func share(a, b int64) float64 {
	if b <= 0 {
		return 0
	}
	return float64(a) / float64(b)
}
