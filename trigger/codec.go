package trigger

import (
	"encoding/binary"
	"fmt"
	"time"

	"boon/internal/wire"
)

// version 2 added the step to a hit, 3 its span. A hit of version 1 has the very bytes of one at step 0, a hit of version 2 those of one without a span.
const version = 3

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
			w.Uint(h.flags())
			if h.span > 0 {
				w.Uint(uint64(h.span))
			}
		}
	}
	return w.Buf
}

// flags are the step, doubled, plus 1 when the hit is used up, plus spans when a span follows.
func (h hit) flags() uint64 {
	flags := uint64(h.step) << 1
	if h.spent {
		flags |= 1
	}
	if h.span > 0 {
		flags |= spans
	}
	return flags
}

const spans = 2 * maxSteps

// most are the greatest flags that a version wrote.
func most(version byte) uint64 { return []uint64{1, spans - 1, 2*spans - 1}[version-1] }

// DecodeMemory reads what Encode wrote, in this version or an older one. Empty input is the zero Memory.
func DecodeMemory(data []byte) (Memory, error) {
	if len(data) == 0 {
		return Memory{}, nil
	}
	r := wire.NewReader(data)
	v := r.Byte()
	if v < 1 || v > version {
		return Memory{}, fmt.Errorf("decode trigger memory: version %d is not known", v)
	}
	n := r.Count(5)
	m := Memory{make([]state, 0, min(n, maxTriggers))}
	for i := range n {
		s, ok := readState(r, v)
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

// readState is false for hits that are too many, out of order or at a step that there is not.
func readState(r *wire.Reader, version byte) (s state, ok bool) {
	s = state{id: r.String(), last: r.Time(), mark: r.Time(), due: r.Time()}
	n := r.Count(10)
	if n > maxHits {
		return s, false
	}
	for i := range n {
		var key [8]byte
		copy(key[:], r.Raw(8))
		h := hit{key: binary.BigEndian.Uint64(key[:]), at: r.Time()}
		flags := r.Uint()
		h.step, h.spent = uint8(flags&(spans-1)>>1), flags&1 == 1
		if flags&spans != 0 {
			h.span = time.Duration(r.Uint())
		}
		s.hits = append(s.hits, h)
		if flags > most(version) || h.span <= 0 && flags&spans != 0 || i > 0 && h.at.Before(s.hits[i-1].at) {
			return s, false
		}
	}
	return s, true
}
