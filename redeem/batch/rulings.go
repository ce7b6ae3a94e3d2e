package batch

import (
	"cmp"
	"slices"

	"boon/redeem"
)

func rulingKey(r redeem.Ruling) string { return r.Kind + "/" + r.ID }

// Ruling implements redeem.Rulings.
func (t *tx) Ruling(kind, id string) (redeem.Ruling, bool, error) {
	key := kind + "/" + id
	return read(t.pending.rulings, key, func() error { return t.load("ruling", Want{Rulings: []string{key}}) })
}

// OpenRulings implements redeem.Rulings.
func (t *tx) OpenRulings(kind string) ([]redeem.Ruling, error) {
	if !t.pending.openRead[kind] {
		if err := t.load("rulings", Want{OpenRulings: kind}); err != nil {
			return nil, err
		}
		t.pending.openRead[kind] = true
	}
	var open []redeem.Ruling
	for _, c := range t.pending.rulings {
		if c.found && c.value.Open && c.value.Kind == kind {
			open = append(open, c.value)
		}
	}
	slices.SortFunc(open, func(a, b redeem.Ruling) int { return cmp.Compare(a.ID, b.ID) })
	return open, nil
}

// PutRuling implements redeem.Rulings.
func (t *tx) PutRuling(r redeem.Ruling) error {
	put(&t.pending, t.pending.rulings, rulingKey(r), r)
	return t.write()
}
