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
func (e *Env) refuse(source string, parsed *cel.Ast, issues *cel.Issues) error {
	problem := first(issues)
	out := boon.Invalid("", "%s", e.explainIssue(source, parsed, problem)+instead(source, problem))
	out.Line = problem.Location.Line()
	out.Column = problem.Location.Column() + 1
	return out
}

var (
	undefinedField = regexp.MustCompile(`^undefined field '([^']*)'`)
	undeclared     = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	unexpected     = regexp.MustCompile(`^(?:extraneous|mismatched) input '(.*?)' expecting`)
	unreadable     = regexp.MustCompile(`^token recognition error at: '(.*)'$`)
	badLiteral     = regexp.MustCompile(`^invalid (\w+) argument$`)
	noOverload     = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '([^']*)'`)
)

func (e *Env) explainIssue(source string, parsed *cel.Ast, problem *common.Error) string {
	if m := undefinedField.FindStringSubmatch(problem.Message); m != nil {
		return e.noField(spaceAt(parsed, problem.ExprID), m[1])
	}
	if m := undeclared.FindStringSubmatch(problem.Message); m != nil {
		return fmt.Sprintf("there is no %q%s", m[1], e.meant(m[1], strings.HasPrefix(restAt(source, problem), "(")))
	}
	if m := noOverload.FindStringSubmatch(problem.Message); m != nil {
		return noOverloadSentence(m[1], m[2])
	}
	if m := badLiteral.FindStringSubmatch(problem.Message); m != nil {
		return literalSentence(m[1], textAt(parsed, problem.ExprID))
	}
	return sentence(problem.Message)
}

// literalSentence says what a text is not that a function takes.
func literalSentence(function, text string) string {
	switch _, err := regexp.Compile(text); {
	case function == "duration":
		return fmt.Sprintf(`%q is no duration, such as "48h"`, text)
	case function == "timestamp":
		return fmt.Sprintf(`%q is no time, such as "2026-01-01T00:00:00Z"`, text)
	case err != nil:
		return fmt.Sprintf("%q is no regular expression: %s", text, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return fmt.Sprintf("%s() cannot take %q", function, text)
}

// textAt is the text that stands in an expression under an id.
func textAt(parsed *cel.Ast, id int64) (text string) {
	if parsed == nil {
		return ""
	}
	ast.PreOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(x ast.Expr) {
		if x.ID() == id {
			text, _ = literalString(x)
		}
	}))
	return text
}

// functions are those that conditions need most.
var functions = []string{"segment", "size", "has", "category", "timestamp", "duration", "startsWith", "endsWith", "contains", "matches", "exists", "all", "filter"}

// meant is which name may be meant by one that there is not: one like it, a field that is so called, or one of what there is.
func (e *Env) meant(name string, function bool) string {
	if function {
		return didYouMean(name, functions, "")
	}
	for _, f := range e.fields {
		if strings.HasSuffix(f.Name, "."+name) {
			return "; did you mean " + f.Name + "?"
		}
	}
	if like := didYouMean(name, append([]string{"now", "segment", "size", "has"}, e.spaces...), ""); like != "" {
		return like
	}
	return "; there are " + strings.Join(e.spaces, ", ") + " and now"
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
		return fmt.Sprintf("%q cannot be applied to %s%s", sign, strings.ReplaceAll(types, ", ", " and "), likewise(types))
	}
	return fmt.Sprintf("%s() cannot be applied to %s", function, types)
}

// likewise is how one of two values is written so that it compares with the other.
func likewise(types string) string {
	switch types {
	case "int, string", "double, string", "string, int", "string, double":
		return "; a number stands without quotes, and a text in them"
	case "timestamp, string", "string, timestamp":
		return `; a time is timestamp("2026-01-01T00:00:00Z")`
	case "duration, string", "string, duration", "duration, int", "int, duration":
		return `; a duration is duration("48h")`
	}
	return ""
}

// foreign is what people write who come from elsewhere, and what CEL has for it.
var foreign = []struct {
	at      *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`^(?i)and\b`), "write && for and"},
	{regexp.MustCompile(`^(?i)or\b`), "write || for or"},
	{regexp.MustCompile(`^=`), "write == to compare"},
	{regexp.MustCompile(`^<>`), "write != for unequal"},
	{regexp.MustCompile(`^[“”„‘’«»]`), `write straight quotes: "DE"`},
	{regexp.MustCompile(`^,`), "a decimal has a point: 9.99"},
	{regexp.MustCompile(`^[€$£]`), "an amount is a number, in the shop's currency"},
}

// instead says what to write for what stands where a syntax error is.
func instead(source string, problem *common.Error) string {
	rest := restAt(source, problem)
	if !strings.HasPrefix(problem.Message, "Syntax error: ") {
		return ""
	}
	for _, f := range foreign {
		if f.at.MatchString(rest) {
			return "; " + f.instead
		}
	}
	if rest == "" && strings.HasSuffix(strings.TrimSpace(source), "%") {
		return "; a share is a decimal: 0.1 for 10%"
	}
	return ""
}

// restAt is the rest of the line from where a problem is.
func restAt(source string, problem *common.Error) string {
	lines := strings.Split(source, "\n")
	line := []rune(lines[min(max(problem.Location.Line(), 1), len(lines))-1])
	return string(line[min(max(problem.Location.Column(), 0), len(line)):])
}

// sentence cuts what a parser says down to what a merchandiser can use.
func sentence(message string) string {
	message = strings.TrimPrefix(message, "Syntax error: ")
	if m := unexpected.FindStringSubmatch(message); m != nil && m[1] != "<EOF>" {
		return fmt.Sprintf("%q is not expected here", m[1])
	}
	if m := unreadable.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("%q is not expected here", strings.TrimSpace(m[1]))
	}
	if strings.Contains(message, "recursion limit exceeded") {
		return fmt.Sprintf("the expression nests more than %d levels deep; take it apart, into segments say", maxDepth)
	}
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
