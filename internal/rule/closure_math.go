package rule

import (
	"errors"
	"fmt"
	"math"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

var (
	errOverflow = errors.New("the number is out of range")
	errDivide   = errors.New("division by zero")
)

func noKey(key string) error { return fmt.Errorf("no such key: %s", key) }

func (v *Value) float() float64 { return math.Float64frombits(v.bits) }

func (c compiler) arithmetic(name string, x, y ast.Expr) (code, error) {
	both, err := c.nodes(x, y)
	if err != nil {
		return code{}, err
	}
	a, b := both[0], both[1]
	switch {
	case a.kind == types.DoubleKind && b.kind == types.DoubleKind:
		return doubles(name, a.double, b.double)
	case a.kind == types.StringKind && b.kind == types.StringKind:
		return code{kind: types.StringKind, string: both2(a.string, b.string, func(x, y string) (string, error) { return x + y, nil })}, nil
	case a.int == nil || b.int == nil:
		return code{}, errNoClosure
	}
	kind, ok := resultKind(name, a.kind, b.kind)
	if !ok {
		return code{}, errNoClosure
	}
	return code{kind: kind, int: both2(a.int, b.int, integer[name])}, nil
}

// resultKind is what a sum or difference of ints, instants and durations is.
func resultKind(name string, a, b types.Kind) (types.Kind, bool) {
	const t, d = types.TimestampKind, types.DurationKind
	switch {
	case a == types.IntKind && b == types.IntKind:
		return types.IntKind, true
	case name == "_+_" && a == t && b == d, name == "_+_" && a == d && b == t, name == "_-_" && a == t && b == d:
		return t, true
	case name == "_-_" && a == t && b == t, name == "_-_" && a == d && b == d, name == "_+_" && a == d && b == d:
		return d, true
	}
	return 0, false
}

func doubles(name string, a, b fn[float64]) (code, error) {
	out := code{kind: types.DoubleKind}
	switch name {
	case "_+_":
		out.double = both2(a, b, func(x, y float64) (float64, error) { return x + y, nil })
	case "_-_":
		out.double = both2(a, b, func(x, y float64) (float64, error) { return x - y, nil })
	case "_*_":
		out.double = both2(a, b, func(x, y float64) (float64, error) { return x * y, nil })
	case "_/_":
		out.double = both2(a, b, func(x, y float64) (float64, error) { return x / y, nil })
	default:
		return code{}, errNoClosure
	}
	return out, nil
}

var integer = map[string]func(x, y int64) (int64, error){"_+_": add, "_-_": subtract, "_*_": multiply, "_/_": divide, "_%_": remainder}

func add(x, y int64) (int64, error) {
	sum := x + y
	if (sum > x) != (y > 0) && y != 0 {
		return 0, errOverflow
	}
	return sum, nil
}

func subtract(x, y int64) (int64, error) {
	difference := x - y
	if (difference < x) != (y > 0) && y != 0 {
		return 0, errOverflow
	}
	return difference, nil
}

func multiply(x, y int64) (int64, error) {
	if x == 0 || y == 0 {
		return 0, nil
	}
	product := x * y
	if product/y != x || (x == -1 && y == math.MinInt64) || (y == -1 && x == math.MinInt64) {
		return 0, errOverflow
	}
	return product, nil
}

func divide(x, y int64) (int64, error) {
	switch {
	case y == 0:
		return 0, errDivide
	case x == math.MinInt64 && y == -1:
		return 0, errOverflow
	}
	return x / y, nil
}

func remainder(x, y int64) (int64, error) {
	switch {
	case y == 0:
		return 0, errDivide
	case x == math.MinInt64 && y == -1:
		return 0, errOverflow
	}
	return x % y, nil
}
