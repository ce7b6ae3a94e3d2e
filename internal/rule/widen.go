package rule

import (
	"regexp"
	"strconv"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// widen makes two things natural that CEL is strict about: an int literal beside a double ("cart.total == 40", "cart.total * 2") becomes a double,
// and a literal duration may count days ("14d"). It changes literals only.
func (e *Env) widen(root ast.Expr) {
	factory := ast.NewExprFactory()
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(x ast.Expr) {
		if x.Kind() != ast.CallKind {
			return
		}
		call := x.AsCall()
		switch {
		case call.FunctionName() == "duration" && len(call.Args()) == 1:
			days(factory, call.Args()[0])
		case arithmetic[call.FunctionName()] && len(call.Args()) == 2:
			e.widenPair(factory, call.Args()[0], call.Args()[1])
		}
	}))
}

var arithmetic = map[string]bool{"_==_": true, "_!=_": true, "_<_": true, "_<=_": true, "_>_": true, "_>=_": true, "_+_": true, "_-_": true, "_*_": true, "_/_": true}

func (e *Env) widenPair(factory ast.ExprFactory, a, b ast.Expr) {
	if e.isDouble(a) {
		widenLiteral(factory, b)
	}
	if e.isDouble(b) {
		widenLiteral(factory, a)
	}
}

func widenLiteral(factory ast.ExprFactory, x ast.Expr) {
	if x.Kind() == ast.LiteralKind {
		if n, ok := x.AsLiteral().(types.Int); ok {
			x.SetKindCase(factory.NewLiteral(x.ID(), types.Double(n)))
		}
	}
}

// isDouble knows before the check which trees will be doubles: literals, fields, and arithmetic over one.
func (e *Env) isDouble(x ast.Expr) bool {
	switch x.Kind() {
	case ast.LiteralKind:
		return x.AsLiteral().Type() == types.DoubleType
	case ast.SelectKind:
		i, ok := e.fieldOf(x)
		return ok && e.fields[i].Type == TypeDouble
	case ast.CallKind:
		call := x.AsCall()
		switch call.FunctionName() {
		case "double":
			return true
		case "_+_", "_-_", "_*_", "_/_":
			return e.isDouble(call.Args()[0]) || e.isDouble(call.Args()[1])
		case "-_":
			return e.isDouble(call.Args()[0])
		}
	}
	return false
}

// fieldOf is the index of the field that a tree selects.
func (e *Env) fieldOf(x ast.Expr) (int, bool) {
	if x.Kind() != ast.SelectKind || x.AsSelect().Operand().Kind() != ast.IdentKind {
		return 0, false
	}
	i, ok := e.index[x.AsSelect().Operand().AsIdent()+"."+x.AsSelect().FieldName()]
	return i, ok
}

var dayCount = regexp.MustCompile(`^(\d{1,5})d$`)

func days(factory ast.ExprFactory, x ast.Expr) {
	text, ok := literalString(x)
	if !ok {
		return
	}
	if m := dayCount.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		x.SetKindCase(factory.NewLiteral(x.ID(), types.String(strconv.Itoa(24*n)+"h")))
	}
}
