package rule

import (
	"errors"
	"fmt"
	"slices"

	"boon"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Want is the kind of result an expression must have.
type Want uint8

// What can be wanted.
const (
	WantBool Want = iota // a condition, for Eval
	WantAny              // any scalar, for Text
)

// Program is a checked and compiled expression.
type Program struct {
	env     *Env
	source  string
	checked *ast.AST // nil once Parts has taken it apart: a tree is many small objects, and a release holds thousands
	fields  []int
	code    code        // closures, when every node has one
	slow    cel.Program // cel-go's interpreter, when one has not
}

// Compile checks an expression. Errors are invalid_request, one plain sentence with line and column within the expression.
func (e *Env) Compile(expr string, want Want) (*Program, error) {
	checked, err := e.check(expr)
	if err != nil {
		return nil, err
	}
	if err := wanted(checked.OutputType(), want); err != nil {
		return nil, err
	}
	p := &Program{env: e, source: expr, checked: checked.NativeRep()}
	p.fields = e.fieldsIn(p.checked.Expr())
	if err := p.ready(); err != nil {
		return nil, boon.Invalid("", "%s", sentence(err.Error()))
	}
	return p, nil
}

// ready makes the checked tree run: as closures, and where a node has none by the interpreter.
func (p *Program) ready() (err error) {
	p.code, err = compile(p)
	if errors.Is(err, errNoClosure) {
		p.slow, err = p.env.cel.PlanProgram(p.checked, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(costLimit))
	}
	return err
}

func (e *Env) check(expr string) (*cel.Ast, error) {
	parsed, issues := e.cel.Parse(expr)
	if issues.Err() != nil {
		return nil, e.refuse(expr, nil, issues)
	}
	if n := ast.NodeCount(parsed.NativeRep()); n > maxNodes {
		return nil, boon.Invalid("", "the expression has %d parts with its segments, the most is %d", n, maxNodes)
	}
	e.widen(parsed.NativeRep().Expr())
	checked, issues := e.cel.Check(parsed)
	if issues.Err() != nil {
		return nil, e.refuse(expr, parsed, issues)
	}
	return checked, nil
}

func wanted(t *cel.Type, want Want) error {
	switch {
	case t.Kind() == types.BoolKind:
		return nil
	case want == WantBool:
		return boon.Invalid("", "a condition must be true or false, this one is %s", t)
	}
	switch t.Kind() {
	case types.IntKind, types.DoubleKind, types.StringKind, types.TimestampKind, types.DurationKind, types.UintKind:
		return nil
	}
	return boon.Invalid("", "wanted is one value, this is %s", t)
}

// Source is the expression as written.
func (p *Program) Source() string { return p.source }

// Fast reports whether the program runs as closures, without the interpreter.
func (p *Program) Fast() bool { return p.slow == nil }

// Indexes are the fields that the program may read, ascending; segments are seen through. Callers must not change it.
func (p *Program) Indexes() []int { return p.fields }

// Fields are the names of the fields that the program may read, in order of declaration.
func (p *Program) Fields() []string {
	names := make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = p.env.fields[f].Name
	}
	return names
}

// Mentions reports whether the program may read the named field.
func (p *Program) Mentions(name string) bool { return slices.Contains(p.Fields(), name) }

// AsksCategory reports whether the program, as Compile gives it, may ask for a category of the cart.
func (p *Program) AsksCategory() (asks bool) {
	ast.PreOrderVisit(p.checked.Expr(), ast.NewExprVisitor(func(x ast.Expr) {
		asks = asks || x.Kind() == ast.CallKind && x.AsCall().FunctionName() == "category"
	}))
	return asks
}

// Eval is the condition's value on a row. An error means that it has none: a field is not known, or arithmetic failed.
func (p *Program) Eval(row Row) (bool, error) {
	if p.code.bool != nil {
		return p.code.bool(row)
	}
	if p.slow == nil {
		return false, p.noCondition()
	}
	v, err := p.interpret(row)
	if err != nil {
		return false, err
	}
	b, ok := v.(types.Bool)
	if !ok {
		return false, p.noCondition()
	}
	return bool(b), nil
}

func (p *Program) noCondition() error { return fmt.Errorf("%s gives no condition", p.source) }

// Text is the value of a WantAny program as text: equal values give equal texts.
func (p *Program) Text(row Row) (string, error) {
	if p.slow == nil {
		return p.code.text(row)
	}
	v, err := p.interpret(row)
	if err != nil {
		return "", err
	}
	s, ok := v.ConvertToType(types.StringType).(types.String)
	if !ok {
		return "", fmt.Errorf("%s gives no text", p.source)
	}
	return string(s), nil
}

func (p *Program) interpret(row Row) (ref.Val, error) {
	a := p.env.bind(row)
	defer a.release()
	v, _, err := p.slow.Eval(a)
	return v, err
}

func (e *Env) fieldsIn(root ast.Expr) []int {
	var used []int
	ast.PreOrderVisit(root, ast.NewExprVisitor(func(x ast.Expr) {
		if i, ok := e.fieldOf(x); ok {
			used = append(used, i)
		} else if i, ok := e.optionalField(x); ok {
			used = append(used, i)
		}
	}))
	slices.Sort(used)
	return slices.Compact(used)
}

// optionalField is the index of the field that "profile.?name" selects.
func (e *Env) optionalField(x ast.Expr) (int, bool) {
	if x.Kind() != ast.CallKind || x.AsCall().FunctionName() != "_?._" || x.AsCall().Args()[0].Kind() != ast.IdentKind {
		return 0, false
	}
	name, _ := literalString(x.AsCall().Args()[1])
	i, ok := e.index[x.AsCall().Args()[0].AsIdent()+"."+name]
	return i, ok
}

// FieldsOf lists the fields that an expression may read, in order of declaration.
func (e *Env) FieldsOf(expr string) ([]string, error) {
	p, err := e.Compile(expr, WantAny)
	if err != nil {
		return nil, err
	}
	return p.Fields(), nil
}
