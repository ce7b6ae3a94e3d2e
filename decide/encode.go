package decide

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"boon"
	"boon/internal/pack"
)

// appendCandidates writes the candidates as short text. They are most of a record, and each has few and simple fields: written here they take a
// fraction of what reflection takes.
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

// Names of a candidate's fields, as short text has them.
var (
	namePlacement, nameOffer, nameLevel = pack.Short(`{"placement":`), pack.Short(`,"offer":`), pack.Short(`,"level":"`)
	nameVerdict, nameReason             = pack.Short(`,"verdict":`), pack.Short(`,"reason":`)
	nameBy, nameDetail, nameCost        = pack.Short(`,"by":`), pack.Short(`,"detail":`), pack.Short(`,"cost":`)
	figures                             = [...]string{"p0", "p", "q", "delta", "score"}
	nameFigures                         = [...]string{pack.Short(`,"p0":`), pack.Short(`,"p":`), pack.Short(`,"q":`), pack.Short(`,"delta":`), pack.Short(`,"score":`)}
)

func appendCandidate(b []byte, k *boon.Candidate) ([]byte, error) {
	b = appendText(append(b, namePlacement...), k.Placement)
	b = appendText(append(b, nameOffer...), k.Offer)
	if k.Level != 0 {
		b = append(k.Level.Append(append(b, nameLevel...)), '"')
	}
	b = appendText(append(b, nameVerdict...), string(k.Verdict))
	b = appendText(append(b, nameReason...), string(k.Reason))
	if k.By != "" {
		b = appendText(append(b, nameBy...), k.By)
	}
	if k.Detail != "" {
		b = appendText(append(b, nameDetail...), k.Detail)
	}
	for i, f := range [...]float64{k.P0, k.P, k.Q, k.Delta, k.Score} {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("%s is %v", figures[i], f)
		}
		if f != 0 {
			b = pack.AppendDouble(append(b, nameFigures[i]...), f)
		}
	}
	if k.Cost != 0 {
		b = strconv.AppendInt(append(b, nameCost...), k.Cost, 10)
	}
	return append(b, '}'), nil
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
