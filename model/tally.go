package model

import (
	"iter"
	"maps"
	"slices"

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
type Tally struct {
	offers map[string]map[boon.Micros]Count
}

// Given counts one decision for arm.
func (t *Tally) Given(a Arm) { t.add(a, Count{Given: 1}) }

// Bought counts one order after arm.
func (t *Tally) Bought(a Arm) { t.add(a, Count{Bought: 1}) }

// Redeemed counts one redemption of arm.
func (t *Tally) Redeemed(a Arm) { t.add(a, Count{Redeemed: 1}) }

func (t *Tally) add(a Arm, c Count) {
	if t.offers == nil {
		t.offers = map[string]map[boon.Micros]Count{}
	}
	levels := t.offers[a.Offer]
	if levels == nil {
		levels = map[boon.Micros]Count{}
		t.offers[a.Offer] = levels
	}
	n := levels[a.Level]
	levels[a.Level] = Count{n.Given + c.Given, n.Bought + c.Bought, n.Redeemed + c.Redeemed}
}

// Merge adds another tally.
func (t *Tally) Merge(other Tally) {
	for offer, levels := range other.offers {
		for level, c := range levels {
			t.add(Arm{offer, level}, c)
		}
	}
}

// Count is what is known of arm.
func (t Tally) Count(a Arm) Count { return t.offers[a.Offer][a.Level] }

// Of is the part of the tally that is of one offer. It changes with the tally.
func (t Tally) Of(offer string) Tally {
	if t.offers[offer] == nil {
		return Tally{}
	}
	return Tally{map[string]map[boon.Micros]Count{offer: t.offers[offer]}}
}

// Offers lists the offers that were counted, in no order; "" is nothing.
func (t Tally) Offers() iter.Seq[string] { return maps.Keys(t.offers) }

// sorted lists the arms by offer, then level.
func (t Tally) sorted() []Arm {
	var arms []Arm
	for _, offer := range slices.Sorted(maps.Keys(t.offers)) {
		for _, level := range slices.Sorted(maps.Keys(t.offers[offer])) {
			arms = append(arms, Arm{offer, level})
		}
	}
	return arms
}

const tallyVersion = 1

// Encode is the tally's canonical form: equal tallies give equal bytes.
func (t Tally) Encode() []byte {
	w := wire.Writer{}
	w.Byte(tallyVersion)
	arms := t.sorted()
	w.Uint(uint64(len(arms)))
	for _, a := range arms {
		c := t.Count(a)
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
