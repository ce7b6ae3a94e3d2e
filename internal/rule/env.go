package rule

import (
	"fmt"
	"strings"

	"boon"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
)

// Bounds of one expression.
const (
	maxLength = 8192 // bytes
	maxNodes  = 2000
	maxDepth  = 100
	costLimit = 100_000 // cel-go's units, about one node each
)

// namespaces that exist even when no field is declared in them.
var namespaces = []string{"profile", "session", "cart", "product", "context"}

// Env is a set of declared fields and segments that expressions are checked against.
type Env struct {
	fields   []Field
	index    map[string]int
	spaces   []string // namespaces, in order of first mention
	cel      *cel.Env
	segments *segments
}

// NewEnv declares fields, "now" and the segments. A segment that does not compile is an invalid_request that names it.
func NewEnv(fields []Field, list []boon.Segment) (*Env, error) {
	e := &Env{fields: fields, index: make(map[string]int, len(fields)), spaces: append([]string(nil), namespaces...)}
	for i, f := range fields {
		if err := e.declare(i, f); err != nil {
			return nil, err
		}
	}
	e.segments = newSegments(e, list)
	if err := e.build(); err != nil {
		return nil, fmt.Errorf("build expression environment: %w", err)
	}
	return e, e.segments.check()
}

// Fields are the declared fields, by index.
func (e *Env) Fields() []Field { return e.fields }

func (e *Env) declare(i int, f Field) error {
	space, name, ok := strings.Cut(f.Name, ".")
	if !ok || space == "" || name == "" || strings.Contains(name, ".") || f.Type < TypeInt || f.Type > TypeList {
		return fmt.Errorf("declare field %q: want namespace.name and a type", f.Name)
	}
	if _, twice := e.index[f.Name]; twice {
		return fmt.Errorf("declare field %q: declared twice", f.Name)
	}
	e.index[f.Name] = i
	if e.space(space) < 0 {
		e.spaces = append(e.spaces, space)
	}
	return nil
}

func (e *Env) space(name string) int {
	for i, s := range e.spaces {
		if s == name {
			return i
		}
	}
	return -1
}

func (e *Env) build() error {
	base, err := cel.NewEnv(cel.OptionalTypes(), ext.Strings(), ext.Math())
	if err != nil {
		return err
	}
	options := []cel.EnvOption{
		cel.CustomTypeProvider(&provider{Provider: base.CELTypeProvider(), env: e}),
		cel.CrossTypeNumericComparisons(true),
		cel.EnableMacroCallTracking(),
		cel.ParserExpressionSizeLimit(maxLength),
		cel.ParserRecursionLimit(maxDepth),
		cel.Variable("now", cel.TimestampType),
		cel.Macros(cel.GlobalMacro("segment", 1, e.segments.expand)),
		cel.ASTValidators(cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals(), cel.ValidateRegexLiterals()),
		cel.Function("category", cel.MemberOverload("cart_category", []*cel.Type{objectType("cart"), cel.StringType}, cel.BoolType,
			cel.BinaryBinding(interpretCategory))),
	}
	for _, s := range e.spaces {
		options = append(options, cel.Variable(s, objectType(s)))
	}
	e.cel, err = base.Extend(options...)
	return err
}

// inCategory reports whether one of the row's categories is path or lies below it.
func inCategory(row Row, path string) bool {
	for _, c := range row.Categories() {
		if boon.InCategory(c, path) {
			return true
		}
	}
	return false
}

func interpretCategory(cart, path ref.Val) ref.Val {
	o, okCart := cart.(*object)
	p, okPath := path.(types.String)
	if !okCart || !okPath {
		return types.MaybeNoSuchOverloadErr(path)
	}
	return types.Bool(inCategory(o.row, string(p)))
}
