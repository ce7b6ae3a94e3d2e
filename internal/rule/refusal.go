package rule

import (
	"fmt"
	"regexp"
	"strings"

	"boon"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
)

// refuse turns the first thing that cel-go minds into a plain sentence with line and column (1-based) within the expression.
func (e *Env) refuse(parsed *cel.Ast, issues *cel.Issues) error {
	problem := first(issues)
	out := boon.Invalid("", "%s", e.explainIssue(parsed, problem))
	out.Line = problem.Location.Line()
	out.Column = problem.Location.Column() + 1
	return out
}

var (
	undefinedField = regexp.MustCompile(`^undefined field '([^']*)'`)
	undeclared     = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	noOverload     = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '([^']*)'`)
)

func (e *Env) explainIssue(parsed *cel.Ast, problem *common.Error) string {
	if m := undefinedField.FindStringSubmatch(problem.Message); m != nil {
		return e.noField(spaceAt(parsed, problem.ExprID), m[1])
	}
	if m := undeclared.FindStringSubmatch(problem.Message); m != nil {
		return fmt.Sprintf("there is no %q%s", m[1], didYouMean(m[1], append([]string{"now", "segment", "size", "has"}, e.spaces...), ""))
	}
	if m := noOverload.FindStringSubmatch(problem.Message); m != nil {
		return noOverloadSentence(m[1], m[2])
	}
	return sentence(problem.Message)
}

func (e *Env) noField(space, field string) string {
	if space == "" {
		return fmt.Sprintf("there is no field %q", field)
	}
	var names []string
	for _, f := range e.fields {
		if strings.HasPrefix(f.Name, space+".") {
			names = append(names, strings.TrimPrefix(f.Name, space+"."))
		}
	}
	return fmt.Sprintf("there is no field %s.%s%s", space, field, didYouMean(field, names, space+"."))
}

// spaceAt is the namespace whose field the expression with that id selects.
func spaceAt(parsed *cel.Ast, id int64) (space string) {
	if parsed == nil {
		return ""
	}
	ast.PreOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(x ast.Expr) {
		if x.ID() == id && x.Kind() == ast.SelectKind && x.AsSelect().Operand().Kind() == ast.IdentKind {
			space = x.AsSelect().Operand().AsIdent()
		}
	}))
	return space
}

var operatorSigns = map[string]string{"_>_": ">", "_>=_": ">=", "_<_": "<", "_<=_": "<=", "_==_": "==", "_!=_": "!=", "_&&_": "&&", "_||_": "||", "!_": "!", "_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/", "_%_": "%", "@in": "in", "_?_:_": "?:", "_[_]": "[]"}

func noOverloadSentence(function, types string) string {
	types = strings.ReplaceAll(types, typePrefix, "")
	if receiver, args, ok := strings.Cut(types, ".("); ok {
		return fmt.Sprintf("%s() of %s cannot be applied to %s", function, receiver, strings.TrimSuffix(args, ")"))
	}
	types = strings.Trim(types, "()")
	if sign, ok := operatorSigns[function]; ok {
		return fmt.Sprintf("%q cannot be applied to %s", sign, strings.ReplaceAll(types, ", ", " and "))
	}
	return fmt.Sprintf("%s() cannot be applied to %s", function, types)
}

// sentence cuts what a parser says down to what a merchandiser can use.
func sentence(message string) string {
	message = strings.TrimPrefix(message, "Syntax error: ")
	if strings.Contains(message, "<EOF>") {
		return "the expression ends too early"
	}
	message, _, _ = strings.Cut(message, " expecting ")
	return strings.ReplaceAll(message, typePrefix, "")
}

// didYouMean names the nearest of the known names when it is near enough to be meant.
func didYouMean(name string, known []string, prefix string) string {
	best, distance := "", max(len(name)/2, 2)+1
	for _, k := range known {
		d := edits(name, k)
		if strings.HasPrefix(k, name) || strings.HasPrefix(name, k) {
			d = min(d, 1)
		}
		if d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + prefix + best + "?"
}

// edits is the Levenshtein distance by bytes (V. Levenshtein, 1966; two rows by Wagner and Fischer).
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := diagonal
			if a[i-1] != b[j-1] {
				change++
			}
			diagonal = row[j]
			row[j] = min(change, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
