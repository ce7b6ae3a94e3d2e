package boon_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// The layout test keeps the house's rules (ARCHITECTURE.md). It parses the files itself: go list would be answered from outside the test's
// view, and a cached pass would hide a change.

// rings gives each room its ring; an import may only point to a smaller number.
var rings = map[string]int{
	"boon": 0, "internal": 0,

	"identity": 1, "consent": 1, "feature": 1, "catalog": 1, "offer": 1, "eligibility": 1, "trigger": 1,
	"model": 1, "bandit": 1, "experiment": 1, "ledger": 1, "measure": 1, "causal": 1, "govern": 1, "contact": 1,

	"ingest": 2, "decide": 2, "redeem": 2, "deliver": 2, "learn": 2, "report": 2, "publish": 2,

	"sqlite": 3, "postgres": 3, "pebblestore": 3, "redisstore": 3, "natslog": 3, "duckdb": 3, "memory": 3,
	"api": 3, "console": 3, "smtp": 3, "push": 3, "sms": 3, "webhook": 3,

	"cmd/boon": 4, "engine": 4, "sim": 4, "bench": 4, "conformance": 4, "clients": 4, "scenario": 4,
}

// excused names, by "file what", what the purity rule lets through, and why. An entry that excuses nothing fails the test.
var excused = map[string]string{}

func TestLayout(t *testing.T) {
	files := readRepository(t)
	for _, rule := range layoutRules {
		t.Run(rule.name, func(t *testing.T) {
			for _, complaint := range rule.check(files) {
				t.Error(complaint)
			}
		})
	}
}

func TestExcusesAreUsed(t *testing.T) {
	used := map[string]bool{}
	for _, f := range readRepository(t) {
		for _, found := range impurities(f) {
			used[f.path+" "+found.what] = true
		}
	}
	for key, why := range excused {
		if !used[key] {
			t.Errorf("excused %q (%s) is no longer there: delete the entry", key, why)
		}
	}
}

func TestArchitectureNamesEveryRoom(t *testing.T) {
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range readRepository(t) {
		room := roomOf(f.dir())
		if !f.isTest() && !strings.Contains(string(text), "`"+room+"`") {
			t.Errorf("%s: ARCHITECTURE.md does not name the room `%s`: add its line to the table of rooms", f.path, room)
		}
	}
}

// goFile is one parsed file; path is slash-separated, from the repository's root.
type goFile struct {
	path string
	text string
	fset *token.FileSet
	ast  *ast.File
}

func (f goFile) dir() string     { return path.Dir(f.path) }
func (f goFile) isTest() bool    { return strings.HasSuffix(f.path, "_test.go") }
func (f goFile) generated() bool { return ast.IsGenerated(f.ast) }
func (f goFile) ring() int       { return rings[roomOf(f.dir())] }

func (f goFile) line(pos token.Pos) int { return f.fset.Position(pos).Line }

// imports maps the name a file uses to the path it imports.
func (f goFile) imports() map[string]string {
	names := map[string]string{}
	for _, spec := range f.ast.Imports {
		target := strings.Trim(spec.Path.Value, `"`)
		name := path.Base(target)
		if name == "v2" || name == "v3" {
			name = path.Base(path.Dir(target))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = target
	}
	return names
}

// roomOf is the room a folder belongs to; a folder below a room belongs to that room.
func roomOf(dir string) string {
	first, rest, _ := strings.Cut(dir, "/")
	switch first {
	case ".":
		return "boon"
	case "cmd":
		second, _, _ := strings.Cut(rest, "/")
		return "cmd/" + second
	}
	return first
}

// skipped folders hold no Go of this module.
var skipped = map[string]bool{
	".git": true, "bin": true, "data": true, "node_modules": true, "testdata": true, "tools": true, "web": true, "docs": true,
}

func readRepository(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if skipped[entry.Name()] {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files = append(files, parse(t, filepath.ToSlash(name), string(text)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func parse(t *testing.T, name, text string) goFile {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return goFile{name, text, fset, file}
}
