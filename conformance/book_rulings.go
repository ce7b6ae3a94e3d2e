package conformance

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"boon/redeem"
)

// bookRulings: a ruling is read as it was put last, open ones also as a list, from the same transaction on; taken back with it.
func bookRulings(t *testing.T, b AuditedBook) {
	ruling := func(id string, open bool, body string) redeem.Ruling {
		return redeem.Ruling{Kind: "hold", ID: id, Open: open, Body: json.RawMessage(body)}
	}
	put := func(tx redeem.Tx, r redeem.Ruling) {
		t.Helper()
		if err := tx.PutRuling(r); err != nil {
			t.Error(err)
		}
	}
	stands := func(tx redeem.Tx, want ...redeem.Ruling) {
		t.Helper()
		got, err := tx.OpenRulings("hold")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("open rulings: err %v, difference %s", err, diff)
		}
	}
	in := func(fn func(tx redeem.Tx)) {
		t.Helper()
		if err := b.Update(t.Context(), func(tx redeem.Tx) error { fn(tx); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	a, z, other := ruling("a/1", true, `{"n":1}`), ruling("z", true, `"z"`), redeem.Ruling{Kind: "override", ID: "z", Open: true, Body: json.RawMessage(`2`)}
	in(func(tx redeem.Tx) {
		stands(tx)
		_ = tx.Try(func(tx redeem.Tx) error { put(tx, z); stands(tx, z); return errBook })
		stands(tx)
		put(tx, z)
		put(tx, other)
		put(tx, a)
		stands(tx, a, z)
	})
	closed := ruling("a/1", false, `{"n":2}`)
	in(func(tx redeem.Tx) {
		stands(tx, a, z)
		put(tx, closed)
		stands(tx, z)
	})
	err := b.View(t.Context(), func(tx redeem.Tx) error {
		stands(tx, z)
		got, found, err := tx.Ruling("hold", "a/1")
		if diff := cmp.Diff(closed, got); !found || diff != "" {
			t.Errorf("found %v, difference %s", found, diff)
		}
		if _, found, _ := tx.Ruling("hold", "b"); found {
			t.Error("a ruling that nobody put is found")
		}
		return errors.Join(err, tx.PutRuling(z))
	})
	if err == nil {
		t.Error("a view wrote a ruling")
	}
}
