package rule

import (
	"math"
	"strconv"
	"time"
)

// Type is the type of a field.
type Type uint8

// The types. A missing value has type 0.
const (
	TypeInt Type = iota + 1
	TypeDouble
	TypeBool
	TypeString
	TypeTime
	TypeMap  // string to string
	TypeList // of strings
)

var typeNames = [...]string{"missing", "int", "double", "bool", "string", "timestamp", "map", "list"}

func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "type(" + strconv.Itoa(int(t)) + ")"
}

// Field declares one name that expressions may read, as "namespace.name". Its index in the list given to NewEnv is what a Row is asked for.
type Field struct {
	Name string
	Type Type
}

// Row is what an expression is evaluated on.
type Row interface {
	// Value is the value of the field at that index, of its declared type, or the zero Value when there is none.
	Value(field int) Value
	// Now is the time of the evaluation.
	Now() time.Time
	// Categories are the paths of the cart's lines, or of the line at hand: cart.category(path) asks whether one lies in path or below it.
	Categories() []string
}

// Value is one field's value. The zero Value is missing: has() is false and reading it is an error.
type Value struct {
	kind Type
	bits uint64
	text string
	list []string
	dict map[string]string
}

// Int makes an int.
func Int(n int64) Value { return Value{kind: TypeInt, bits: uint64(n)} }

// Double makes a double.
func Double(f float64) Value { return Value{kind: TypeDouble, bits: math.Float64bits(f)} }

// Bool makes a bool.
func Bool(b bool) Value {
	if b {
		return Value{kind: TypeBool, bits: 1}
	}
	return Value{kind: TypeBool}
}

// String makes a string.
func String(s string) Value { return Value{kind: TypeString, text: s} }

// Time makes a timestamp, to the nanosecond between the years 1678 and 2262. The zero time, which stands for never, reads as 1970,
// so that "now - profile.last_order_at > duration('720h')" holds for someone who never ordered.
func Time(t time.Time) Value { return Value{kind: TypeTime, bits: uint64(nanos(t))} }

// Map makes a map, which must not change while it is read.
func Map(m map[string]string) Value { return Value{kind: TypeMap, dict: m} }

// List makes a list, which must not change while it is read.
func List(l []string) Value { return Value{kind: TypeList, list: l} }

// Type is the value's type; 0 when it is missing.
func (v Value) Type() Type { return v.kind }

// Native is the value as int64, float64, bool, string, time.Time, map[string]string or []string; nil when it is missing.
func (v Value) Native() any {
	switch v.kind {
	case TypeInt:
		return int64(v.bits)
	case TypeDouble:
		return math.Float64frombits(v.bits)
	case TypeBool:
		return v.bits != 0
	case TypeString:
		return v.text
	case TypeTime:
		return time.Unix(0, int64(v.bits)).UTC()
	case TypeMap:
		return v.dict
	case TypeList:
		return v.list
	}
	return nil
}

func nanos(t time.Time) int64 {
	switch year := t.Year(); {
	case t.IsZero():
		return 0
	case year < 1678:
		return math.MinInt64
	case year >= 2262:
		return math.MaxInt64
	}
	return t.UnixNano()
}
