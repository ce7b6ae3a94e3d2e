package publish

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds one YAML file, in bytes, and maxPool one file of codes.
const (
	maxFile = 4 << 20
	maxPool = 64 << 20
)

// file is one YAML file of a bundle.
type file struct {
	name  string
	lines []string
}

func newFile(name string, content []byte) *file {
	return &file{name: name, lines: strings.Split(string(content), "\n")}
}

// textStart is where the text of a scalar begins: past a quote or a block mark, so that a place in an expression is a place in the file.
// It is exact when the file holds the text letter by letter.
type textStart struct {
	line, column int
	exact        bool
}

func (f *file) textStart(n *yaml.Node) textStart {
	start := textStart{line: n.Line, column: n.Column}
	switch {
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		start.column++
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		start.line++
		start.column = f.indentation(start.line) + 1
		start.exact = n.Style&yaml.LiteralStyle != 0
		return start
	}
	if start.line <= len(f.lines) && start.column <= len(f.lines[start.line-1]) {
		start.exact = strings.HasPrefix(f.lines[start.line-1][start.column-1:], n.Value)
	}
	return start
}

func (f *file) indentation(line int) int {
	if line < 1 || line > len(f.lines) {
		return 0
	}
	text := f.lines[line-1]
	return len(text) - len(strings.TrimLeft(text, " "))
}

// unreadable finds what keeps a file from being YAML at all, before the parser would say so without a column.
func (f *file) unreadable(content []byte) *Problem {
	if len(content) > maxFile {
		return f.problem(1, 1, fmt.Sprintf("the file has %d bytes; a bundle file has at most %d", len(content), maxFile))
	}
	for i, line := range f.lines {
		if at := invalidByte(line); at >= 0 {
			return f.problem(i+1, at+1, "invalid UTF-8; save the file as UTF-8")
		}
		if blank := len(line) - len(strings.TrimLeft(line, " \t")); strings.Contains(line[:blank], "\t") && blank < len(strings.TrimRight(line, "\r")) {
			return f.problem(i+1, strings.IndexByte(line, '\t')+1, "a tab in the indentation; YAML indents with spaces only")
		}
	}
	return nil
}

func invalidByte(s string) int {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

func (f *file) problem(line, column int, message string) *Problem {
	return &Problem{Position: Position{File: f.name, Line: line, Column: column}, Message: message}
}

// documents parses the file's documents; those before a syntax error are given too.
func (f *file) documents(content []byte) ([]*yaml.Node, *Problem) {
	if p := f.unreadable(content); p != nil {
		return nil, p
	}
	var all []*yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, f.syntax(err, content)
		}
		if len(doc.Content) == 1 && doc.Content[0].Tag != "!!null" {
			all = append(all, doc.Content[0])
		}
	}
}

var (
	yamlLine      = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '([^']*)' referenced`)
	// countedFromZero are the complaints whose line the parser counts from 0; in all others it counts from 1.
	countedFromZero = regexp.MustCompile(`^did not find expected (<|',|'-'|key|node)`)
	// ofItsBlock are the complaints for which the parser names the line on which the block around the mistake begins.
	ofItsBlock = regexp.MustCompile(`^did not find expected ('-'|key)`)
)

// syntax gives the parser's complaint a place. The parser names a line at most; the column is that of the line's first character.
func (f *file) syntax(err error, content []byte) *Problem {
	line, message := 1, err.Error()
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		message = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	if countedFromZero.MatchString(message) {
		line++
	}
	if ofItsBlock.MatchString(message) {
		line, message = f.mistaken(line, content), message+"; a text that begins with a quote or a bracket, and goes on after it, stands in quotes as a whole"
	}
	if strings.HasSuffix(message, "<document start>") {
		message += "; between two documents stands a line with --- alone"
	}
	if m := unknownAnchor.FindStringSubmatch(message); m != nil {
		return f.alias("*" + m[1])
	}
	line = f.lastText(line)
	return f.problem(line, f.indentation(line)+1, "not YAML: "+message)
}

// alias finds an alias that the parser stumbled over.
func (f *file) alias(mark string) *Problem {
	for i, text := range f.lines {
		if at := strings.Index(text, mark); at >= 0 {
			return f.problem(i+1, at+1, "aliases are not allowed in a bundle; write the value out")
		}
	}
	return f.problem(1, 1, "aliases are not allowed in a bundle; write the value out")
}

// lastText is the line, or the last one before it with any text: nobody looks for a mistake past the end.
func (f *file) lastText(line int) int {
	line = min(max(line, 1), len(f.lines))
	for line > 1 && strings.TrimSpace(f.lines[line-1]) == "" {
		line--
	}
	return line
}

// refused finds anchors, aliases, tags and merge keys anywhere in a document: a bundle says plainly what it says.
func refused(n *yaml.Node) (*yaml.Node, string) {
	switch {
	case n.Kind == yaml.AliasNode:
		return n, "aliases are not allowed in a bundle; write the value out"
	case n.Anchor != "":
		return n, "anchors are not allowed in a bundle; remove &" + shorten(n.Anchor)
	case n.Style&yaml.TaggedStyle != 0:
		return n, "tags are not allowed in a bundle; remove " + shorten(n.Tag)
	}
	for _, c := range n.Content {
		if bad, why := refused(c); bad != nil {
			return bad, why
		}
	}
	return nil, ""
}
