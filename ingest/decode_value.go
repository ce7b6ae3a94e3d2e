package ingest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// value is one JSON value of a document. The zero value is the absent one; so is null.
type value struct {
	doc *document
	at  int
}

func (v value) node() node { return v.doc.nodes[v.at] }

// kind is 0 for what is absent or null.
func (v value) kind() uint8 {
	if v.doc == nil {
		return 0
	}
	if k := v.node().kind; k != tapeNull {
		return k
	}
	return 0
}

func (v value) present() bool { return v.kind() != 0 }

// raw is the value as it was sent.
func (v value) raw() string {
	n := v.node()
	return v.doc.text[n.start:n.end]
}

// text is a string's text, or a number's or boolean's own spelling; "" for everything else.
func (v value) text() string {
	switch v.kind() {
	case tapeString:
		return unquote(v.raw(), v.node().plain)
	case tapeNumber, tapeTrue, tapeFalse:
		return v.raw()
	}
	return ""
}

func unquote(raw string, plain bool) string {
	inner := raw[1 : len(raw)-1]
	if plain {
		return inner
	}
	if strings.IndexByte(inner, '\\') < 0 && utf8.ValidString(inner) {
		return inner
	}
	var s string
	if json.Unmarshal([]byte(raw), &s) != nil {
		return ""
	}
	return s
}

// holdsNUL is whether the character U+0000 is in a text or a key of v.
func (v value) holdsNUL() bool {
	if !strings.Contains(v.raw(), `\u0000`) {
		return false
	}
	return slices.ContainsFunc(v.doc.nodes[v.at:v.node().next], func(n node) bool {
		return n.kind == tapeString && strings.IndexByte(unquote(v.doc.text[n.start:n.end], n.plain), 0) >= 0
	})
}

// get is the member of an object by key, the last one when the key repeats, as encoding/json has it.
func (v value) get(key string) value {
	if v.kind() != tapeObject {
		return value{}
	}
	nodes, found := v.doc.nodes, 0
	for i, end := v.at+1, int(nodes[v.at].next); i < end; i = int(nodes[i+1].next) {
		if v.doc.keyIs(&nodes[i], key) {
			found = i + 1
		}
	}
	if found == 0 {
		return value{}
	}
	return value{v.doc, found}
}

func (d *document) keyIs(n *node, key string) bool {
	if n.plain {
		return int(n.end-n.start) == len(key)+2 && d.text[n.start+1:n.end-1] == key
	}
	return unquote(d.text[n.start:n.end], false) == key
}

// first is the first present member among the keys, which are spellings of one field in order of preference.
func (v value) first(keys ...string) value {
	for _, key := range keys {
		if found := v.get(key); found.present() {
			return found
		}
	}
	return value{}
}

// members walks an object; everything else has none.
type members struct {
	object  value
	at, end int
	key     string
	value   value
}

func (v value) members() members {
	if v.kind() != tapeObject {
		return members{}
	}
	return members{object: v, at: v.at + 1, end: int(v.node().next)}
}

func (m *members) next() bool {
	if m.at >= m.end {
		return false
	}
	doc := m.object.doc
	key := doc.nodes[m.at]
	m.key = unquote(doc.text[key.start:key.end], key.plain)
	m.value = value{doc, m.at + 1}
	m.at = int(doc.nodes[m.at+1].next)
	return true
}

// rawKey is the key as it was sent, in quotes.
func (m *members) rawKey() string {
	key := m.object.doc.nodes[m.value.at-1]
	return m.object.doc.text[key.start:key.end]
}

// items walks an array; everything else has none.
type items struct {
	at, end int
	value   value
}

func (v value) items() items {
	if v.kind() != tapeArray {
		return items{}
	}
	return items{at: v.at + 1, end: int(v.node().next), value: v}
}

// count is the number of an array's items.
func (v value) count() int {
	n := 0
	for i := v.items(); i.next(); {
		n++
	}
	return n
}

func (i *items) next() bool {
	if i.at >= i.end {
		return false
	}
	i.value.at = i.at
	i.at = int(i.value.node().next)
	return true
}

// path is where the value stands in its message: "properties.products[2].price".
func (v value) path() string {
	var b strings.Builder
	for at := v.doc.root; at != v.at; {
		at = v.step(&b, value{v.doc, at})
	}
	return b.String()
}

// step descends from parent to its member that holds v and writes the member's name.
func (v value) step(b *strings.Builder, parent value) int {
	for m := parent.members(); m.next(); {
		if m.at > v.at {
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(m.key)
			return m.value.at
		}
	}
	index := 0
	for i := parent.items(); i.next(); index++ {
		if i.at > v.at {
			b.WriteString("[" + strconv.Itoa(index) + "]")
			return i.value.at
		}
	}
	return v.at
}

// deepest is the largest number of containers around any value below v, v's own not counted.
func (v value) deepest() int {
	n := v.node()
	most := n.depth
	for _, below := range v.doc.nodes[v.at:n.next] {
		most = max(most, below.depth)
	}
	return int(most - n.depth)
}
