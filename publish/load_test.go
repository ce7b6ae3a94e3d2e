package publish

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"boon"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "rewrite golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; run with -update to write it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

var place = regexp.MustCompile(`^[a-z0-9_]+\.yaml:[1-9][0-9]*:[1-9][0-9]*: `)

// One file for each mistake; its golden file is what the author of the mistake reads.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 35 {
		t.Fatalf("found %d bad files, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			src, err := Load(os.DirFS("testdata/bad"), name)
			var problems Errors
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("want Errors, got %v", err)
			}
			if src.Positions != nil || src.Bundle.Shop.ID != "" {
				t.Error("a bundle with problems was given in part")
			}
			for _, line := range strings.Split(err.Error(), "\n") {
				if !place.MatchString(line) {
					t.Errorf("no place in %q", line)
				}
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".err", err.Error()+"\n")
		})
	}
}

const minimal = "kind: Shop\nid: shop\ncurrency: USD\ntimezone: UTC\n"

func TestFoldersAreReadWholeInOrder(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	fsys := fstest.MapFS{
		"b/shop.yaml":       file(minimal),
		"b/z/budgets.yml":   file("kind: Budget\nid: b2\namount: \"2.00\"\n---\nkind: Budget\nid: b1\namount: 1.50\n"),
		"b/a_test.yaml":     file("scenario: not a bundle"),
		"b/.draft/x.yaml":   file("nonsense"),
		"b/README.md":       file("# nonsense"),
		"elsewhere/no.yaml": file("nonsense"),
	}
	src, err := Load(fsys, "b")
	if err != nil {
		t.Fatal(err)
	}
	want := []boon.Budget{
		{ID: "b1", Currency: "USD", Amount: 150, Period: "total", Commitment: "worst_case"},
		{ID: "b2", Currency: "USD", Amount: 200, Period: "total", Commitment: "worst_case"},
	}
	if diff := cmp.Diff(want, src.Bundle.Budgets); diff != "" {
		t.Error(diff)
	}
	at := src.Positions["Budget/b1.amount"]
	if diff := cmp.Diff(Position{File: "b/z/budgets.yml", Line: 7, Column: 9}, at, cmpopts.IgnoreUnexported(Position{})); diff != "" {
		t.Error(diff)
	}
	if _, err := Load(fsys, "nowhere"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// Mistakes in several files are all reported, by file and line.
func TestAllProblemsAreReported(t *testing.T) {
	fsys := fstest.MapFS{
		"b.yaml": {Data: []byte("kind: Budget\nid: b\namount: x\nperiod: y\n")},
		"a.yaml": {Data: []byte("kind: Shop\nid: shop\ncurrency: USD\ntimezone: UTC\ncolour: red\n---\nkind: [\n")},
	}
	_, err := Load(fsys)
	want := `a.yaml:5:1: Shop/shop.colour: unknown field "colour"
a.yaml:7:1: not YAML: did not find expected node content
b.yaml:3:9: Budget/b.amount: expected a decimal number such as "0.05", found the text "x"
b.yaml:4:9: Budget/b.period: "y" is not one of total, day, week, month; did you mean "day"?
`
	if diff := cmp.Diff(want, err.Error()+"\n"); diff != "" {
		t.Error(diff)
	}
}

// What is not YAML is told by its own line, not by that on which the mapping or the list around it begins.
func TestSyntaxErrorNamesItsLine(t *testing.T) {
	const head = "kind: Shop\nid: shop\n---\nkind: Offer\nid: o\n"
	const tail = "\n\n# a comment\nplacements: [a,\n  b]\nduration: 1d\n"
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"text after a quote":       {head + `eligibility: "plan" in profile.traits` + tail, 6},
		"text after a bracket":     {head + "scope: {kind: all}\neligibility: [1, 2].exists(x, x == 1)" + tail, 7},
		"a deeper block":           {head + "message:\n  title: 'it''s' new\n  body: b" + tail, 7},
		"of several lines":         {head + "caps: {total: 1,\n  perProfile: 1}\neligibility: 'a' +\n  'b'" + tail, 8},
		"a list":                   {head + "triggers:\n  - a\n  - b\n  c" + tail, 9},
		"last of all":              {head + `eligibility: "a" == "b"`, 6},
		"of a long file":           {head + strings.Repeat("# so many words of a comment\n", 2000) + `eligibility: "a" == "b"` + tail, 2006},
		"the first of the lines":   {`"kind" x: Shop` + tail, 1},
		"one of two such mistakes": {head + "name: 'a' b\ntitle: 'c' d" + tail, 6},
	} {
		_, err := Parse("a.yaml", []byte(c.text))
		var problems Errors
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("%s: %v", name, err)
		}
		last := problems[len(problems)-1]
		if last.Line != c.line || !strings.HasPrefix(last.Message, "not YAML: ") {
			t.Errorf("%s: %v, want line %d", name, last, c.line)
		}
	}
}

func TestDefaults(t *testing.T) {
	src, err := Parse("api", []byte(minimal+`---
{kind: Budget, id: b, amount: 10, currency: USD}
---
{kind: Placement, id: p, channel: web}
---
{kind: Offer, id: o, budget: b, reward: {type: fixed, values: [5, 2.5]}, placements: [p]}
`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Export(src.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/defaults.yaml", string(got))
}

func TestNearestWord(t *testing.T) {
	known := []string{"checkout", "email", "cart-drawer"}
	for word, want := range map[string]string{
		"chekcout": "; did you mean \"checkout\"?", "mail": "; did you mean \"email\"?", "cart_drawer": "; did you mean \"cart-drawer\"?", "telephone": "",
	} {
		if got := suggestion(word, known); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(minimal))
	for _, pattern := range []string{"testdata/bad/*.yaml", "../examples/*/*.yaml"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if content, err := os.ReadFile(file); err == nil {
				f.Add(content)
			}
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		src, err := Parse("fuzz.yaml", content)
		if err != nil {
			var problems Errors
			if !errors.As(err, &problems) {
				t.Fatalf("not Errors: %v", err)
			}
			for _, p := range problems {
				if p.File == "" || p.Line < 1 || p.Column < 1 || p.Message == "" {
					t.Fatalf("a problem without a place: %+v", p)
				}
			}
			return
		}
		sameAgain(t, src.Bundle)
	})
}

// sameAgain holds Export and Encode to their promise: what they write reads back as the same bundle.
func sameAgain(t interface {
	Helper()
	Fatalf(string, ...any)
}, b boon.Bundle) {
	t.Helper()
	text, err := Export(b)
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	again, err := Parse("export.yaml", text)
	if err != nil {
		t.Fatalf("load of export: %v\n%s", err, text)
	}
	if diff := cmp.Diff(b, again.Bundle); diff != "" {
		t.Fatalf("load of export (-was +is):\n%s\n%s", diff, text)
	}
	body, err := Encode(b)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	decoded, err := Decode(body)
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	if diff := cmp.Diff(b, decoded); diff != "" {
		t.Fatalf("decode of encode (-was +is):\n%s", diff)
	}
}
