package trigger

import (
	"encoding/binary"
	"fmt"

	"boon/internal/wire"
)

const version = 1

// Encode is the memory's stored form: a version byte, then the triggers ascending by id. The zero Memory is no bytes at all.
func (m *Memory) Encode() []byte {
	if len(m.states) == 0 {
		return nil
	}
	w := wire.Writer{Buf: make([]byte, 0, 64)}
	w.Byte(version)
	w.Uint(uint64(len(m.states)))
	for _, s := range m.states {
		w.String(s.id)
		w.Time(s.last)
		w.Time(s.mark)
		w.Time(s.due)
		w.Uint(uint64(len(s.hits)))
		for _, h := range s.hits {
			w.Buf = binary.BigEndian.AppendUint64(w.Buf, h.key)
			w.Time(h.at)
			w.Bool(h.spent)
		}
	}
	return w.Buf
}

// DecodeMemory reads what Encode wrote. Empty input is the zero Memory.
func DecodeMemory(data []byte) (Memory, error) {
	if len(data) == 0 {
		return Memory{}, nil
	}
	r := wire.NewReader(data)
	if v := r.Byte(); v != version {
		return Memory{}, fmt.Errorf("decode trigger memory: version %d is not known", v)
	}
	n := r.Count(5)
	m := Memory{make([]state, 0, min(n, maxTriggers))}
	for i := range n {
		s, ok := readState(r)
		if r.Err() != nil || !ok || i == maxTriggers || i > 0 && s.id <= m.states[i-1].id {
			return Memory{}, fmt.Errorf("decode trigger memory: %w", wire.ErrMalformed)
		}
		m.states = append(m.states, s)
	}
	if r.Err() != nil || r.Len() > 0 {
		return Memory{}, fmt.Errorf("decode trigger memory: %w", wire.ErrMalformed)
	}
	return m, nil
}

// readState is false for hits that are too many or out of order.
func readState(r *wire.Reader) (s state, ok bool) {
	s = state{id: r.String(), last: r.Time(), mark: r.Time(), due: r.Time()}
	n := r.Count(10)
	if n > maxHits {
		return s, false
	}
	for i := range n {
		var key [8]byte
		copy(key[:], r.Raw(8))
		s.hits = append(s.hits, hit{binary.BigEndian.Uint64(key[:]), r.Time(), r.Bool()})
		if i > 0 && s.hits[i].at.Before(s.hits[i-1].at) {
			return s, false
		}
	}
	return s, true
}
