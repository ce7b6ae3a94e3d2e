package catalog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"boon"
)

const (
	maxField = 64 << 10
	maxRow   = 1 << 20
)

// Sniff tells a feed's format by its name, a trailing .gz aside, or else by its first bytes.
func Sniff(name string, head []byte) Format {
	name = strings.TrimSuffix(strings.ToLower(name), ".gz")
	switch {
	case strings.HasSuffix(name, ".csv"):
		return CSV
	case strings.HasSuffix(name, ".tsv"), strings.HasSuffix(name, ".tab"):
		return TSV
	case strings.HasSuffix(name, ".jsonl"), strings.HasSuffix(name, ".ndjson"), strings.HasSuffix(name, ".json"):
		return JSONL
	}
	first, _, _ := bytes.Cut(bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n"), []byte("\n"))
	switch {
	case bytes.HasPrefix(first, []byte("{")):
		return JSONL
	case bytes.Count(first, []byte("\t")) > bytes.Count(first, []byte(",")):
		return TSV
	}
	return CSV
}

var bom = []byte("\xef\xbb\xbf")

func open(r io.Reader, format Format) (source, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if head, _ := in.Peek(len(bom)); bytes.Equal(head, bom) {
		_, _ = in.Discard(len(bom))
	}
	if format == "" {
		head, _ := in.Peek(4096)
		format = Sniff("", head)
	}
	rows := &rowReader{in: in}
	switch format {
	case JSONL:
		return &jsonLines{rows}, nil
	case CSV, TSV:
		table := &table{rows: rows, comma: ','}
		if format == TSV {
			table.comma = '\t'
		}
		return table, table.header()
	}
	return nil, boon.Invalid("format", "format %q is not known: use csv, tsv or jsonl", format)
}

// rowReader gives physical lines with their numbers, without the line's end.
type rowReader struct {
	in   *bufio.Reader
	line int
}

// read gives the next line; tooLong says that it was skipped for passing maxRow.
func (r *rowReader) read() (text string, tooLong bool, err error) {
	var buf []byte
	for {
		part, err := r.in.ReadSlice('\n')
		if len(buf)+len(part) > maxRow {
			tooLong, buf = true, buf[:0]
		} else {
			buf = append(buf, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || (len(buf) == 0 && !tooLong)) {
			return "", false, err
		}
		r.line++
		return strings.TrimSuffix(strings.TrimSuffix(string(buf), "\n"), "\r"), tooLong, nil
	}
}

func refused(line int, field, format string, args ...any) *boon.Error {
	e := boon.Invalid(field, format, args...)
	e.Line = line
	return e
}

// jsonLines reads one JSON object a line.
type jsonLines struct{ rows *rowReader }

func (j *jsonLines) next() (*record, error) {
	text, tooLong, err := j.rows.read()
	for err == nil && !tooLong && strings.TrimSpace(text) == "" {
		text, tooLong, err = j.rows.read()
	}
	switch {
	case err != nil:
		return nil, err
	case tooLong:
		return nil, refused(j.rows.line, "", "the row is longer than %d bytes", maxRow)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return nil, refused(j.rows.line, "", "the line is not a JSON object: %v", err)
	}
	row := &record{line: j.rows.line}
	for name := range object {
		row.names = append(row.names, name)
	}
	sort.Strings(row.names)
	for i, name := range row.names {
		value, err := scalar(object[name])
		if err != nil {
			return nil, refused(row.line, name, "%v", err)
		}
		row.values = append(row.values, value)
		row.names[i] = columnName(name)
	}
	return row, row.bounded()
}

// scalar is a JSON value as text: a money object as "1.09 USD", a list of texts joined by commas, anything else as it is written.
func scalar(raw json.RawMessage) (string, error) {
	switch raw[0] {
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return strings.TrimSpace(s), err
	case '{':
		var money struct{ Amount, Value, Currency string }
		if err := json.Unmarshal(raw, &money); err == nil && money.Amount+money.Value != "" {
			return strings.TrimSpace(money.Amount + money.Value + " " + money.Currency), nil
		}
	case '[':
		var list []string
		if err := json.Unmarshal(raw, &list); err == nil {
			return strings.Join(list, ","), nil
		}
	case 'n':
		return "", nil
	}
	return string(raw), nil
}

// bounded refuses fields that are too long or not UTF-8.
func (r *record) bounded() error {
	for i, v := range r.values {
		if len(v) > maxField {
			return refused(r.line, r.names[i], "the field has %d bytes, the most is %d", len(v), maxField)
		}
		if !utf8.ValidString(v) {
			return refused(r.line, r.names[i], "the text is not UTF-8")
		}
	}
	return nil
}

// columnName reads "g:Product Type" as product_type.
func columnName(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	name = strings.TrimPrefix(name, "g:")
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' || r == '_' }), "_")
}
