package decide

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"boon"
)

// appendCandidates writes the candidates as JSON. They are most of a record, and each has few and simple fields: written here they take a fraction of
// what reflection takes.
func appendCandidates(b []byte, list []boon.Candidate) ([]byte, error) {
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendCandidate(b, &list[i]); err != nil {
			return nil, fmt.Errorf("candidate %d: %w", i, err)
		}
	}
	return append(b, ']'), nil
}

func appendCandidate(b []byte, k *boon.Candidate) (_ []byte, err error) {
	b = appendText(append(b, `{"placement":`...), k.Placement)
	b = appendText(append(b, `,"offer":`...), k.Offer)
	if k.Level != 0 {
		b = append(k.Level.Append(append(b, `,"level":"`...)), '"')
	}
	b = appendText(append(b, `,"verdict":`...), string(k.Verdict))
	b = appendText(append(b, `,"reason":`...), string(k.Reason))
	if k.By != "" {
		b = appendText(append(b, `,"by":`...), k.By)
	}
	if k.Detail != "" {
		b = appendText(append(b, `,"detail":`...), k.Detail)
	}
	for _, f := range [...]struct {
		name  string
		value float64
	}{{"p0", k.P0}, {"p", k.P}, {"q", k.Q}, {"delta", k.Delta}, {"score", k.Score}} {
		if b, err = appendFloat(b, f.name, f.value); err != nil {
			return nil, err
		}
	}
	if k.Cost != 0 {
		b = strconv.AppendInt(append(b, `,"cost":`...), k.Cost, 10)
	}
	return append(b, '}'), nil
}

func appendFloat(b []byte, name string, f float64) ([]byte, error) {
	if f == 0 {
		return b, nil
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("%s is %v", name, f)
	}
	b = append(append(append(b, ',', '"'), name...), '"', ':')
	return strconv.AppendFloat(b, f, 'g', -1, 64), nil
}

// appendText writes plain text as it is and leaves what needs escapes to the library.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return appendEscaped(b, s)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendEscaped(b []byte, s string) []byte {
	escaped, _ := json.Marshal(s) // text is always encoded
	return append(b, escaped...)
}
