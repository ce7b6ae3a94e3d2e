package feature

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"boon/internal/pack"
)

// MarshalJSON writes one object, a member a feature, in the order of Definitions. Equal vectors give equal bytes.
func (v Vector) MarshalJSON() ([]byte, error) { return v.Append(make([]byte, 0, 4096)), nil }

// Append writes the JSON after buf.
func (v *Vector) Append(buf []byte) []byte {
	for i := range definitions {
		buf = append(buf, inFull.names[i]...)
		buf = v.appendValue(buf, &definitions[i], &inFull)
	}
	return append(buf, '}')
}

// AppendShort writes the JSON as short text (see internal/pack).
func (v *Vector) AppendShort(buf []byte) []byte {
	var runs pack.Runs
	for i := range definitions {
		from := len(buf)
		buf = append(buf, inShort.names[i]...)
		buf = v.appendValue(buf, &definitions[i], &inShort)
		buf = runs.Add(buf, from)
	}
	return append(buf, '}')
}

// spelling is how names and doubles are written.
type spelling struct {
	names  []string // of Definitions, each with what stands around it
	double func(buf []byte, f float64) []byte
}

var inFull, inShort = spelling{double: appendShortest}, spelling{double: pack.AppendDouble}

// spell makes the names ready once all features are defined.
func spell() {
	for i, d := range definitions {
		name := `,"` + d.Name + `":`
		if i == 0 {
			name = "{" + name[1:]
		}
		inFull.names, inShort.names = append(inFull.names, name), append(inShort.names, pack.Short(name))
	}
}

func (v *Vector) appendValue(buf []byte, d *Definition, s *spelling) []byte {
	if d.absent(v) {
		return append(buf, "null"...)
	}
	switch d.Type {
	case Int:
		return strconv.AppendInt(buf, v.Ints[d.Slot], 10)
	case Double:
		return s.appendDouble(buf, v.Doubles[d.Slot])
	case Bool:
		return strconv.AppendBool(buf, v.Bools[d.Slot])
	case String:
		return appendText(buf, v.Strings[d.Slot])
	case Timestamp:
		return append(v.Times[d.Slot].AppendFormat(append(buf, '"'), time.RFC3339Nano), '"')
	case MapType:
		return appendMap(buf, v.Maps[d.Slot])
	}
	return appendList(buf, v.Lists[d.Slot])
}

// appendDouble writes a double. What is no number, which no feature gives, is null.
func (s *spelling) appendDouble(buf []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(buf, "null"...)
	}
	return s.double(buf, f)
}

// appendShortest writes the shortest decimal that reads back to the same bits.
func appendShortest(buf []byte, f float64) []byte { return strconv.AppendFloat(buf, f, 'g', -1, 64) }

func appendMap(buf []byte, m Map) []byte {
	buf = append(buf, '{')
	for i, e := range m {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(appendText(buf, e.Key), ':')
		buf = appendText(buf, e.Value)
	}
	return append(buf, '}')
}

func appendList(buf []byte, list []string) []byte {
	buf = append(buf, '[')
	for i, s := range list {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = appendText(buf, s)
	}
	return append(buf, ']')
}

const hexDigits = "0123456789abcdef"

// appendText quotes text. What is not UTF-8 was made so before it came here (see clean).
func appendText(buf []byte, s string) []byte {
	buf = append(buf, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			buf = append(buf, '\\', c)
		case c < 0x20:
			buf = append(buf, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			buf = append(buf, c)
		}
	}
	return append(buf, '"')
}

// UnmarshalJSON reads what MarshalJSON writes, to the very same vector. A feature that is absent, or null, is zero; one that is not known is an error.
func (v *Vector) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return fmt.Errorf("read vector: %w", err)
	}
	read := newVector()
	for name, raw := range members {
		d, ok := Lookup(name)
		if !ok {
			return fmt.Errorf("read vector: feature %q is not known", name)
		}
		if err := read.set(d, raw); err != nil {
			return fmt.Errorf("read vector: feature %q: %w", name, err)
		}
	}
	*v = read
	return nil
}

func (v *Vector) set(d Definition, raw json.RawMessage) (err error) {
	switch d.Type {
	case Int:
		return json.Unmarshal(raw, &v.Ints[d.Slot])
	case Double:
		return json.Unmarshal(raw, &v.Doubles[d.Slot])
	case Bool:
		return json.Unmarshal(raw, &v.Bools[d.Slot])
	case String:
		return json.Unmarshal(raw, &v.Strings[d.Slot])
	case Timestamp:
		return json.Unmarshal(raw, &v.Times[d.Slot])
	case MapType:
		var m map[string]string
		err = json.Unmarshal(raw, &m)
		v.Maps[d.Slot] = mapOf(m)
		return err
	}
	err = json.Unmarshal(raw, &v.Lists[d.Slot])
	if len(v.Lists[d.Slot]) == 0 {
		v.Lists[d.Slot] = nil
	}
	return err
}
