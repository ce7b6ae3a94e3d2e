package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"boon"
	"boon/redeem"
)

// Paused implements redeem.Pauses.
func (t *bookTx) Paused() ([]boon.Pause, error) {
	return slices.SortedFunc(maps.Values(t.book.tables.pauses), func(a, b boon.Pause) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	}), nil
}

// Pause implements redeem.Pauses.
func (t *bookTx) Pause(p boon.Pause) (bool, error) {
	if _, found := t.book.tables.pauses[p.String()]; found {
		return false, nil
	}
	put(t.book, t.book.tables.pauses, p.String(), p)
	return true, nil
}

// Resume implements redeem.Pauses.
func (t *bookTx) Resume(h boon.Halt) (bool, error) {
	_, found := t.book.tables.pauses[h.String()]
	drop(t.book, t.book.tables.pauses, h.String())
	return found, nil
}

// Ruling implements redeem.Rulings.
func (t *bookTx) Ruling(kind, id string) (redeem.Ruling, bool, error) {
	r, found := t.book.tables.rulings[kind+"/"+id]
	return r, found, nil
}

// OpenRulings implements redeem.Rulings.
func (t *bookTx) OpenRulings(kind string) (open []redeem.Ruling, err error) {
	for _, r := range t.book.tables.rulings {
		if r.Kind == kind && r.Open {
			open = append(open, r)
		}
	}
	slices.SortFunc(open, func(a, b redeem.Ruling) int { return cmp.Compare(a.ID, b.ID) })
	return open, nil
}

// PutRuling implements redeem.Rulings.
func (t *bookTx) PutRuling(r redeem.Ruling) error {
	put(t.book, t.book.tables.rulings, r.Kind+"/"+r.ID, r)
	return nil
}

// Record implements redeem.Pauses.
func (t *bookTx) Record(act boon.AuditEntry) error {
	size := len(t.book.tables.acts)
	act.Seq = int64(size) + 1
	t.book.tables.acts = append(t.book.tables.acts, act)
	t.book.undo = append(t.book.undo, func() { t.book.tables.acts = t.book.tables.acts[:size] })
	return nil
}

// Acts lists the audit.
func (b *Book) Acts(context.Context) ([]boon.AuditEntry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.tables.acts), nil
}

// Alarms lists what was raised, by time, then id.
func (b *Book) Alarms(context.Context) ([]boon.Alarm, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.SortedFunc(maps.Values(b.tables.alarms), func(x, y boon.Alarm) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID))
	}), nil
}
