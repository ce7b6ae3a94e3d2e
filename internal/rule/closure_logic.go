package rule

import (
	"cmp"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

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
		return boolean(compare(name, asDouble(a.int), b.double)), nil
	case a.kind == types.DoubleKind && b.kind == types.IntKind:
		return boolean(compare(name, a.double, asDouble(b.int))), nil
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

// compare is written out by sign, so that the hot path has no second dispatch. Doubles follow IEEE 754, as in cel-go.
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
