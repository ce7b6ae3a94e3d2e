package rule

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// fn computes one node of a checked tree. It allocates nothing unless it fails or joins strings.
type fn[T any] func(Row) (T, error)

// code is one node's closure: exactly one is set. Timestamps and durations are int64 nanoseconds; kind tells them from ints.
type code struct {
	kind   types.Kind
	bool   fn[bool]
	int    fn[int64]
	double fn[float64]
	string fn[string]
	list   fn[[]string]
	dict   fn[map[string]string]
}

// errNoClosure says that a tree holds a node that only the interpreter can run.
var errNoClosure = errors.New("no closure for this expression")

// compiler turns one checked tree into closures. The first node without a closure makes it give up on the whole tree.
type compiler struct {
	env  *Env
	tree *ast.AST
}

func compile(p *Program) (code, error) {
	c := compiler{p.env, p.checked}
	return c.node(p.checked.Expr())
}

func (c compiler) node(x ast.Expr) (code, error) {
	switch x.Kind() {
	case ast.LiteralKind:
		return literal(x)
	case ast.IdentKind:
		if x.AsIdent() == "now" {
			return code{kind: types.TimestampKind, int: func(r Row) (int64, error) { return nanos(r.Now()), nil }}, nil
		}
	case ast.SelectKind:
		return c.field(x)
	case ast.CallKind:
		return c.call(x)
	}
	return code{}, errNoClosure
}

func (c compiler) nodes(list ...ast.Expr) ([]code, error) {
	out := make([]code, len(list))
	for i, x := range list {
		var err error
		if out[i], err = c.node(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func constant[T any](v T) fn[T] { return func(Row) (T, error) { return v, nil } }

func literal(x ast.Expr) (code, error) {
	switch v := x.AsLiteral().(type) {
	case types.Bool:
		return code{kind: types.BoolKind, bool: constant(bool(v))}, nil
	case types.Int:
		return code{kind: types.IntKind, int: constant(int64(v))}, nil
	case types.Double:
		return code{kind: types.DoubleKind, double: constant(float64(v))}, nil
	case types.String:
		return code{kind: types.StringKind, string: constant(string(v))}, nil
	}
	return code{}, errNoClosure
}

// field reads a declared field, or asks whether it is there.
func (c compiler) field(x ast.Expr) (code, error) {
	i, ok := c.env.fieldOf(x)
	if !ok {
		return code{}, errNoClosure
	}
	f := c.env.fields[i]
	if x.AsSelect().IsTestOnly() {
		return code{kind: types.BoolKind, bool: func(r Row) (bool, error) { return r.Value(i).kind == f.Type, nil }}, nil
	}
	switch f.Type {
	case TypeInt:
		return code{kind: types.IntKind, int: reader(i, f, func(v *Value) int64 { return int64(v.bits) })}, nil
	case TypeDouble:
		return code{kind: types.DoubleKind, double: reader(i, f, (*Value).float)}, nil
	case TypeBool:
		return code{kind: types.BoolKind, bool: reader(i, f, func(v *Value) bool { return v.bits != 0 })}, nil
	case TypeString:
		return code{kind: types.StringKind, string: reader(i, f, func(v *Value) string { return v.text })}, nil
	case TypeTime:
		return code{kind: types.TimestampKind, int: reader(i, f, func(v *Value) int64 { return int64(v.bits) })}, nil
	case TypeMap:
		return code{kind: types.MapKind, dict: reader(i, f, func(v *Value) map[string]string { return v.dict })}, nil
	}
	return code{kind: types.ListKind, list: reader(i, f, func(v *Value) []string { return v.list })}, nil
}

func reader[T any](i int, f Field, get func(*Value) T) fn[T] {
	return func(r Row) (T, error) {
		v := r.Value(i)
		if v.kind != f.Type {
			var zero T
			return zero, unknown(f, v)
		}
		return get(&v), nil
	}
}

// text writes the value of a scalar node.
func (c code) text(row Row) (string, error) {
	switch c.kind {
	case types.StringKind:
		return c.string(row)
	case types.BoolKind:
		b, err := c.bool(row)
		return strconv.FormatBool(b), err
	case types.DoubleKind:
		f, err := c.double(row)
		return strconv.FormatFloat(f, 'g', -1, 64), err
	case types.IntKind:
		n, err := c.int(row)
		return strconv.FormatInt(n, 10), err
	case types.TimestampKind:
		n, err := c.int(row)
		return time.Unix(0, n).UTC().Format(time.RFC3339Nano), err
	case types.DurationKind:
		n, err := c.int(row)
		return strconv.FormatFloat(time.Duration(n).Seconds(), 'f', -1, 64) + "s", err
	}
	return "", fmt.Errorf("write a %v as text", c.kind)
}
