package publish

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"boon"

	"go.yaml.in/yaml/v3"
)

// Source is a bundle and where each of its fields was written.
type Source struct {
	Bundle    boon.Bundle
	Positions Positions
}

// Load reads a bundle from files or folders of fsys (none: all of it). Folders are read recursively, *.yaml and *.yml in the order of their paths;
// hidden files and *_test.yaml, which hold scenarios, are passed over. When the bundle is wrong the error is [Errors], with every problem found.
// A products.csv beside a bundle's file makes the SKUs that the bundle names a reference that must resolve.
func Load(fsys fs.FS, paths ...string) (Source, error) {
	return newReading(fsys, nil).load(paths)
}

// LoadChecked is Load and [Check] in one, so that what is wrong in documents and what is wrong in expressions is told at once.
func LoadChecked(fsys fs.FS, compile Compiler, paths ...string) (Source, error) {
	return newReading(fsys, compile).load(paths)
}

func (r *reading) load(paths []string) (Source, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	names, err := filesBelow(r.fsys, paths, isBundleFile)
	if err != nil {
		return Source{}, err
	}
	if len(names) > 0 {
		paths = names
	}
	var docs []document
	for _, name := range names {
		content, err := fs.ReadFile(r.fsys, name)
		if err != nil {
			return Source{}, fmt.Errorf("read bundle: %w", err)
		}
		docs = append(docs, r.documents(name, content)...)
	}
	return r.bundle(docs, paths[0])
}

// Parse reads a bundle from one text, as an API receives it; name stands for the file in problems. Pool files cannot be named in it.
func Parse(name string, content []byte) (Source, error) {
	return ParseChecked(name, content, nil)
}

// ParseChecked is Parse and [Check] in one.
func ParseChecked(name string, content []byte, compile Compiler) (Source, error) {
	r := newReading(nil, compile)
	return r.bundle(r.documents(name, content), name)
}

func newReading(fsys fs.FS, compile Compiler) *reading {
	return &reading{fsys: fsys, compile: compile, at: Positions{}, broken: map[string]bool{}, lost: map[string]bool{}}
}

// filesBelow lists the files of a kind that paths stand for, sorted, each once.
func filesBelow(fsys fs.FS, paths []string, is func(name string) bool) ([]string, error) {
	var names []string
	for _, p := range paths {
		p = path.Clean(p)
		err := fs.WalkDir(fsys, p, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return fmt.Errorf("read bundle: %w", err)
			case name != p && strings.HasPrefix(path.Base(name), "."):
				if d.IsDir() {
					return fs.SkipDir
				}
			case !d.IsDir() && (name == p || is(name)):
				names = append(names, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func isBundleFile(name string) bool {
	ext := path.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && !IsScenarioFile(name)
}

// document is one YAML document that says what kind it is.
type document struct {
	kind *kind
	value
}

// documents reads the documents of one file and the kind of each.
func (r *reading) documents(name string, content []byte) []document {
	f := newFile(name, content)
	nodes, problem := f.documents(content)
	if problem != nil {
		r.problems = append(r.problems, problem)
		r.lost[anyKind] = true
	}
	var docs []document
	for i, node := range nodes {
		v := value{reading: r, file: f, node: node, doc: fmt.Sprintf("document %d", i+1)}
		if bad, why := refused(node); bad != nil {
			v.node = bad
			v.problem("%s", why)
			r.lost[anyKind] = true
			continue
		}
		k := kindOf(v)
		if k == nil {
			r.lost[anyKind] = true
			continue
		}
		v.doc = k.name + "/" + r.idOf(v)
		v.path = v.doc
		docs = append(docs, document{k, v})
	}
	return docs
}

// kindOf reads a document's kind; nil when it has none that is known.
func kindOf(v value) *kind {
	if v.node.Kind != yaml.MappingNode {
		v.problem("expected a document with kind, id and fields, found %s", describe(v.node))
		return nil
	}
	named := lookup(v.node, "kind")
	if named == nil {
		v.problem("the document has no kind; kinds are %s", strings.Join(kindNames(), ", "))
		return nil
	}
	for i := range kinds {
		if kinds[i].name == named.Value {
			return &kinds[i]
		}
	}
	v.node, v.path = named, "kind"
	v.problem("unknown kind %q%s", shorten(named.Value), suggestion(named.Value, kindNames()))
	return nil
}

// idOf is the document's id for paths, or its number among those that have no usable one.
func (r *reading) idOf(v value) string {
	if id := lookup(v.node, "id"); id != nil && id.Kind == yaml.ScalarNode && idPattern.MatchString(id.Value) {
		return id.Value
	}
	return r.numbered()
}

// numbered stands for an id.
func (r *reading) numbered() string {
	r.nameless++
	return fmt.Sprintf("#%d", r.nameless)
}

func lookup(mapping *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// bundle reads the documents into one bundle, the shop first since its currency gives amounts their meaning, and looks at the whole.
func (r *reading) bundle(docs []document, root string) (Source, error) {
	var b boon.Bundle
	first := Position{File: root, Line: 1, Column: 1}
	if len(docs) > 0 {
		first.File = docs[0].file.name
	}
	for _, shop := range []bool{true, false} {
		for _, d := range docs {
			if (d.kind.name == "Shop") == shop {
				d.kind.read(d.value, &b)
			}
		}
		r.currency = b.Shop.Currency
	}
	canonical(&b)
	if len(docs) == 0 && len(r.problems) == 0 {
		r.problems = append(r.problems, &Problem{Position: first, Message: "the bundle is empty: no document with a kind was found"})
	}
	if len(docs) > 0 {
		review(r, &b, first)
		r.expressions(b)
	}
	if err := r.problems.orNil(); err != nil {
		return Source{}, err
	}
	return Source{Bundle: b, Positions: r.at}, nil
}
