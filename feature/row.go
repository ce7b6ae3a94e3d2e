package feature

import (
	"sync"
	"time"

	"boon/internal/rule"
)

// declared are the definitions that rules read as fields, all but "now", which the language has itself.
var declared = sync.OnceValue(func() []Definition {
	var list []Definition
	for _, d := range definitions {
		if d.Name != "now" {
			list = append(list, d)
		}
	}
	return list
})

// Fields declares the features to the rule language; a Row is asked by their index.
func Fields() []rule.Field {
	types := map[Type]rule.Type{Int: rule.TypeInt, Double: rule.TypeDouble, Bool: rule.TypeBool, String: rule.TypeString,
		Timestamp: rule.TypeTime, MapType: rule.TypeMap, List: rule.TypeList}
	fields := make([]rule.Field, len(declared()))
	for i, d := range declared() {
		fields[i] = rule.Field{Name: d.Name, Type: types[d.Type]}
	}
	return fields
}

// Row shows a vector to the rule language.
type Row struct {
	fields     []Definition
	vector     *Vector
	at         time.Time
	categories []string
}

// NewRow shows a vector at an instant. categories are the paths that cart.category asks about: the cart's, or the one of the line at hand.
func NewRow(v *Vector, at time.Time, categories []string) *Row {
	return &Row{declared(), v, at, categories}
}

// Value implements rule.Row.
func (r *Row) Value(field int) rule.Value {
	d := &r.fields[field]
	if d.absent(r.vector) {
		return rule.Value{}
	}
	return r.vector.at(d.Type, d.Slot)
}

// at is what a slot holds, as the rule language has it.
func (v *Vector) at(t Type, slot int) rule.Value {
	switch t {
	case Int:
		return rule.Int(v.Ints[slot])
	case Double:
		return rule.Double(v.Doubles[slot])
	case Bool:
		return rule.Bool(v.Bools[slot])
	case String:
		return rule.String(v.Strings[slot])
	case Timestamp:
		return rule.Time(v.Times[slot])
	case MapType:
		return rule.Map(native(v.Maps[slot]))
	}
	return rule.List(v.Lists[slot])
}

// Now implements rule.Row.
func (r *Row) Now() time.Time { return r.at }

// Categories implements rule.Row.
func (r *Row) Categories() []string { return r.categories }

func native(m Map) map[string]string {
	values := make(map[string]string, len(m))
	for _, e := range m {
		values[e.Key] = e.Value
	}
	return values
}
