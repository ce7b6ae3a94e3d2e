package rule

import (
	"errors"
	"reflect"
	"sync"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// object is a namespace as the interpreter sees it: a row.
type object struct {
	row   Row
	space string
}

var errNotNative = errors.New("a namespace has no value of its own: name one of its fields")

// ConvertToNative refuses: a namespace is no value.
func (o *object) ConvertToNative(reflect.Type) (any, error) { return nil, errNotNative }

// ConvertToType answers type(x) only.
func (o *object) ConvertToType(t ref.Type) ref.Val {
	if t == types.TypeType {
		return objectType(o.space)
	}
	return types.NewErr("%s", errNotNative.Error())
}

// Equal holds for the same namespace of the same row.
func (o *object) Equal(other ref.Val) ref.Val {
	p, ok := other.(*object)
	return types.Bool(ok && p.space == o.space)
}

// Type is the namespace's object type.
func (o *object) Type() ref.Type { return objectType(o.space) }

// Value is the object itself, which field readers take.
func (o *object) Value() any { return o }

// activation binds variables for the interpreter. It is reused through a pool: it holds a row only while a program runs.
type activation struct {
	env     *Env
	now     time.Time
	objects []object
}

// ResolveName gives a namespace or now.
func (a *activation) ResolveName(name string) (any, bool) {
	if name == "now" {
		return a.now, true
	}
	if i := a.env.space(name); i >= 0 {
		return &a.objects[i], true
	}
	return nil, false
}

// Parent is nil: there is no outer scope.
func (a *activation) Parent() interpreter.Activation { return nil }

var activations sync.Pool

func (e *Env) bind(row Row) *activation {
	a, _ := activations.Get().(*activation)
	if a == nil {
		a = new(activation)
	}
	a.env = e
	a.now = time.Unix(0, nanos(row.Now())).UTC()
	a.objects = a.objects[:0]
	for _, s := range e.spaces {
		a.objects = append(a.objects, object{row, s})
	}
	return a
}

func (a *activation) release() {
	clear(a.objects)
	a.env = nil
	activations.Put(a)
}
