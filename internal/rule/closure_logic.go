package rule

import (
	"cmp"
	"errors"
	"math"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

var errNaN = errors.New("a value that is not a number cannot be ordered")

func (c compiler) logic(name string, args []ast.Expr) (code, error) {
	parts, err := c.nodes(args...)
	if err != nil || parts[0].bool == nil {
		return code{}, errNoClosure
	}
	switch name {
	case "!_":
		return boolean(not(parts[0].bool)), nil
	case "_&&_":
		return decided(parts, false)
	case "_||_":
		return decided(parts, true)
	}
	return choice(parts[0].bool, parts[1], parts[2])
}

func not(a fn[bool]) fn[bool] {
	return func(r Row) (bool, error) {
		v, err := a(r)
		return !v && err == nil, err
	}
}

// decided is "and" (decider false) and "or" (decider true): either side that gives the decider decides, even when the other fails.
func decided(parts []code, decider bool) (code, error) {
	if parts[1].bool == nil {
		return code{}, errNoClosure
	}
	a, b := parts[0].bool, parts[1].bool
	return boolean(func(r Row) (bool, error) {
		x, errX := a(r)
		if errX == nil && x == decider {
			return decider, nil
		}
		y, errY := b(r)
		if errY == nil && y == decider {
			return decider, nil
		}
		if errX != nil {
			return false, errX
		}
		return !decider && errY == nil, errY
	}), nil
}

func choice(test fn[bool], yes, no code) (code, error) {
	out := code{kind: yes.kind}
	switch {
	case yes.kind != no.kind:
		return code{}, errNoClosure
	case yes.bool != nil:
		out.bool = either(test, yes.bool, no.bool)
	case yes.int != nil:
		out.int = either(test, yes.int, no.int)
	case yes.double != nil:
		out.double = either(test, yes.double, no.double)
	case yes.string != nil:
		out.string = either(test, yes.string, no.string)
	default:
		return code{}, errNoClosure
	}
	return out, nil
}

func either[T any](test fn[bool], yes, no fn[T]) fn[T] {
	return func(r Row) (zero T, _ error) {
		b, err := test(r)
		if err != nil {
			return zero, err
		}
		if b {
			return yes(r)
		}
		return no(r)
	}
}

func (c compiler) comparison(name string, x, y ast.Expr) (code, error) {
	both, err := c.nodes(x, y)
	if err != nil {
		return code{}, err
	}
	a, b := both[0], both[1]
	switch {
	case a.kind == types.IntKind && b.kind == types.DoubleKind:
		return boolean(both2(a.int, b.double, func(i int64, d float64) (bool, error) { return ordered(name, float64(i), d) })), nil
	case a.kind == types.DoubleKind && b.kind == types.IntKind:
		return boolean(both2(a.double, b.int, func(d float64, i int64) (bool, error) { return ordered(name, d, float64(i)) })), nil
	case a.kind != b.kind:
		return code{}, errNoClosure
	case a.int != nil:
		return boolean(compare(name, a.int, b.int)), nil
	case a.double != nil:
		return boolean(compare(name, a.double, b.double)), nil
	case a.string != nil:
		return boolean(compare(name, a.string, b.string)), nil
	case a.bool != nil && (name == "_==_" || name == "_!=_"):
		same := name == "_==_"
		return boolean(both2(a.bool, b.bool, func(x, y bool) (bool, error) { return (x == y) == same, nil })), nil
	}
	return code{}, errNoClosure
}

// compare is written out by sign, so that the hot path has no second dispatch.
func compare[T cmp.Ordered](name string, a, b fn[T]) fn[bool] {
	switch name {
	case "_==_":
		return both2(a, b, func(x, y T) (bool, error) { return x == y, nil })
	case "_!=_":
		return both2(a, b, func(x, y T) (bool, error) { return x != y, nil })
	case "_<_":
		return both2(a, b, func(x, y T) (bool, error) { return x < y, nil })
	case "_<=_":
		return both2(a, b, func(x, y T) (bool, error) { return x <= y, nil })
	case "_>_":
		return both2(a, b, func(x, y T) (bool, error) { return x > y, nil })
	}
	return both2(a, b, func(x, y T) (bool, error) { return x >= y, nil })
}

// ordered compares an int with a double: NaN equals nothing and cannot be ordered with an int. (Between doubles cel-go follows IEEE 754.)
func ordered(name string, x, y float64) (bool, error) {
	switch name {
	case "_==_":
		return x == y, nil
	case "_!=_":
		return x != y, nil
	}
	if math.IsNaN(x) || math.IsNaN(y) {
		return false, errNaN
	}
	switch name {
	case "_<_":
		return x < y, nil
	case "_<=_":
		return x <= y, nil
	case "_>_":
		return x > y, nil
	}
	return x >= y, nil
}
