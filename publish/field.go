package publish

import (
	"reflect"

	"boon"

	"go.yaml.in/yaml/v3"
)

// form is how one type of value is written in YAML.
type form[V any] struct {
	name  string // for the reference
	read  func(value) (V, bool)
	write func(V, boon.Currency) *yaml.Node // amounts are in the currency given
	rows  []row                             // of a mapping with fields of its own
}

// field is one field of a T: its name, form, default and meaning, and how it is read and written. A field without write is another spelling of one that has.
type field[T any] struct {
	row
	read  func(value, *T)
	write func(*T, boon.Currency) *yaml.Node // nil node: leave the field out
	zero  func(*T) bool
}

// row is a field as the reference shows it.
type row struct {
	name, form, preset, doc string
	must                    bool
	rows                    []row
}

// object lists the fields of a T in the order in which they are read and written.
type object[T any] []field[T]

// is ties a field to the place in T that holds it.
func is[T, V any](name string, f form[V], at func(*T) *V, doc string) field[T] {
	return field[T]{
		row: row{name: name, form: f.name, doc: doc, rows: f.rows},
		read: func(v value, into *T) {
			if x, ok := f.read(v); ok {
				*at(into) = x
			}
		},
		write: func(from *T, c boon.Currency) *yaml.Node { return f.write(*at(from), c) },
		zero:  func(from *T) bool { return reflect.ValueOf(at(from)).Elem().IsZero() },
	}
}

// required makes the field's absence a problem; it is written even when zero.
func (f field[T]) required() field[T] {
	f.must = true
	return f
}

// otherwise gives the field a default, in YAML, read the way a written value is.
func (f field[T]) otherwise(preset string) field[T] {
	f.preset = preset
	return f
}

func (o object[T]) names() []string {
	names := make([]string, len(o))
	for i, f := range o {
		names[i] = f.name
	}
	return names
}

func (o object[T]) rows() []row {
	rows := make([]row, len(o))
	for i, f := range o {
		rows[i] = f.row
	}
	return rows
}

// read fills into from a mapping. Fields are read in the object's order, whatever the order written.
func (o object[T]) read(v value, into *T) bool {
	entries, ok := v.entries(dotted)
	if !ok {
		return false
	}
	given := make(map[string]value, len(entries))
	for _, e := range entries {
		given[e.name] = e.value
	}
	o.refuseUnknown(v, entries)
	for _, f := range o {
		o.readField(v, f, given, into)
	}
	return true
}

func (o object[T]) readField(v value, f field[T], given map[string]value, into *T) {
	child, written := given[f.name]
	switch {
	case written && child.node.Tag == "!!null":
		child.problem("%s has no value; give one or leave the field out", f.name)
	case written:
		f.read(child, into)
	case f.must:
		v.problem("%s is missing", f.name)
	case f.preset != "":
		f.read(v.preset(f.name, f.preset), into)
	}
}

func (o object[T]) refuseUnknown(v value, entries []entry) {
	top := v.path == v.doc
	for _, e := range entries {
		if top && e.name == "kind" {
			continue
		}
		known := false
		for _, f := range o {
			known = known || f.name == e.name
		}
		if !known {
			e.key.problem("unknown field %q%s", shorten(e.name), suggestion(e.name, o.names()))
		}
	}
}

// preset is the value of a default, placed where the field would have been.
func (v value) preset(name, text string) value {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		panic("default of " + name + ": " + err.Error())
	}
	v.node, v.path = at(doc.Content[0], v.node), v.path+"."+name
	return v
}

func at(n, place *yaml.Node) *yaml.Node {
	n.Line, n.Column = place.Line, place.Column
	for _, c := range n.Content {
		at(c, place)
	}
	return n
}

// write is the mapping of the fields that hold something.
func (o object[T]) write(from *T, c boon.Currency) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range o {
		if f.write == nil || (!f.must && f.zero(from)) {
			continue
		}
		if n := f.write(from, c); n != nil {
			m.Content = append(m.Content, plain(f.name), n)
		}
	}
	return m
}

// nested is the form of an object inside another.
func nested[T any](o object[T]) form[T] {
	return form[T]{
		name: "mapping",
		rows: o.rows(),
		read: func(v value) (T, bool) {
			var x T
			return x, o.read(v, &x)
		},
		write: func(x T, c boon.Currency) *yaml.Node {
			if m := o.write(&x, c); len(m.Content) > 0 {
				return compact(m)
			}
			return nil
		},
	}
}
