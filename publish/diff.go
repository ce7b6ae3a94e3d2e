package publish

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"boon"

	"go.yaml.in/yaml/v3"
)

// Op is what happened to an element.
type Op string

// The operations.
const (
	OpAdded   Op = "added"
	OpRemoved Op = "removed"
	OpChanged Op = "changed"
)

// Change is one element that differs between two bundles. Fields are those of a changed element.
type Change struct {
	Kind   string        `json:"kind"`
	ID     string        `json:"id"`
	Op     Op            `json:"op"`
	Fields []FieldChange `json:"fields,omitempty"`

	old, new any
}

// FieldChange is one field that differs, in the words of YAML; "" stands for a field that is absent.
type FieldChange struct {
	Path string `json:"path"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Diff lists what is different in b from a, sorted by kind and id.
func Diff(a, b boon.Bundle) []Change {
	var all []Change
	for _, k := range kinds {
		before, after := byElementID(k.elements(&a)), byElementID(k.elements(&b))
		for id, x := range before {
			if y, kept := after[id]; !kept {
				all = append(all, Change{Kind: k.name, ID: id, Op: OpRemoved, old: x.noun})
			} else if fields := fieldChanges(x.node, y.node); len(fields) > 0 {
				all = append(all, Change{Kind: k.name, ID: id, Op: OpChanged, Fields: fields, old: x.noun, new: y.noun})
			}
		}
		for id, y := range after {
			if _, kept := before[id]; !kept {
				all = append(all, Change{Kind: k.name, ID: id, Op: OpAdded, new: y.noun})
			}
		}
	}
	slices.SortFunc(all, func(x, y Change) int { return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.ID, y.ID)) })
	return all
}

// Text renders changes for people, one element a paragraph: + added, - removed, ~ changed with its fields.
func Text(changes []Change) string {
	signs := map[Op]string{OpAdded: "+", OpRemoved: "-", OpChanged: "~"}
	var out strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&out, "%s %s %s\n", signs[c.Op], c.Kind, c.ID)
		for _, f := range c.Fields {
			fmt.Fprintf(&out, "    %s: %s -> %s\n", f.Path, orNone(f.From), orNone(f.To))
		}
	}
	return out.String()
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return shorten(s)
}

func byElementID(all []element) map[string]element {
	m := make(map[string]element, len(all))
	for _, e := range all {
		m[e.id] = e
	}
	return m
}

func fieldChanges(a, b *yaml.Node) []FieldChange {
	before, after := map[string]string{}, map[string]string{}
	flatten(a, "", before)
	flatten(b, "", after)
	paths := maps.Clone(before)
	maps.Copy(paths, after)
	var all []FieldChange
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if before[path] != after[path] {
			all = append(all, FieldChange{path, before[path], after[path]})
		}
	}
	return all
}

// flatten lists a node's leaves by path. A list of plain values is one leaf.
func flatten(n *yaml.Node, path string, into map[string]string) {
	switch {
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			flatten(n.Content[i+1], strings.TrimPrefix(path+step(n.Content[i].Value), "."), into)
		}
	case n.Kind == yaml.SequenceNode && n.Style&yaml.FlowStyle == 0:
		for i, item := range n.Content {
			flatten(item, fmt.Sprintf("%s[%d]", path, i), into)
		}
	case n.Kind == yaml.SequenceNode:
		items := make([]string, len(n.Content))
		for i, item := range n.Content {
			items[i] = item.Value
		}
		into[path] = "[" + strings.Join(items, ", ") + "]"
	default:
		into[path] = n.Value
	}
}

// step is the part of a path that a key adds: fields by a dot, names of the shop's own in brackets.
func step(key string) string {
	if idPattern.MatchString(key) {
		return dotted(key)
	}
	return quoted(key)
}
