package catalog

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"boon"
)

// table reads delimited text as RFC 4180 has it. It is our own, since after a broken quote encoding/csv cannot go on with the next row:
// here a row whose quotes do not close within maxRow is refused alone, and reading resumes at the line after its first.
type table struct {
	rows    *rowReader
	comma   byte
	names   []string
	pending []numbered // lines read ahead for a quote that never closed
}

type numbered struct {
	text    string
	line    int
	tooLong bool
}

var errQuote = errors.New("a quote is not closed or has text after it")

func (t *table) header() error {
	row, err := t.split()
	if errors.Is(err, io.EOF) {
		return boon.Invalid("header", "the feed is empty: the first line must name the columns")
	}
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, name := range row.values {
		name = columnName(name)
		if seen[name] && name != "" {
			return refused(row.line, name, "the column is there twice")
		}
		seen[name] = true
		t.names = append(t.names, name)
	}
	if !seen["sku"] && !seen["id"] {
		return refused(row.line, "header", "the first line must name the columns, one of them id or sku; it is %q", t.names)
	}
	return nil
}

func (t *table) next() (*record, error) {
	row, err := t.split()
	if err != nil {
		return nil, err
	}
	if len(row.values) != len(t.names) {
		return nil, refused(row.line, "", "the row has %d fields, the header %d", len(row.values), len(t.names))
	}
	row.names = t.names
	return row, row.bounded()
}

func (t *table) line() (numbered, error) {
	if len(t.pending) > 0 {
		n := t.pending[0]
		t.pending = t.pending[1:]
		return n, nil
	}
	text, tooLong, err := t.rows.read()
	return numbered{text, t.rows.line, tooLong}, err
}

// split gives the fields of the next row that is not blank; a quoted field may run over lines.
func (t *table) split() (*record, error) {
	first, err := t.line()
	for err == nil && !first.tooLong && strings.TrimSpace(first.text) == "" {
		first, err = t.line()
	}
	switch {
	case err != nil:
		return nil, err
	case first.tooLong:
		return nil, refused(first.line, "", "the row is longer than %d bytes", maxRow)
	}
	text, ahead := first.text, []numbered(nil)
	for {
		values, open, err := fields(text, t.comma)
		if err == nil && !open {
			return &record{line: first.line, values: values}, nil
		}
		var more numbered
		if err == nil {
			more, err = t.line()
		}
		if err == nil && !more.tooLong && len(text)+len(more.text) <= maxRow && len(ahead) < maxAhead {
			text, ahead = text+"\n"+more.text, append(ahead, more)
			continue
		}
		if err == nil {
			ahead = append(ahead, more)
		}
		t.pending = append(ahead, t.pending...)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, errQuote) {
			return nil, fmt.Errorf("read row: %w", err)
		}
		return nil, refused(first.line, "", "%s", errQuote)
	}
}

// maxAhead is how many lines a quoted field may span.
const maxAhead = 200

// fields splits one row. open says that a quoted field goes on in the next line.
func fields(text string, comma byte) (values []string, open bool, err error) {
	for {
		if !strings.HasPrefix(text, `"`) {
			value, rest, more := cut(text, comma)
			values = append(values, strings.TrimSpace(value))
			if !more {
				return values, false, nil
			}
			text = rest
			continue
		}
		value, rest, closed := quoted(text[1:])
		if !closed {
			return nil, true, nil
		}
		values = append(values, strings.TrimSpace(value))
		if rest == "" {
			return values, false, nil
		}
		if rest[0] != comma {
			return nil, false, errQuote
		}
		text = rest[1:]
	}
}

func cut(text string, comma byte) (before, after string, found bool) {
	if i := strings.IndexByte(text, comma); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, "", false
}

// quoted reads up to the closing quote; two quotes are one.
func quoted(text string) (value, rest string, closed bool) {
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			return "", "", false
		}
		b.WriteString(text[:i])
		text = text[i+1:]
		if !strings.HasPrefix(text, `"`) {
			return b.String(), text, true
		}
		b.WriteByte('"')
		text = text[1:]
	}
}
