package boon_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
)

type layoutRule struct {
	name  string
	check func([]goFile) []string
}

// layoutRules are the rules; each complaint says where, what, and what to do instead.
var layoutRules = []layoutRule{
	{"rooms", perFile(unknownRoom)},
	{"imports", perFile(outwardImports)},
	{"purity", perFile(impure)},
	{"docs", packageComments},
	{"comments", perFile(missingComments)},
	{"file length", perFile(longFile)},
	{"function length", perFile(longFunctions)},
	{"interfaces", perFile(wideInterfaces)},
	{"names", perFile(emptyNames)},
	{"open ends", perFile(openEnds)},
	{"errors", perFile(failedTo)},
}

const (
	maxFileLines = 400
	maxFuncLines = 70
	maxMethods   = 5
)

func perFile(check func(goFile) []string) func([]goFile) []string {
	return func(files []goFile) []string {
		var complaints []string
		for _, f := range files {
			complaints = append(complaints, check(f)...)
		}
		return complaints
	}
}

func unknownRoom(f goFile) []string {
	room := roomOf(f.dir())
	if _, known := rings[room]; known {
		return nil
	}
	return []string{fmt.Sprintf("%s: the room %q is in no ring: put the file into a room that ARCHITECTURE.md names, or add the room there and to rings in layout_test.go", f.path, room)}
}

func outwardImports(f goFile) []string {
	if f.isTest() {
		return nil
	}
	var complaints []string
	from := roomOf(f.dir())
	for _, spec := range f.ast.Imports {
		target, ours := moduleDir(strings.Trim(spec.Path.Value, `"`))
		to := roomOf(target)
		if !ours || to == from {
			continue
		}
		at := fmt.Sprintf("%s:%d", f.path, f.line(spec.Pos()))
		switch inner, outer := rings[to], rings[from]; {
		case inner > outer:
			complaints = append(complaints, fmt.Sprintf("%s: %s (ring %d) imports %s (ring %d), which lies further out: declare the port you need in your own ports.go and let ring 4 hand it in", at, from, outer, to, inner))
		case inner == outer && inner >= 1 && inner <= 3:
			complaints = append(complaints, fmt.Sprintf("%s: %s imports its sibling %s: move the shared noun to the root, or take the value as an argument and let the ring outside join the two", at, from, to))
		}
	}
	return complaints
}

// moduleDir is the folder of an import path of this module.
func moduleDir(importPath string) (string, bool) {
	if importPath == "boon" {
		return ".", true
	}
	return strings.CutPrefix(importPath, "boon/")
}

// impurity is one use of the world outside.
type impurity struct {
	what    string
	line    int
	instead string
}

func impure(f goFile) []string {
	var complaints []string
	for _, found := range impurities(f) {
		if _, ok := excused[f.path+" "+found.what]; !ok {
			complaints = append(complaints, fmt.Sprintf("%s:%d: %s in ring %d: %s", f.path, found.line, found.what, f.ring(), found.instead))
		}
	}
	return complaints
}

// outside lists the imports (whole trees) that rings 0-2 may not have; inside lists the parts of those trees that only compute.
var (
	outside = map[string]string{
		"os": "read files in ring 3 or 4 and pass the bytes", "net": "speak to the network in ring 3",
		"syscall": "ask the system in ring 3", "database/sql": "declare a port and implement it in ring 3",
		"crypto/rand": "take random bytes as an argument", "log": "return the error; ring 3 and 4 log, with slog",
		"github.com/cockroachdb/pebble": "declare a port; pebblestore implements it", "modernc.org/sqlite": "declare a port; sqlite implements it",
		"github.com/jackc/pgx": "declare a port; postgres implements it", "github.com/redis/rueidis": "declare a port; redisstore implements it",
		"github.com/nats-io": "declare a port; natslog implements it", "github.com/duckdb": "declare a port; duckdb implements it",
		"github.com/alecthomas/kong": "parse flags in cmd/boon",
	}
	inside = []string{"net/url", "net/mail", "net/netip", "net/textproto"}

	clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"}
	dice  = []string{"New", "NewSource", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"}
)

// impurities finds what rings 0-2 must not do: input and output, the clock, unseeded randomness.
func impurities(f goFile) []impurity {
	if f.isTest() || f.ring() > 2 {
		return nil
	}
	var found []impurity
	for _, spec := range f.ast.Imports {
		target := strings.Trim(spec.Path.Value, `"`)
		for tree, instead := range outside {
			if within(target, tree) && !slices.Contains(inside, target) {
				found = append(found, impurity{target, f.line(spec.Pos()), instead})
			}
		}
	}
	names := f.imports()
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := sel.X.(*ast.Ident)
		if !ok || pkg.Obj != nil {
			return true
		}
		if instead := worldly(names[pkg.Name], sel.Sel.Name); instead != "" {
			found = append(found, impurity{pkg.Name + "." + sel.Sel.Name, f.line(sel.Pos()), instead})
		}
		return true
	})
	return found
}

