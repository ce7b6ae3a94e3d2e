package rule

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/parser"
)

// Explain says why a condition is false on a row: the first conjunct that is false, with the values it read, as in
// "profile.orders_90d >= 2 (is 1)". It is empty when the condition holds. It compiles as it goes: ask it on demand, not on the hot path.
func (p *Program) Explain(row Row) string {
	if p.checked == nil {
		checked, err := p.env.check(p.source)
		if err != nil {
			return err.Error()
		}
		p = &Program{env: p.env, source: p.source, checked: checked.NativeRep()}
	}
	for _, part := range conjuncts(p.checked.Expr(), nil) {
		sub := &Program{env: p.env, checked: ast.NewCheckedAST(ast.NewAST(part, p.checked.SourceInfo()), p.checked.TypeMap(), p.checked.ReferenceMap())}
		sub.source = p.unparse(part)
		ok, err := sub.evalOnce(row)
		if err != nil {
			return sub.source + ": " + err.Error()
		}
		if !ok {
			return sub.source + sub.values(part, row)
		}
	}
	return ""
}

// Interpreted is the first part of the expression that no closure covers, so that the interpreter runs it; empty when there is none. Where that part comes
// from a segment it is the whole expression. It is asked before Parts.
func (p *Program) Interpreted() string {
	if p.Fast() {
		return ""
	}
	return p.unparse(compiler{p.env, p.checked}.uncovered(p.checked.Expr()))
}

// uncovered goes down to the innermost part that has no closure though its own parts have. Names and lists have none by themselves.
func (c compiler) uncovered(x ast.Expr) ast.Expr {
	if x.Kind() != ast.CallKind {
		return x
	}
	parts := x.AsCall().Args()
	if x.AsCall().IsMemberFunction() {
		parts = append([]ast.Expr{x.AsCall().Target()}, parts...)
	}
	for _, part := range parts {
		if part.Kind() == ast.IdentKind || part.Kind() == ast.ListKind {
			continue
		}
		if _, err := c.node(part); err != nil {
			return c.uncovered(part)
		}
	}
	return x
}

func (p *Program) evalOnce(row Row) (ok bool, err error) {
	if p.code, err = compile(p); err == nil {
		return p.Eval(row)
	}
	if p.slow, err = p.env.cel.PlanProgram(p.checked); err != nil {
		return false, err
	}
	return p.Eval(row)
}

// conjuncts lists the operands of "and" from left to right, through segments.
func conjuncts(x ast.Expr, list []ast.Expr) []ast.Expr {
	if x.Kind() == ast.CallKind && x.AsCall().FunctionName() == "_&&_" {
		for _, arg := range x.AsCall().Args() {
			list = conjuncts(arg, list)
		}
		return list
	}
	return append(list, x)
}

// unparse writes a part of the tree back as text, with segments seen through.
func (p *Program) unparse(part ast.Expr) string {
	info := ast.CopySourceInfo(p.checked.SourceInfo())
	for id, call := range info.MacroCalls() {
		if call.Kind() == ast.CallKind && call.AsCall().FunctionName() == "segment" {
			info.ClearMacroCall(id)
		}
	}
	text, err := parser.Unparse(part, info, parser.WrapOnColumn(1<<20))
	if err != nil {
		return p.source
	}
	return text
}

// values shows what the conjunct read: "(is 1)" for one field, each by name for several, nothing for a bare flag.
func (p *Program) values(part ast.Expr, row Row) string {
	used := p.env.fieldsIn(part)
	if len(used) == 0 || part.Kind() == ast.SelectKind {
		return ""
	}
	if len(used) == 1 {
		if p.env.fields[used[0]].Type == TypeBool {
			return ""
		}
		return " (is " + show(row.Value(used[0])) + ")"
	}
	parts := make([]string, len(used))
	for i, f := range used {
		parts[i] = p.env.fields[f].Name + " is " + show(row.Value(f))
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

const shownItems = 5

func show(v Value) string {
	switch native := v.Native().(type) {
	case nil:
		return "not known"
	case string:
		return strconv.Quote(native)
	case float64:
		return strconv.FormatFloat(native, 'g', 6, 64)
	case time.Time:
		return native.Format(time.RFC3339)
	case []string:
		if len(native) > shownItems {
			return fmt.Sprintf("%q and %d more", native[:shownItems], len(native)-shownItems)
		}
		return fmt.Sprintf("%q", native)
	default:
		return fmt.Sprint(native)
	}
}
