package conformance

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"boon"
	"boon/redeem"
)

// bookPauses: a pause stands from its transaction on, once, is taken back with it, and ends when it is resumed.
func bookPauses(t *testing.T, b AuditedBook) {
	d := NewDesk()
	offer := boon.Pause{Halt: boon.Halt{Kind: boon.PauseOffer, ID: "five", Refuse: true}, At: Monday, By: "rule:r1", Rule: "r1", Reason: "99% off",
		Figures: map[string]string{"value": "0.99"}}
	all := boon.Pause{Halt: boon.Halt{Kind: boon.PauseAll}, At: Monday, By: "ada", Reason: "stop"}
	pause := func(tx redeem.Tx, p boon.Pause, want bool) {
		if fresh, err := d.Pause(tx, p); err != nil || fresh != want {
			t.Errorf("pause %s: fresh %v, err %v; want %v", p, fresh, err, want)
		}
	}
	stands := func(tx redeem.Tx, want ...boon.Pause) {
		t.Helper()
		got, err := redeem.Halts(tx)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("pauses: err %v, difference %s", err, diff)
		}
	}
	in := func(fn func(tx redeem.Tx)) {
		t.Helper()
		if err := b.Update(t.Context(), func(tx redeem.Tx) error { fn(tx); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	in(func(tx redeem.Tx) {
		stands(tx)
		_ = tx.Try(func(tx redeem.Tx) error { pause(tx, all, true); stands(tx, all); return errBook })
		stands(tx)
		pause(tx, offer, true)
		pause(tx, offer, false)
		stands(tx, offer)
	})
	in(func(tx redeem.Tx) {
		pause(tx, all, true)
		stands(tx, all, offer)
		if err := d.Resume(tx, offer.Halt, "ada", "", Monday); err != nil {
			t.Error(err)
		}
		stands(tx, all)
		pause(tx, offer, true)
		stands(tx, all, offer)
	})
	in(func(tx redeem.Tx) {
		stands(tx, all, offer)
		if err := errors.Join(d.Resume(tx, offer.Halt, "ada", "", Monday), d.Resume(tx, all.Halt, "ada", "", Monday)); err != nil {
			t.Error(err)
		}
		if err := d.Resume(tx, all.Halt, "ada", "", Monday); !errors.Is(err, boon.Refusal(boon.ReasonNotFound)) && err == nil {
			t.Error("what is not paused was resumed")
		}
	})
	in(func(tx redeem.Tx) { stands(tx) })
}
