package model

import (
	"sort"

	"boon"
	"boon/internal/wire"
)

// Arm is what a shopper was given: an offer at a level; the zero Arm is nothing.
type Arm struct {
	Offer string
	Level boon.Micros
}

// Count is what became of the shoppers who were given an arm.
type Count struct {
	Given    int64 // decisions
	Bought   int64 // of them, with an order within the horizon
	Redeemed int64 // of them, with a redemption of this very arm
}

// Tally counts outcomes by arm. The zero Tally is empty and ready.
type Tally struct{ arms map[Arm]Count }

// Given counts one decision for arm.
func (t *Tally) Given(a Arm) { t.add(a, Count{Given: 1}) }

// Bought counts one order after arm.
func (t *Tally) Bought(a Arm) { t.add(a, Count{Bought: 1}) }

// Redeemed counts one redemption of arm.
func (t *Tally) Redeemed(a Arm) { t.add(a, Count{Redeemed: 1}) }

func (t *Tally) add(a Arm, c Count) {
	if t.arms == nil {
		t.arms = map[Arm]Count{}
	}
	n := t.arms[a]
	t.arms[a] = Count{n.Given + c.Given, n.Bought + c.Bought, n.Redeemed + c.Redeemed}
}

// Merge adds another tally.
func (t *Tally) Merge(other Tally) {
	for a, c := range other.arms {
		t.add(a, c)
	}
}

// Count is what is known of arm.
func (t Tally) Count(a Arm) Count { return t.arms[a] }

// sorted lists the arms by offer, then level.
func (t Tally) sorted() []Arm {
	arms := make([]Arm, 0, len(t.arms))
	for a := range t.arms {
		arms = append(arms, a)
	}
	sort.Slice(arms, func(i, j int) bool {
		if arms[i].Offer != arms[j].Offer {
			return arms[i].Offer < arms[j].Offer
		}
		return arms[i].Level < arms[j].Level
	})
	return arms
}

const tallyVersion = 1

// Encode is the tally's canonical form: equal tallies give equal bytes.
func (t Tally) Encode() []byte {
	w := wire.Writer{}
	w.Byte(tallyVersion)
	w.Uint(uint64(len(t.arms)))
	for _, a := range t.sorted() {
		c := t.arms[a]
		w.String(a.Offer)
		w.Int(int64(a.Level))
		w.Int(c.Given)
		w.Int(c.Bought)
		w.Int(c.Redeemed)
	}
	return w.Buf
}

// DecodeTally reads what Encode wrote; no bytes are an empty tally.
func DecodeTally(data []byte) (Tally, error) {
	var t Tally
	if len(data) == 0 {
		return t, nil
	}
	r := wire.NewReader(data)
	if r.Byte() != tallyVersion {
		return t, wire.ErrMalformed
	}
	for range r.Count(5) {
		a := Arm{Offer: r.String(), Level: boon.Micros(r.Int())}
		t.add(a, Count{r.Int(), r.Int(), r.Int()})
	}
	if r.Err() != nil {
		return Tally{}, r.Err()
	}
	return t, nil
}
