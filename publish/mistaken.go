package publish

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

// mistaken is the line after the longest beginning of a file that is YAML, no lower than a line: the first at fault.
func (f *file) mistaken(least int, content []byte) int {
	lines := &byLine{from: bufio.NewReader(bytes.NewReader(content))}
	parse(lines)
	all := bytes.SplitAfter(content, []byte("\n"))
	for line := min(lines.read, len(all)); line > least; line-- {
		if parse(bytes.NewReader(bytes.Join(all[:line-1], nil))) {
			return line
		}
	}
	return least
}

// parse reads documents until the last, or the first that is not YAML.
func parse(from io.Reader) (whole bool) {
	decoder := yaml.NewDecoder(from)
	for {
		var doc yaml.Node
		if err := decoder.Decode(&doc); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// byLine gives a line at a time, so that a parser that stops has read little more than what it stopped at.
type byLine struct {
	from *bufio.Reader
	rest []byte
	read int
}

func (l *byLine) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		line, err := l.from.ReadBytes('\n')
		if len(line) == 0 {
			return 0, err
		}
		l.rest = line
		l.read++
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}
