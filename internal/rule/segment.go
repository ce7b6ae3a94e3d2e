package rule

import (
	"fmt"
	"slices"
	"strings"

	"boon"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
)

// segments expands segment("id") to the segment's own condition, so that checking, field lists and closures see through it.
type segments struct {
	env    *Env
	where  map[string]string
	ids    []string            // in order of declaration
	parsed map[string]ast.Expr // filled once, by check; dependencies first
}

func newSegments(env *Env, list []boon.Segment) *segments {
	s := &segments{env: env, where: make(map[string]string, len(list)), parsed: make(map[string]ast.Expr, len(list))}
	for _, segment := range list {
		s.where[segment.ID] = segment.Where
		s.ids = append(s.ids, segment.ID)
	}
	return s
}

// check parses every segment after those it names, and compiles each on its own.
func (s *segments) check() error {
	if len(s.ids) == 0 {
		return nil
	}
	plain, err := cel.NewEnv(cel.OptionalTypes())
	if err != nil {
		return fmt.Errorf("build segment environment: %w", err)
	}
	for _, id := range s.ids {
		if err := s.resolve(plain, id, nil); err != nil {
			return err
		}
		if _, err := s.env.Compile(s.where[id], WantBool); err != nil {
			return fmt.Errorf("compile segment %q: %w", id, err)
		}
	}
	return nil
}

// resolve parses a segment once; path holds those that are being resolved.
func (s *segments) resolve(plain *cel.Env, id string, path []string) error {
	if slices.Contains(path, id) {
		return boon.Invalid("segments."+id+".where", "segment %q contains itself: %s", id, strings.Join(append(path, id), " -> "))
	}
	if _, known := s.where[id]; !known || s.parsed[id] != nil {
		return nil // an unknown one is refused where it is expanded
	}
	path = append(path, id)
	for _, next := range named(plain, s.where[id]) {
		if err := s.resolve(plain, next, path); err != nil {
			return err
		}
	}
	parsed, issues := s.env.cel.Parse(s.where[id])
	if issues.Err() != nil {
		return fmt.Errorf("compile segment %q: %w", id, s.env.refuse(s.where[id], nil, issues))
	}
	if n := ast.NodeCount(parsed.NativeRep()); n > maxNodes {
		return boon.Invalid("segments."+id+".where", "segment %q has %d parts with those it names, the most is %d", id, n, maxNodes)
	}
	s.parsed[id] = parsed.NativeRep().Expr()
	return nil
}

// named lists the segments an expression names, without expanding them.
func named(plain *cel.Env, expr string) []string {
	parsed, issues := plain.Parse(expr)
	if issues.Err() != nil {
		return nil
	}
	var ids []string
	ast.PreOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == "segment" && len(e.AsCall().Args()) == 1 {
			if id, ok := literalString(e.AsCall().Args()[0]); ok {
				ids = append(ids, id)
			}
		}
	}))
	return ids
}

// expand is the macro. check has parsed every segment before any other expression can be compiled.
func (s *segments) expand(helper cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	id, ok := literalString(args[0])
	if !ok {
		return nil, helper.NewError(args[0].ID(), `segment takes one quoted id, as in segment("vip")`)
	}
	condition := s.parsed[id]
	if condition == nil {
		return nil, helper.NewError(args[0].ID(), fmt.Sprintf("there is no segment %q%s", id, didYouMean(id, s.ids, "")))
	}
	return helper.Copy(condition), nil
}

func first(issues *cel.Issues) *common.Error { return issues.Errors()[0] }

func literalString(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().Value().(string)
	return s, ok
}
