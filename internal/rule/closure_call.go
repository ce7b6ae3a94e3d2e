package rule

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// call dispatches on the function's name; the checker has made sure that the arguments fit.
func (c compiler) call(x ast.Expr) (code, error) {
	call := x.AsCall()
	name, args := call.FunctionName(), call.Args()
	switch name {
	case "_&&_", "_||_", "!_", "_?_:_":
		return c.logic(name, args)
	case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_":
		return c.comparison(name, args[0], args[1])
	case "_+_", "_-_", "_*_", "_/_", "_%_":
		return c.arithmetic(name, args[0], args[1])
	case "@in":
		return c.membership(args[0], args[1])
	case "_[_]":
		return c.lookup(args[0], args[1])
	case "duration", "timestamp":
		return moment(name, args[0])
	case "size":
		if call.IsMemberFunction() {
			return c.size(call.Target())
		}
		return c.size(args[0])
	case "double":
		return c.toDouble(args[0])
	}
	if call.IsMemberFunction() && len(args) == 1 {
		return c.method(name, call.Target(), args[0])
	}
	return code{}, errNoClosure
}

func (c compiler) method(name string, target, arg ast.Expr) (code, error) {
	if name == "category" {
		return c.category(arg)
	}
	both, err := c.nodes(target, arg)
	if err != nil || both[0].string == nil || both[1].string == nil {
		return code{}, errNoClosure
	}
	var test func(s, arg string) bool
	switch name {
	case "startsWith":
		test = strings.HasPrefix
	case "endsWith":
		test = strings.HasSuffix
	case "contains":
		test = strings.Contains
	case "matches":
		return matches(both[0].string, arg)
	default:
		return code{}, errNoClosure
	}
	return boolean(both2(both[0].string, both[1].string, func(a, b string) (bool, error) { return test(a, b), nil })), nil
}

func boolean(f fn[bool]) code { return code{kind: types.BoolKind, bool: f} }

// both2 computes both sides, then joins them; the left side's error comes first.
func both2[A, B, T any](a fn[A], b fn[B], join func(A, B) (T, error)) fn[T] {
	return func(r Row) (zero T, _ error) {
		x, err := a(r)
		if err != nil {
			return zero, err
		}
		y, err := b(r)
		if err != nil {
			return zero, err
		}
		return join(x, y)
	}
}

func (c compiler) category(arg ast.Expr) (code, error) {
	path, err := c.node(arg)
	if err != nil {
		return code{}, err
	}
	return boolean(func(r Row) (bool, error) {
		p, err := path.string(r)
		return err == nil && inCategory(r, p), err
	}), nil
}

func matches(s fn[string], pattern ast.Expr) (code, error) {
	text, ok := literalString(pattern)
	if !ok {
		return code{}, errNoClosure
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return code{}, err
	}
	return boolean(func(r Row) (bool, error) {
		v, err := s(r)
		return err == nil && re.MatchString(v), err
	}), nil
}

// membership is "x in list" for a field or a literal list, and "key in map".
func (c compiler) membership(x, in ast.Expr) (code, error) {
	item, err := c.node(x)
	if err != nil {
		return code{}, err
	}
	if in.Kind() == ast.ListKind {
		return c.oneOf(item, in.AsList().Elements())
	}
	container, err := c.node(in)
	if err != nil || item.string == nil {
		return code{}, errNoClosure
	}
	if container.dict != nil {
		return boolean(both2(item.string, container.dict, func(key string, m map[string]string) (bool, error) {
			_, ok := m[key]
			return ok, nil
		})), nil
	}
	return boolean(both2(item.string, container.list, func(s string, l []string) (bool, error) { return slices.Contains(l, s), nil })), nil
}

func (c compiler) oneOf(item code, elements []ast.Expr) (code, error) {
	list, err := c.nodes(elements...)
	if err != nil {
		return code{}, err
	}
	for i, e := range elements {
		if e.Kind() != ast.LiteralKind || list[i].kind != item.kind {
			return code{}, errNoClosure
		}
	}
	switch item.kind {
	case types.StringKind:
		return boolean(among(item.string, constants(list, func(c code) fn[string] { return c.string }))), nil
	case types.IntKind:
		return boolean(among(item.int, constants(list, func(c code) fn[int64] { return c.int }))), nil
	}
	return code{}, errNoClosure
}

func constants[T any](list []code, get func(code) fn[T]) []T {
	out := make([]T, len(list))
	for i, c := range list {
		out[i], _ = get(c)(nil)
	}
	return out
}

func among[T comparable](item fn[T], set []T) fn[bool] {
	return func(r Row) (bool, error) {
		v, err := item(r)
		return err == nil && slices.Contains(set, v), err
	}
}

// lookup is map["key"]; a key that is not there is an error, as CEL has it.
func (c compiler) lookup(m, key ast.Expr) (code, error) {
	both, err := c.nodes(m, key)
	if err != nil || both[0].dict == nil || both[1].string == nil {
		return code{}, errNoClosure
	}
	return code{kind: types.StringKind, string: both2(both[0].dict, both[1].string, func(m map[string]string, key string) (string, error) {
		v, ok := m[key]
		if !ok {
			return "", noKey(key)
		}
		return v, nil
	})}, nil
}

// moment is a literal duration or timestamp; the checker has validated it.
func moment(name string, arg ast.Expr) (code, error) {
	text, ok := literalString(arg)
	if !ok {
		return code{}, errNoClosure
	}
	if name == "duration" {
		d, err := time.ParseDuration(text)
		return code{kind: types.DurationKind, int: constant(int64(d))}, err
	}
	t, err := time.Parse(time.RFC3339, text)
	if err == nil && (t.Year() < 1678 || t.Year() >= 2262) {
		return code{}, errNoClosure
	}
	return code{kind: types.TimestampKind, int: constant(t.UnixNano())}, err
}

func (c compiler) size(x ast.Expr) (code, error) {
	of, err := c.node(x)
	if err != nil {
		return code{}, err
	}
	length := code{kind: types.IntKind}
	switch of.kind {
	case types.StringKind:
		length.int = measure(of.string, utf8.RuneCountInString)
	case types.ListKind:
		length.int = measure(of.list, func(l []string) int { return len(l) })
	case types.MapKind:
		length.int = measure(of.dict, func(m map[string]string) int { return len(m) })
	default:
		return code{}, errNoClosure
	}
	return length, nil
}

func measure[T any](of fn[T], size func(T) int) fn[int64] {
	return func(r Row) (int64, error) {
		v, err := of(r)
		return int64(size(v)), err
	}
}

func (c compiler) toDouble(x ast.Expr) (code, error) {
	of, err := c.node(x)
	switch {
	case err != nil:
		return code{}, err
	case of.kind == types.DoubleKind:
		return of, nil
	case of.kind != types.IntKind:
		return code{}, errNoClosure
	}
	return code{kind: types.DoubleKind, double: asDouble(of.int)}, nil
}

func asDouble(f fn[int64]) fn[float64] {
	return func(r Row) (float64, error) {
		n, err := f(r)
		return float64(n), err
	}
}
