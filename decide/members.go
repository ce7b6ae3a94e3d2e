package decide

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"boon"
	"boon/internal/pack"
)

// members writes members of JSON objects, byte for byte as encoding/json does, without reflection. Each leaves a comma, which the end of its object
// takes. The first error stays.
type members struct {
	b   []byte
	err error
}

func (m *members) name(name string) { m.b = pack.AppendName(m.b, name) }

// begin opens the object or list of a member; end closes it, as it closes an object in a list.
func (m *members) begin(name string, bracket byte) {
	m.name(name)
	m.b = append(m.b, bracket)
}

func (m *members) end(bracket byte) {
	if last := len(m.b) - 1; m.b[last] == ',' {
		m.b = m.b[:last]
	}
	m.b = append(m.b, bracket, ',')
}

func (m *members) text(name, s string) {
	m.name(name)
	m.b = append(appendHTML(m.b, s), ',')
}

func (m *members) textIf(name, s string) {
	if s != "" {
		m.text(name, s)
	}
}

func (m *members) number(name string, n int64) {
	m.name(name)
	m.b = append(strconv.AppendInt(m.b, n, 10), ',')
}

func (m *members) numberIf(name string, n int64) {
	if n != 0 {
		m.number(name, n)
	}
}

func (m *members) micros(name string, n boon.Micros) {
	m.name(name)
	m.b = append(n.Append(append(m.b, '"')), '"', ',')
}

func (m *members) microsIf(name string, n boon.Micros) {
	if n != 0 {
		m.micros(name, n)
	}
}

func (m *members) flag(name string, f bool) {
	m.name(name)
	m.b = append(strconv.AppendBool(m.b, f), ',')
}

func (m *members) flagIf(name string, f bool) {
	if f {
		m.flag(name, f)
	}
}

func (m *members) time(name string, t time.Time) {
	m.name(name)
	b, err := t.AppendText(append(m.b, '"'))
	if err != nil {
		m.fail(name, err)
		return
	}
	m.b = append(b, '"', ',')
}

// chance is a number that is written without an exponent; of others the library knows the form.
func (m *members) chance(name string, f float64) {
	if !(f >= 1e-6 && f <= 1) {
		m.library(name, f)
		return
	}
	m.name(name)
	m.b = append(strconv.AppendFloat(m.b, f, 'f', -1, 64), ',')
}

func (m *members) identifier(name string, id boon.Identifier) {
	m.name(name)
	m.b = append(id.Append(append(m.b, '"')), '"', ',')
}

func (m *members) identifiers(name string, list []boon.Identifier) {
	if list == nil {
		m.library(name, nil)
		return
	}
	m.begin(name, '[')
	for _, id := range list {
		m.b = append(id.Append(append(m.b, '"')), '"', ',')
	}
	m.end(']')
}

func (m *members) texts(name string, list []string) {
	if list == nil {
		m.library(name, nil)
		return
	}
	m.begin(name, '[')
	for _, s := range list {
		m.b = append(appendHTML(m.b, s), ',')
	}
	m.end(']')
}

func (m *members) textsIf(name string, list []string) {
	if len(list) > 0 {
		m.texts(name, list)
	}
}

func (m *members) numbersIf(name string, list []int64) {
	if len(list) == 0 {
		return
	}
	m.begin(name, '[')
	for _, n := range list {
		m.b = append(strconv.AppendInt(m.b, n, 10), ',')
	}
	m.end(']')
}

// library leaves a member to encoding/json: what few records hold.
func (m *members) library(name string, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		m.fail(name, err)
		return
	}
	m.name(name)
	m.b = append(append(m.b, text...), ',')
}

func (m *members) libraryIf(some bool, name string, value any) {
	if some {
		m.library(name, value)
	}
}

func (m *members) fail(name string, err error) {
	if m.err == nil {
		m.err = fmt.Errorf("%s: %w", name, err)
	}
}

// appendHTML writes text in quotes, the characters that mean something to HTML escaped, as the library has it.
func appendHTML(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c == '<' || c == '>' || c == '&' {
			escaped, _ := json.Marshal(s) // text is always encoded
			return append(b, escaped...)
		}
	}
	return append(pack.AppendString(append(b, '"'), s), '"')
}
