package boon_test

import (
	"fmt"
	"go/ast"
	"go/token"
)

// wellKnown are methods whose meaning an interface of the standard library fixes.
var wellKnown = map[string]bool{
	"String": true, "Error": true, "Unwrap": true, "Is": true, "Len": true, "Less": true, "Swap": true, "Push": true, "Pop": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true, "ServeHTTP": true,
}

// missingComments finds exported names without a comment: on the name, or for constants and variables on their group or line.
func missingComments(f goFile) []string {
	if f.isTest() || f.generated() {
		return nil
	}
	var complaints []string
	complain := func(name *ast.Ident) {
		complaints = append(complaints, fmt.Sprintf("%s:%d: %s is exported without a comment: say what it is, with units, currency and errors, or unexport it", f.path, f.line(name.Pos()), name.Name))
	}
	for _, decl := range f.ast.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && !excusedMethod(d) {
				complain(d.Name)
			}
		case *ast.GenDecl:
			uncommentedSpecs(d, complain)
		}
	}
	return complaints
}

// excusedMethod reports a method of a standard interface, or of a type that nobody outside can name.
func excusedMethod(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return false
	}
	base := fn.Recv.List[0].Type
	for {
		switch t := base.(type) {
		case *ast.StarExpr:
			base = t.X
		case *ast.IndexExpr:
			base = t.X
		case *ast.IndexListExpr:
			base = t.X
		case *ast.Ident:
			return !t.IsExported() || wellKnown[fn.Name.Name]
		default:
			return false
		}
	}
}

func uncommentedSpecs(d *ast.GenDecl, complain func(*ast.Ident)) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			alone := d.Lparen == token.NoPos && d.Doc != nil
			if s.Name.IsExported() && s.Doc == nil && s.Comment == nil && !alone {
				complain(s.Name)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					complain(name)
				}
			}
		}
	}
}