func worldly(importPath, name string) string {
	switch importPath {
	case "time":
		if slices.Contains(clock, name) {
			return "take the time (or a channel that says it has come) as an argument"
		}
	case "context":
		if name == "WithTimeout" || name == "WithDeadline" {
			return "the caller in ring 3 or 4 sets the deadline"
		}
	case "math/rand", "math/rand/v2":
		if !slices.Contains(dice, name) {
			return "draw from a rand.Rand made of a seed that was passed in"
		}
	}
	return ""
}

func within(target, tree string) bool { return target == tree || strings.HasPrefix(target, tree+"/") }

func packageComments(files []goFile) []string {
	has := map[string]bool{}
	var complaints []string
	for _, f := range files {
		if f.isTest() {
			continue
		}
		documented := f.ast.Doc != nil && strings.TrimSpace(f.ast.Doc.Text()) != ""
		isDoc := path.Base(f.path) == "doc.go"
		if documented && !isDoc {
			complaints = append(complaints, fmt.Sprintf("%s: a second package comment: move it into doc.go", f.path))
		}
		has[f.dir()] = has[f.dir()] || documented && isDoc
	}
	for dir, ok := range has {
		if !ok {
			complaints = append(complaints, fmt.Sprintf("%s: no package comment: add doc.go that states the package's invariants and ordering, numbered", dir))
		}
	}
	slices.Sort(complaints)
	return complaints
}

func longFile(f goFile) []string {
	n := strings.Count(f.text, "\n")
	if f.generated() || n <= maxFileLines {
		return nil
	}
	return []string{fmt.Sprintf("%s: %d lines, at most %d: there is a second noun in it, give that a file of its own", f.path, n, maxFileLines)}
}

func longFunctions(f goFile) []string {
	var complaints []string
	for _, decl := range f.ast.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || f.isTest() || f.generated() {
			continue
		}
		if n := f.line(fn.End()) - f.line(fn.Pos()) + 1; n > maxFuncLines {
			complaints = append(complaints, fmt.Sprintf("%s:%d: %s has %d lines, at most %d: name its steps and make each a function", f.path, f.line(fn.Pos()), fn.Name.Name, n, maxFuncLines))
		}
	}
	return complaints
}

// wideInterfaces counts an interface's own methods; those that it embeds count where they are declared.
func wideInterfaces(f goFile) []string {
	var complaints []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		face, ok := n.(*ast.InterfaceType)
		if !ok || f.isTest() {
			return true
		}
		own := 0
		for _, method := range face.Methods.List {
			own += len(method.Names)
		}
		if own > maxMethods {
			complaints = append(complaints, fmt.Sprintf("%s:%d: an interface of %d methods, at most %d: let each consumer declare the few it calls, or compose named parts", f.path, f.line(face.Pos()), own, maxMethods))
		}
		return true
	})
	return complaints
}

var (
	emptyName  = regexp.MustCompile(`^(utils?|commons?|helpers?|managers?|misc|shared|stuff)$`)
	emptyType  = regexp.MustCompile(`(Manager|Helper|Util|Utils|Misc)$`)
	openEnd    = regexp.MustCompile(`\b(TODO|FIXME)\b`)
	failedText = regexp.MustCompile(`^["` + "`" + `](failed|unable) to `)
)

func emptyNames(f goFile) []string {
	var complaints []string
	stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".go"), "_test")
	for _, part := range append(strings.Split(f.dir(), "/"), stem, f.ast.Name.Name) {
		if emptyName.MatchString(part) {
			complaints = append(complaints, fmt.Sprintf("%s: %q says nothing: name the file and package after the noun or the verb they hold", f.path, part))
		}
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if ok && emptyType.MatchString(spec.Name.Name) {
			complaints = append(complaints, fmt.Sprintf("%s:%d: %s says nothing: name the type after what it is", f.path, f.line(spec.Pos()), spec.Name.Name))
		}
		return true
	})
	return complaints
}

func openEnds(f goFile) []string {
	var complaints []string
	for _, group := range f.ast.Comments {
		for _, c := range group.List {
			if word := openEnd.FindString(c.Text); word != "" {
				complaints = append(complaints, fmt.Sprintf("%s:%d: %s: finish it, or file an issue and take the comment out", f.path, f.line(c.Pos()), word))
			}
		}
	}
	return complaints
}

// failedTo looks at the first argument of Errorf and New.
func failedTo(f goFile) []string {
	var complaints []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || f.isTest() || len(call.Args) == 0 || !makesError(call) {
			return true
		}
		text, ok := call.Args[0].(*ast.BasicLit)
		if ok && text.Kind == token.STRING && failedText.MatchString(text.Value) {
			complaints = append(complaints, fmt.Sprintf("%s:%d: error text %s: begin with verb and object (\"open ledger: %%w\")", f.path, f.line(text.Pos()), text.Value))
		}
		return true
	})
	return complaints
}

func makesError(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && (pkg.Name == "fmt" && sel.Sel.Name == "Errorf" || pkg.Name == "errors" && sel.Sel.Name == "New")
}
