package rule

import (
	"math"
	"slices"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// AtomKind is the form of an Atom.
type AtomKind uint8

// The forms: a text is one of several, a list holds one of several, the cart (or line) lies in one of several categories, a flag is set or not,
// an ordered value lies in an interval.
const (
	AtomAmong AtomKind = iota + 1
	AtomHolds
	AtomCategory
	AtomFlag
	AtomInterval
)

// FieldNow stands for "now" where an Atom names a field.
const FieldNow = -1

// Atom is a part of a condition that an index can answer for many conditions at once: one field against constants. It is true, false, or without
// a value exactly as the expression it came from; it has no value only where its field has none.
type Atom struct {
	Kind  AtomKind
	Field int      // FieldNow, or the field's index; 0 of AtomCategory
	Texts []string // AtomAmong, AtomHolds, AtomCategory
	Flag  bool     // AtomFlag: the value that makes it true
	From  uint64   // AtomInterval: keys from From, up to but without To; see Key
	To    uint64   // 0: no upper end
}

// Key orders the values of one type: for ints, doubles and timestamps x < y holds exactly when the key of x is less than that of y. NaN, which no
// interval holds, and values of other types have none.
func (v Value) Key() (key uint64, ok bool) {
	switch v.kind {
	case TypeInt, TypeTime:
		return intKey(int64(v.bits)), true
	case TypeDouble:
		return doubleKey(math.Float64frombits(v.bits))
	}
	return 0, false
}

// NowKey is the key of an instant that "now" is compared with.
func NowKey(t time.Time) uint64 { return intKey(nanos(t)) }

func intKey(n int64) uint64 { return uint64(n) ^ 1<<63 }

func doubleKey(f float64) (uint64, bool) {
	if f != f {
		return 0, false
	}
	bits := math.Float64bits(f + 0) // -0 and 0 are equal
	if bits>>63 == 1 {
		return ^bits, true
	}
	return bits | 1<<63, true
}

// Text is the value of a string field.
func (v Value) Text() (string, bool) { return v.text, v.kind == TypeString }

// List is the value of a list field.
func (v Value) List() ([]string, bool) { return v.list, v.kind == TypeList }

// Flag is the value of a bool field.
func (v Value) Flag() (set, ok bool) { return v.bits != 0, v.kind == TypeBool }

// Parts splits a condition at its outermost "and"s: what an index can answer, and the rest as conditions of their own, those that cost least first.
// The condition is false when one of them is, and otherwise has no value when one has none. Atoms have each kind and field at most once.
// It is asked once, before the program is shared.
func (p *Program) Parts() (atoms []Atom, rest []*Program, err error) {
	var costs []int
	for _, part := range conjuncts(p.checked.Expr(), nil) {
		if a, ok := p.env.atom(part); ok && merge(&atoms, a) {
			continue
		}
		sub, err := p.part(part)
		if err != nil {
			return nil, nil, err
		}
		cost := ast.NodeCount(sub.checked)
		if !sub.Fast() {
			cost += costLimit
		}
		at, _ := slices.BinarySearch(costs, cost+1) // after its equals
		costs, rest = slices.Insert(costs, at, cost), slices.Insert(rest, at, sub)
		sub.checked = nil
	}
	p.checked = nil
	return atoms, rest, nil
}

// merge takes an atom into those that all have to hold; it says false where two of one kind and field do not come to one.
func merge(atoms *[]Atom, a Atom) bool {
	i := slices.IndexFunc(*atoms, func(b Atom) bool { return a.Kind == b.Kind && a.Field == b.Field })
	if i < 0 {
		*atoms = append(*atoms, a)
		return true
	}
	b := &(*atoms)[i]
	switch a.Kind {
	case AtomAmong:
		b.Texts = slices.DeleteFunc(b.Texts, func(text string) bool { return !slices.Contains(a.Texts, text) })
	case AtomInterval:
		b.From = max(a.From, b.From)
		if b.To == 0 || a.To != 0 && a.To < b.To {
			b.To = a.To
		}
	default:
		return false
	}
	return true
}

// part is a conjunct as a program.
func (p *Program) part(x ast.Expr) (*Program, error) {
	sub := &Program{env: p.env, source: p.source, fields: p.env.fieldsIn(x),
		checked: ast.NewCheckedAST(ast.NewAST(x, p.checked.SourceInfo()), p.checked.TypeMap(), p.checked.ReferenceMap())}
	return sub, sub.ready()
}

// atom reads a tree as an Atom.
func (e *Env) atom(x ast.Expr) (Atom, bool) {
	if i, ok := e.flag(x); ok {
		return Atom{Kind: AtomFlag, Field: i, Flag: true}, true
	}
	if x.Kind() != ast.CallKind {
		return Atom{}, false
	}
	call := x.AsCall()
	args := call.Args()
	switch name := call.FunctionName(); name {
	case "!_":
		i, ok := e.flag(args[0])
		return Atom{Kind: AtomFlag, Field: i}, ok
	case "_||_":
		return e.either(args[0], args[1])
	case "@in":
		return e.membership(args[0], args[1])
	case "category":
		path, ok := literalString(args[0])
		return Atom{Kind: AtomCategory, Texts: []string{path}}, ok
	case "_==_", "_<_", "_<=_", "_>_", "_>=_":
		return e.comparison(name, args[0], args[1])
	}
	return Atom{}, false
}

func (e *Env) flag(x ast.Expr) (int, bool) {
	i, ok := e.plainField(x)
	return i, ok && e.fields[i].Type == TypeBool
}

// plainField is the field that a tree reads; has() reads none.
func (e *Env) plainField(x ast.Expr) (int, bool) {
	i, ok := e.fieldOf(x)
	return i, ok && !x.AsSelect().IsTestOnly()
}

// either joins two sides that ask the same of one field.
func (e *Env) either(x, y ast.Expr) (Atom, bool) {
	a, okA := e.atom(x)
	b, okB := e.atom(y)
	if !okA || !okB || a.Kind != b.Kind || a.Field != b.Field || len(a.Texts) == 0 {
		return Atom{}, false
	}
	a.Texts = append(a.Texts, b.Texts...)
	return a, true
}

// membership is "field in [constants]" and "constant in field".
func (e *Env) membership(x, in ast.Expr) (Atom, bool) {
	if i, ok := e.plainField(in); ok && e.fields[i].Type == TypeList {
		text, ok := literalString(x)
		return Atom{Kind: AtomHolds, Field: i, Texts: []string{text}}, ok
	}
	i, ok := e.plainField(x)
	if !ok || e.fields[i].Type != TypeString || in.Kind() != ast.ListKind {
		return Atom{}, false
	}
	a := Atom{Kind: AtomAmong, Field: i}
	for _, element := range in.AsList().Elements() {
		text, ok := literalString(element)
		if !ok {
			return Atom{}, false
		}
		a.Texts = append(a.Texts, text)
	}
	return a, len(a.Texts) > 0
}

// mirrored is what a comparison says from its other side.
var mirrored = map[string]string{"_==_": "_==_", "_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_"}

func (e *Env) comparison(name string, x, y ast.Expr) (Atom, bool) {
	i, ok := e.ordered(x)
	if !ok {
		if i, ok = e.ordered(y); !ok {
			return Atom{}, false
		}
		name, y = mirrored[name], x
	}
	if text, ok := literalString(y); ok {
		return Atom{Kind: AtomAmong, Field: i, Texts: []string{text}}, i != FieldNow && e.fields[i].Type == TypeString && name == "_==_"
	}
	key, ok := e.constantKey(i, y)
	if !ok || key == 0 || key == math.MaxUint64 {
		return Atom{}, false // an end that has no neighbour
	}
	return interval(name, i, key), true
}

// ordered is the field, or now, that a tree reads.
func (e *Env) ordered(x ast.Expr) (int, bool) {
	if x.Kind() == ast.IdentKind && x.AsIdent() == "now" {
		return FieldNow, true
	}
	return e.plainField(x)
}

// constantKey is the key of a constant of the field's own type.
func (e *Env) constantKey(field int, x ast.Expr) (uint64, bool) {
	kind := TypeTime
	if field != FieldNow {
		kind = e.fields[field].Type
	}
	if kind == TypeTime {
		if x.Kind() != ast.CallKind || x.AsCall().FunctionName() != "timestamp" {
			return 0, false
		}
		c, err := moment("timestamp", x.AsCall().Args()[0])
		if err != nil {
			return 0, false
		}
		n, _ := c.int(nil)
		return intKey(n), true
	}
	if x.Kind() != ast.LiteralKind {
		return 0, false
	}
	switch v := x.AsLiteral().(type) {
	case types.Int:
		return intKey(int64(v)), kind == TypeInt
	case types.Double:
		key, ok := doubleKey(float64(v))
		return key, ok && kind == TypeDouble
	}
	return 0, false
}

func interval(name string, field int, key uint64) Atom {
	a := Atom{Kind: AtomInterval, Field: field}
	switch name {
	case "_==_":
		a.From, a.To = key, key+1
	case "_<_":
		a.To = key
	case "_<=_":
		a.To = key + 1
	case "_>_":
		a.From = key + 1
	case "_>=_":
		a.From = key
	}
	return a
}
