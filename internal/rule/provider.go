package rule

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// typePrefix keeps the namespaces' type names apart from their variables.
const typePrefix = "boon."

func objectType(space string) *cel.Type { return cel.ObjectType(typePrefix + space) }

func celType(t Type) *cel.Type {
	switch t {
	case TypeInt:
		return cel.IntType
	case TypeDouble:
		return cel.DoubleType
	case TypeBool:
		return cel.BoolType
	case TypeString:
		return cel.StringType
	case TypeTime:
		return cel.TimestampType
	case TypeMap:
		return cel.MapType(cel.StringType, cel.StringType)
	}
	return cel.ListType(cel.StringType)
}

// provider tells the checker which fields each namespace has, and the interpreter how to read them.
type provider struct {
	types.Provider
	env *Env
}

func (p *provider) spaceOf(typeName string) (string, bool) {
	space, ok := strings.CutPrefix(typeName, typePrefix)
	return space, ok && p.env.space(space) >= 0
}

// FindStructType knows the namespaces' types.
func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if space, ok := p.spaceOf(name); ok {
		return types.NewTypeTypeWithParam(objectType(space)), true
	}
	return p.Provider.FindStructType(name)
}

// FindStructFieldNames lists a namespace's fields in order of declaration.
func (p *provider) FindStructFieldNames(name string) ([]string, bool) {
	space, ok := p.spaceOf(name)
	if !ok {
		return p.Provider.FindStructFieldNames(name)
	}
	var names []string
	for _, f := range p.env.fields {
		if s, field, _ := strings.Cut(f.Name, "."); s == space {
			names = append(names, field)
		}
	}
	return names, true
}

// FindStructFieldType gives a field's type and its readers.
func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	space, ok := p.spaceOf(name)
	if !ok {
		return p.Provider.FindStructFieldType(name, field)
	}
	i, ok := p.env.index[space+"."+field]
	if !ok {
		return nil, false
	}
	f := p.env.fields[i]
	return &types.FieldType{
		Type: celType(f.Type),
		IsSet: func(target any) bool {
			o, ok := target.(*object)
			return ok && o.row.Value(i).kind == f.Type
		},
		GetFrom: func(target any) (any, error) {
			o, ok := target.(*object)
			if !ok {
				return nil, fmt.Errorf("read %s of %T", f.Name, target)
			}
			v := o.row.Value(i)
			if v.kind != f.Type {
				return nil, unknown(f, v)
			}
			return v.Native(), nil
		},
	}, true
}

// NewValue refuses: nobody makes a profile in an expression.
func (p *provider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if _, ok := p.spaceOf(name); ok {
		return types.NewErr("a %s cannot be made in an expression", name)
	}
	return p.Provider.NewValue(name, fields)
}

func unknown(f Field, v Value) error {
	if v.kind == 0 {
		return fmt.Errorf("%s is not known here", f.Name)
	}
	return fmt.Errorf("%s is declared as %s but holds a %s", f.Name, f.Type, v.kind)
}
