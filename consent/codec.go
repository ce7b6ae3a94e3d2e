package consent

import (
	"fmt"

	"boon"
	"boon/internal/wire"
)

const version = 1

// Encode is the state's stored form.
func (s State) Encode() []byte {
	w := wire.Writer{Buf: make([]byte, 0, 64)}
	w.Byte(version)
	w.Time(s.GPC)
	made := s.List()
	w.Uint(uint64(len(made)))
	for _, c := range made {
		w.Byte(byte(c.Purpose))
		w.Bool(c.Granted)
		w.Time(c.At)
		w.String(c.Source)
	}
	return w.Buf
}

// Decode reads what Encode wrote. Empty input is the zero State.
func Decode(data []byte) (State, error) {
	var s State
	if len(data) == 0 {
		return s, nil
	}
	r := wire.NewReader(data)
	if v := r.Byte(); v != version {
		return s, fmt.Errorf("decode consent: version %d is not known", v)
	}
	s.GPC = r.Time()
	for range r.Count(4) {
		c := boon.Choice{Purpose: boon.Purpose(r.Byte()), Granted: r.Bool(), At: r.Time(), Source: r.String()}
		if r.Err() == nil {
			s.Record(c)
		}
	}
	if r.Err() != nil || r.Len() > 0 {
		return State{}, fmt.Errorf("decode consent: %w", wire.ErrMalformed)
	}
	return s, nil
}
