package feature

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Vector holds every feature of one reading, by type; a Definition's Slot is its place. Vectors are values: do not change one.
type Vector struct {
	Ints    []int64
	Doubles []float64
	Bools   []bool
	Strings []string
	Times   []time.Time
	Maps    []Map
	Lists   [][]string
}

// Map is a map of text in the order of its keys.
type Map []Entry

// Entry is one key of a Map.
type Entry struct{ Key, Value string }

// Get finds a key.
func (m Map) Get(key string) (string, bool) {
	at, found := slices.BinarySearchFunc(m, key, func(e Entry, k string) int { return strings.Compare(e.Key, k) })
	if !found {
		return "", false
	}
	return m[at].Value, true
}

func mapOf(values map[string]string) Map {
	if len(values) == 0 {
		return nil
	}
	m := make(Map, 0, len(values))
	for k, v := range values {
		m = append(m, Entry{k, v})
	}
	slices.SortFunc(m, func(a, b Entry) int { return strings.Compare(a.Key, b.Key) })
	return m
}

func newVector() Vector {
	return Vector{
		Ints: make([]int64, slots[Int]), Doubles: make([]float64, slots[Double]), Bools: make([]bool, slots[Bool]),
		Strings: make([]string, slots[String]), Times: make([]time.Time, slots[Timestamp]), Maps: make([]Map, slots[MapType]), Lists: make([][]string, slots[List]),
	}
}

// Compute reads every feature of a person (the merge of the profile's states; the zero State when personalisation is not allowed) at an instant.
func Compute(state *State, population Cuts, in *Input) Vector {
	r := readings.Get().(*Reading)
	defer readings.Put(r)
	*r = Reading{State: state, in: *in, cuts: population}
	r.read()
	v := newVector()
	for i := range definitions {
		definitions[i].Fn(r, &v, definitions[i].Slot)
	}
	v.clean()
	*r = Reading{} // it holds nobody while it waits
	return v
}

// readings are over: no vector holds anything of one.
var readings = sync.Pool{New: func() any { return new(Reading) }}

// clean makes text valid UTF-8, so that a record holds exactly what a rule saw.
func (v *Vector) clean() {
	for i := range v.Strings {
		v.Strings[i] = valid(v.Strings[i])
	}
	for _, l := range v.Lists {
		for i := range l {
			l[i] = valid(l[i])
		}
	}
	for i := range v.Maps {
		v.Maps[i] = v.Maps[i].clean()
	}
}

// clean leaves one entry for each key that reads the same once it is valid.
func (m Map) clean() Map {
	changed := false
	for i := range m {
		key := valid(m[i].Key)
		changed = changed || key != m[i].Key
		m[i] = Entry{key, valid(m[i].Value)}
	}
	if !changed {
		return m
	}
	slices.SortStableFunc(m, func(a, b Entry) int { return strings.Compare(a.Key, b.Key) })
	return slices.CompactFunc(m, func(a, b Entry) bool { return a.Key == b.Key })
}

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// Value is a feature by its definition: int64, float64, bool, string, time.Time, Map or []string; nil where it is absent. For display; hot paths use
// the slots.
func (v *Vector) Value(d Definition) any {
	if d.absent(v) {
		return nil
	}
	switch d.Type {
	case Int:
		return v.Ints[d.Slot]
	case Double:
		return v.Doubles[d.Slot]
	case Bool:
		return v.Bools[d.Slot]
	case String:
		return v.Strings[d.Slot]
	case Timestamp:
		return v.Times[d.Slot]
	case MapType:
		return v.Maps[d.Slot]
	}
	return v.Lists[d.Slot]
}

// sorted is a sorted copy without repeats; nil for nothing.
func sorted(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	s := slices.Clone(list)
	slices.Sort(s)
	return slices.Compact(s)
}
