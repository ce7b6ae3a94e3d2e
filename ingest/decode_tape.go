package ingest

import (
	"strings"

	"boon"
)

// What a node of the tape is.
const (
	tapeNull uint8 = iota + 1
	tapeFalse
	tapeTrue
	tapeNumber
	tapeString
	tapeArray
	tapeObject
)

// maxTapeDepth bounds the parser's recursion; a message has the tighter bound MaxDepth.
const maxTapeDepth = 200

// node is one JSON value, or one key, of a document. A container's members follow it: key, value, key, value.
type node struct {
	start, end uint32 // span of the text, quotes and brackets included
	next       uint32 // index of the first node after this one's subtree
	kind       uint8
	depth      uint8
	plain      bool // a string of ASCII without escapes: its text is its span
}

// document is JSON text with the flat list of its values, in the order of the text. It accepts exactly what encoding/json calls valid,
// up to maxTapeDepth.
type document struct {
	text  string
	nodes []node
	root  int // where this message's value starts; a batch shares text and nodes
}

func parseDocument(text string) (*document, error) {
	p := tape{text: text, nodes: make([]node, 0, mostNodes(text))}
	if err := p.value(0); err != nil {
		return nil, err
	}
	p.space()
	if p.at != len(text) {
		return nil, p.fault("more text after the JSON value")
	}
	return &document{text: text, nodes: p.nodes}, nil
}

// mostNodes is how many nodes a valid text has at most: behind each of these stands one. Those within strings count too, so it is bounded as well.
func mostNodes(text string) int {
	n := 1
	for _, before := range [...]string{",", ":", "{", "["} {
		n += strings.Count(text, before)
	}
	return min(n, len(text)/7+8)
}

type tape struct {
	text  string
	nodes []node
	at    int
}

func (p *tape) fault(what string) error {
	return boon.Invalid("", "the body is not valid JSON at byte %d: %s", p.at, what)
}

func (p *tape) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *tape) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// open appends a node that starts here and gives its index.
func (p *tape) open(kind uint8, depth int) int {
	p.nodes = append(p.nodes, node{start: uint32(p.at), kind: kind, depth: uint8(depth)})
	return len(p.nodes) - 1
}

func (p *tape) shut(i int) {
	p.nodes[i].end = uint32(p.at)
	p.nodes[i].next = uint32(len(p.nodes))
}

func (p *tape) value(depth int) error {
	p.space()
	switch c := p.peek(); {
	case c == '"':
		return p.str(depth)
	case c == '{' || c == '[':
		if depth >= maxTapeDepth {
			return p.fault("nested too deep")
		}
		if c == '{' {
			return p.object(depth)
		}
		return p.array(depth)
	case c == '-' || (c >= '0' && c <= '9'):
		return p.number(depth)
	case c == 't':
		return p.literal("true", tapeTrue, depth)
	case c == 'f':
		return p.literal("false", tapeFalse, depth)
	case c == 'n':
		return p.literal("null", tapeNull, depth)
	}
	return p.fault("a value is missing")
}

func (p *tape) literal(word string, kind uint8, depth int) error {
	if len(p.text)-p.at < len(word) || p.text[p.at:p.at+len(word)] != word {
		return p.fault("expected " + word)
	}
	i := p.open(kind, depth)
	p.at += len(word)
	p.shut(i)
	return nil
}

func (p *tape) object(depth int) error {
	i := p.open(tapeObject, depth)
	p.at++
	for p.space(); p.peek() != '}'; {
		if p.peek() != '"' {
			return p.fault("expected a key in quotes")
		}
		if err := p.str(depth + 1); err != nil {
			return err
		}
		if p.space(); p.peek() != ':' {
			return p.fault("expected a colon")
		}
		p.at++
		if err := p.value(depth + 1); err != nil {
			return err
		}
		if err := p.comma('}'); err != nil {
			return err
		}
	}
	p.at++
	p.shut(i)
	return nil
}

func (p *tape) array(depth int) error {
	i := p.open(tapeArray, depth)
	p.at++
	for p.space(); p.peek() != ']'; {
		if err := p.value(depth + 1); err != nil {
			return err
		}
		if err := p.comma(']'); err != nil {
			return err
		}
	}
	p.at++
	p.shut(i)
	return nil
}

// comma takes the comma between members, after which one must follow, or stops before the closing bracket.
func (p *tape) comma(shut byte) error {
	p.space()
	switch p.peek() {
	case shut:
		return nil
	case ',':
		p.at++
		if p.space(); p.peek() == shut {
			return p.fault("a value is missing after the comma")
		}
		return nil
	}
	return p.fault("expected a comma or the closing bracket")
}

func (p *tape) str(depth int) error {
	i := p.open(tapeString, depth)
	plain := true
	for p.at += 1 + ordinary(p.text[p.at+1:]); p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			p.nodes[i].plain = plain
			p.shut(i)
			return nil
		case c == '\\':
			plain = false
			if err := p.escape(); err != nil {
				return err
			}
		case c < 0x20:
			return p.fault("a control character in a text")
		case c >= 0x80:
			plain = false
		}
	}
	return p.fault("a text does not end")
}

// ordinary counts the leading bytes that are neither a quote, an escape, a control character nor beyond ASCII.
func ordinary(text string) int {
	for i := range len(text) {
		if c := text[i]; c == '"' || c == '\\' || c < 0x20 || c >= 0x80 {
			return i
		}
	}
	return len(text)
}

// escape checks the escape at the backslash and leaves the position on its last byte.
func (p *tape) escape() error {
	p.at++
	switch p.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		for range 4 {
			p.at++
			if !isHex(p.peek()) {
				return p.fault("\\u wants four hex digits")
			}
		}
		return nil
	}
	return p.fault("an unknown escape")
}

func isHex(c byte) bool {
	return (c >= '0' && c <= '9') || (c|0x20 >= 'a' && c|0x20 <= 'f')
}

func (p *tape) number(depth int) error {
	i := p.open(tapeNumber, depth)
	if p.peek() == '-' {
		p.at++
	}
	if p.peek() == '0' {
		p.at++
	} else if !p.digits() {
		return p.fault("a number without digits")
	}
	if p.peek() == '.' {
		p.at++
		if !p.digits() {
			return p.fault("a number without digits after the point")
		}
	}
	if p.peek()|0x20 == 'e' {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		if !p.digits() {
			return p.fault("a number without an exponent")
		}
	}
	p.shut(i)
	return nil
}

func (p *tape) digits() bool {
	from := p.at
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	return p.at > from
}
