package batch

import (
	"slices"
	"time"

	"boon"
	"boon/redeem"
)

// Answer implements redeem.Answers.
func (t *tx) Answer(key string) (redeem.Answer, bool, error) {
	a, found, err := read(t.pending.answers, key, func() error { return t.load("answer", Want{Reads: redeem.Reads{Answers: []string{key}}}) })
	return a, found && !a.At.Before(t.pending.forget), err
}

// PutAnswer implements redeem.Answers.
func (t *tx) PutAnswer(a redeem.Answer) error {
	put(&t.pending, t.pending.answers, a.Key, a)
	return t.write()
}

// ForgetAnswers implements redeem.Answers.
func (t *tx) ForgetAnswers(before time.Time) error {
	if before.After(t.pending.forget) {
		t.pending.forget = before
	}
	return t.write()
}

// Mark implements redeem.Marks.
func (t *tx) Mark(partition uint32) (boon.Position, error) {
	if _, known := t.pending.marks[partition]; !known {
		if err := t.load("mark", Want{Marks: []uint32{partition}}); err != nil {
			return 0, err
		}
	}
	return t.pending.marks[partition].value, nil
}

// SetMark implements redeem.Marks.
func (t *tx) SetMark(partition uint32, at boon.Position) error {
	put(&t.pending, t.pending.marks, partition, at)
	return t.write()
}

// Defer implements redeem.Late.
func (t *tx) Defer(order, id string, body []byte) error {
	l := t.pending.late[order]
	l.fresh = append(slices.Clip(l.fresh), Late{order, id, body})
	set(&t.pending, t.pending.late, order, l)
	return t.write()
}

// Deferred implements redeem.Late.
func (t *tx) Deferred(order string) (bodies [][]byte, err error) {
	if !t.pending.late[order].read {
		if err := t.load("late events", Want{Late: []string{order}}); err != nil {
			return nil, err
		}
	}
	l := t.pending.late[order]
	seen := map[string]bool{}
	for _, e := range slices.Concat(l.stored, l.fresh) {
		if !seen[e.ID] {
			seen[e.ID] = true
			bodies = append(bodies, e.Body)
		}
	}
	return bodies, nil
}

// PoolOf implements redeem.Pools.
func (t *tx) PoolOf(code string) (offer string, n int64, found bool, err error) {
	return t.from.PoolOf(code)
}

// NthCode implements redeem.Pools.
func (t *tx) NthCode(offer string, n int64) (code string, found bool, err error) {
	return t.from.NthCode(offer, n)
}

// Raise implements redeem.Alarms.
func (t *tx) Raise(a boon.Alarm) error {
	if _, raised := t.pending.alarms[a.ID]; !raised {
		put(&t.pending, t.pending.alarms, a.ID, a)
	}
	return t.write()
}

func (p *pending) knowNotices(w Want, rows Rows) {
	for _, m := range rows.Marks {
		if _, known := p.marks[m.Partition]; !known {
			p.marks[m.Partition] = cell[boon.Position]{value: m.At, found: true, stored: true}
		}
	}
	for _, partition := range w.Marks {
		if _, known := p.marks[partition]; !known {
			p.marks[partition] = cell[boon.Position]{}
		}
	}
	for _, order := range w.Late {
		l := p.late[order]
		l.stored, l.read = nil, true
		for _, e := range rows.Late {
			if e.Order == order {
				l.stored = append(l.stored, e)
			}
		}
		p.late[order] = l
	}
}
