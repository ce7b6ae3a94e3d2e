package pack

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
)

// Columns of a table: names of members, in their order.
const (
	Placement = iota
	Offer
	Level
	Verdict
	Reason
	By
	Detail
	P0
	P
	Q
	Delta
	Score
	Cost
	columns
)

// firstColumn is the word that names the first of them; the others follow it.
var firstColumn = slices.Index(words, `{"placement":`)

// Table writes a list of objects that resemble each other as rows: two masks of columns, of those that the object has and of those that the row writes,
// least significant byte first, then what it writes. Of the other columns an object has what a row wrote last. Text ends with a zero, a double takes eight
// bytes, and a cost is a varint.
type Table struct {
	b               []byte
	row             int    // where the masks of the row at hand stand
	has, own, known uint16 // of that row; and columns that were written
	text            [Detail + 1]string
	bits            [columns]uint64 // what they were written as last
}

// NewTable begins a list of so many objects after b. Each has a placement.
func NewTable(b []byte, objects int) Table {
	t := Table{b: binary.AppendUvarint(append(b, rows), uint64(objects))}
	t.begin()
	return t
}

func (t *Table) begin() {
	t.row, t.has, t.own = len(t.b), 0, 0
	t.b = append(t.b, 0, 0, 0, 0)
}

// Text writes what AppendString would.
func (t *Table) Text(column int, s string) {
	if t.needs(column, s == t.text[column]) {
		t.text[column] = s
		t.b = append(AppendString(t.b, s), 0)
	}
}

// Decimal writes a number as text, as it comes from a function.
func (t *Table) Decimal(column int, n int64, text func(b []byte) []byte) {
	if t.needs(column, uint64(n) == t.bits[column]) {
		t.bits[column] = uint64(n)
		t.b = append(text(t.b), 0)
	}
}

// Double writes a double that is a number.
func (t *Table) Double(column int, f float64) {
	bits := math.Float64bits(f)
	if t.needs(column, bits == t.bits[column]) {
		t.bits[column] = bits
		t.b = binary.LittleEndian.AppendUint64(t.b, bits)
	}
}

// Int writes a whole number.
func (t *Table) Int(column int, n int64) {
	if t.needs(column, uint64(n) == t.bits[column]) {
		t.bits[column] = uint64(n)
		t.b = binary.AppendVarint(t.b, n)
	}
}

// needs says that the object has a column, and asks whether the row has to write it.
func (t *Table) needs(column int, same bool) bool {
	bit := uint16(1) << column
	t.has |= bit
	if same && t.known&bit != 0 {
		return false
	}
	t.own, t.known = t.own|bit, t.known|bit
	return true
}

// End ends an object.
func (t *Table) End() {
	binary.LittleEndian.PutUint16(t.b[t.row:], t.has)
	binary.LittleEndian.PutUint16(t.b[t.row+2:], t.own)
	t.begin()
}

// Bytes are those before the table and those of its objects that have ended.
func (t *Table) Bytes() []byte { return t.b[:t.row] }

// reader reads a table.
type reader struct {
	short []byte
	last  [columns][]byte
}

func appendRows(b, short []byte) (_, rest []byte, err error) {
	n, size := binary.Uvarint(short)
	if size <= 0 {
		return nil, nil, errNothing
	}
	r := reader{short: short[size:]}
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = r.appendRow(b); err != nil {
			return nil, nil, err
		}
		if len(b) > maxText {
			return nil, nil, errLong
		}
	}
	return append(b, ']'), r.short, nil
}

func (r *reader) appendRow(b []byte) (_ []byte, err error) {
	if len(r.short) < 4 {
		return nil, errNothing
	}
	has, own := binary.LittleEndian.Uint16(r.short), binary.LittleEndian.Uint16(r.short[2:])
	if r.short = r.short[4:]; has&(1<<Placement) == 0 || has>>columns != 0 || own&^has != 0 {
		return nil, errNothing
	}
	for column := range columns {
		if has&(1<<column) == 0 {
			continue
		}
		if own&(1<<column) != 0 {
			r.last[column] = r.cut(column)
		}
		if b, err = appendCell(b, column, r.last[column]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// cut takes the value of a column; nil: there is none.
func (r *reader) cut(column int) (value []byte) {
	size := 8
	switch {
	case column <= Detail:
		size = bytes.IndexByte(r.short, 0) + 1
	case column == Cost:
		_, size = binary.Varint(r.short)
	}
	if size <= 0 || size > len(r.short) {
		return nil
	}
	value, r.short = r.short[:size], r.short[size:]
	return value
}

func appendCell(b []byte, column int, value []byte) ([]byte, error) {
	if value == nil {
		return nil, errNothing
	}
	b = append(b, words[firstColumn+column]...)
	switch {
	case column == Level:
		return append(append(b, value[:len(value)-1]...), '"'), nil
	case column <= Detail:
		return append(append(append(b, '"'), value[:len(value)-1]...), '"'), nil
	case column == Cost:
		n, _ := binary.Varint(value)
		return strconv.AppendInt(b, n, 10), nil
	}
	return appendNumber(b, value)
}
