package batch

import (
	"cmp"
	"slices"

	"boon"
)

// pauses are what is paused, and what this batch changed of it.
type pauses struct {
	read    bool
	now     []boon.Pause // by kind, then id; replaced, never changed in place
	changed []Stop
	acts    []boon.AuditEntry
}

func byName(a, b boon.Pause) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) }

func named(h boon.Halt) func(boon.Pause) bool {
	return func(p boon.Pause) bool { return p.Kind == h.Kind && p.ID == h.ID }
}

// Paused implements redeem.Pauses.
func (t *tx) Paused() ([]boon.Pause, error) {
	if !t.pending.pauses.read {
		if err := t.load("pauses", Want{Paused: true}); err != nil {
			return nil, err
		}
	}
	return slices.Clip(t.pending.pauses.now), nil
}

func (p *pending) knowPauses(w Want, rows Rows) {
	if w.Paused && !p.pauses.read {
		p.pauses.read, p.pauses.now = true, rows.Paused
		slices.SortFunc(p.pauses.now, byName)
	}
}

// Pause implements redeem.Pauses.
func (t *tx) Pause(p boon.Pause) (bool, error) {
	now, err := t.Paused()
	if err != nil || slices.ContainsFunc(now, named(p.Halt)) {
		return false, err
	}
	t.stop(Stop{Pause: p}, slices.SortedFunc(slices.Values(append(now, p)), byName))
	return true, t.write()
}

// Resume implements redeem.Pauses.
func (t *tx) Resume(h boon.Halt) (bool, error) {
	now, err := t.Paused()
	if err != nil || !slices.ContainsFunc(now, named(h)) {
		return false, err
	}
	t.stop(Stop{Pause: boon.Pause{Halt: h}, Gone: true}, slices.DeleteFunc(slices.Clone(now), named(h)))
	return true, t.write()
}

func (t *tx) stop(s Stop, now []boon.Pause) {
	p, was := &t.pending.pauses, t.pending.pauses
	p.changed, p.now = append(p.changed, s), now
	t.pending.undo = append(t.pending.undo, func() { p.changed, p.now = was.changed, was.now })
}

// Record implements redeem.Pauses.
func (t *tx) Record(act boon.AuditEntry) error {
	p, was := &t.pending.pauses, t.pending.pauses.acts
	p.acts = append(p.acts, act)
	t.pending.undo = append(t.pending.undo, func() { p.acts = was })
	return t.write()
}
