package engine_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// reasonsOfTheAPI are the words in reason.go's first block: what a refusal outside of a decision is told as.
func reasonsOfTheAPI(t *testing.T) (all []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		block, ok := d.(*ast.GenDecl)
		if !ok || block.Tok != token.CONST {
			continue
		}
		for _, spec := range block.Specs {
			word, err := strconv.Unquote(spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, word)
		}
		return all
	}
	return nil
}

// A reason that is new has a page, a line in the documentation and a row that provokes it, or a word why nothing does.
func TestEveryReasonIsAListedProblem(t *testing.T) {
	s := openText(t, problemShop)
	manual, err := os.ReadFile("../docs/problems.md")
	if err != nil {
		t.Fatal(err)
	}
	reasons := reasonsOfTheAPI(t)
	if len(reasons) < 25 {
		t.Fatalf("reason.go lists %d reasons: its first block is not what it was", len(reasons))
	}
	for _, reason := range reasons {
		if a := s.call(serverKey, "GET", "/problems/"+reason, ""); a.status != 200 {
			t.Errorf("%s has no page: %d", reason, a.status)
		}
		if !strings.Contains(string(manual), "\n| `"+reason+"` | ") {
			t.Errorf("docs/problems.md has no line for %s", reason)
		}
		if _, ok := problems[reason]; !ok && unprovoked[reason] == "" {
			t.Errorf("%s: no row says how it is provoked", reason)
		}
	}
}
