package publish

import (
	"fmt"
	"io/fs"
	"slices"

	"boon"

	"go.yaml.in/yaml/v3"
)

// reading is what the documents of one bundle share while they are read.
type reading struct {
	fsys     fs.FS
	compile  Compiler      // nil: expressions are not looked at
	currency boon.Currency // the shop's, known before any other document is read
	shop     Position      // where the shop was found
	at       Positions
	problems Errors
	broken   map[string]bool // elements with a problem: what follows from the whole is not asked of them
	lost     map[string]bool // kinds of which an element has no name that is known: what names one may be right
	nameless int             // documents without a usable id of their own
}

// anyKind stands in lost for a document whose kind is not known either.
const anyKind = ""

// mayName reports whether a name of a kind that nothing has may be that of a document that could not be read.
func (r *reading) mayName(kind string) bool { return r.lost[anyKind] || r.lost[kind] }

// value is one YAML node on its way into a field.
type value struct {
	*reading
	file *file
	node *yaml.Node
	doc  string // the document it belongs to: "Offer/ten-off"
	path string
}

func (v value) position() Position {
	return Position{File: v.file.name, Line: v.node.Line, Column: v.node.Column, text: v.file.textStart(v.node)}
}

// problem notes what is wrong with v; it always gives false, to be returned by a reader.
func (v value) problem(format string, args ...any) bool {
	v.problems = append(v.problems, &Problem{Position: v.position(), Path: v.path, Message: fmt.Sprintf(format, args...)})
	v.broken[v.doc] = true
	return false
}

// child is the value of a field of v, or an item of it, remembered by its path.
func (v value) child(node *yaml.Node, step string) value {
	v.node, v.path = node, v.path+step
	v.at[v.path] = v.position()
	return v
}

// entry is one "key: value" of a mapping.
type entry struct {
	name string
	key  value
	value
}

// entries lists a mapping's entries in the order written. Keys given twice and keys that are no plain text are problems.
func (v value) entries(step func(name string) string) ([]entry, bool) {
	if v.node.Kind != yaml.MappingNode {
		return nil, v.problem("expected a mapping of fields, found %s", describe(v.node))
	}
	var all []entry
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key, node := v.node.Content[i], v.node.Content[i+1]
		at := v
		at.node = key
		if key.Kind != yaml.ScalarNode {
			at.problem("expected a field name, found %s", describe(key))
			continue
		}
		if first := slices.IndexFunc(all, func(e entry) bool { return e.name == key.Value }); first >= 0 {
			at.problem("%q is given twice; the first is on line %d%s", key.Value, all[first].key.node.Line, v.another(key.Value))
			continue
		}
		at.path += step(key.Value)
		all = append(all, entry{key.Value, at, v.child(node, step(key.Value))})
	}
	return all, true
}

// another says how a document begins, where a second kind shows that one was meant to.
func (v value) another(key string) string {
	if key == "kind" && v.path == v.doc {
		return "; before another document stands a line with --- alone"
	}
	return ""
}

func dotted(name string) string { return "." + name }

func quoted(name string) string { return fmt.Sprintf("[%q]", name) }

// describe names what a node is, for a sentence.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!bool":
		return fmt.Sprintf("the truth value %s", n.Value)
	case "!!int", "!!float":
		return fmt.Sprintf("the number %s", n.Value)
	}
	return fmt.Sprintf("the text %q", shorten(n.Value))
}

// shorten keeps a message readable whatever was written.
func shorten(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60]) + "..."
	}
	return s
}
