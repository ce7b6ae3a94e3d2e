package redeem

import (
	"encoding/json"
	"fmt"
)

// The kinds of rulings.
const (
	rulingOverride = "override"
	rulingHold     = "hold"
)

// rulingsKey counts the open rulings of a kind, so that whoever finds none reads one counter.
func rulingsKey(kind string) string { return "rulings/" + kind }

// openRulings lists the open rulings of a kind by id.
func openRulings[T any](tx Tx, kind string) ([]T, error) {
	n, err := tx.Count(rulingsKey(kind))
	if err != nil || n == 0 {
		return nil, err
	}
	rulings, err := tx.OpenRulings(kind)
	if err != nil {
		return nil, err
	}
	list := make([]T, len(rulings))
	for i, r := range rulings {
		if err := json.Unmarshal(r.Body, &list[i]); err != nil {
			return nil, fmt.Errorf("decode %s %s: %w", kind, r.ID, err)
		}
	}
	return list, nil
}

// ruling finds one of a kind, open or not.
func ruling[T any](tx Tx, kind, id string) (v T, open, found bool, err error) {
	r, found, err := tx.Ruling(kind, id)
	if err != nil || !found {
		return v, false, false, err
	}
	if err := json.Unmarshal(r.Body, &v); err != nil {
		return v, false, false, fmt.Errorf("decode %s %s: %w", kind, id, err)
	}
	return v, r.Open, true, nil
}

// rule writes a ruling, and counts the open ones of its kind.
func rule(tx Tx, kind, id string, open bool, v any) error {
	before, _, err := tx.Ruling(kind, id)
	if err != nil {
		return err
	}
	switch {
	case open && !before.Open:
		err = count(tx, rulingsKey(kind), 1)
	case before.Open && !open:
		err = tx.Give(rulingsKey(kind), 1)
	}
	if err != nil {
		return err
	}
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s %s: %w", kind, id, err)
	}
	return tx.PutRuling(Ruling{Kind: kind, ID: id, Open: open, Body: body})
}
