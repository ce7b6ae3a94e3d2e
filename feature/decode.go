package feature

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"boon/internal/wire"
)

// reader reads text as parts of one copy of the input, so that a state of many strings takes one allocation for them.
type reader struct {
	*wire.Reader
	all string
}

func (r reader) text() string {
	n := len(r.Bytes())
	end := len(r.all) - r.Len()
	if r.Err() != nil {
		return ""
	}
	return r.all[end-n : end]
}

// Decode reads what Encode wrote, in this version or an older one. Empty input is the zero State.
func Decode(data []byte) (State, error) {
	var s State
	if len(data) == 0 {
		return s, nil
	}
	r := reader{wire.NewReader(data), string(data)}
	v := r.Byte()
	if v < 1 || v > version {
		return s, fmt.Errorf("decode state: version %d is not known", v)
	}
	s.First, s.Last, s.LastOrderDay = r.Int(), r.Int(), r.Int()
	known := r.counts(&s)
	s.Revenue, s.Discount, s.Refunded, s.Units = r.Int(), r.Int(), r.Int(), r.Int()
	s.Days = r.days()
	s.Interests = r.interests()
	s.Purchases = r.purchases()
	s.Slots = r.slots()
	for _, register := range s.registers() {
		*register = r.register()
	}
	s.Cart = Cart{r.Int(), r.Int(), r.Int(), r.text()}
	s.Traits = r.traits()
	s.Returns = r.traits()
	if v >= 2 {
		s.Receipts = r.receipts()
	}
	if v >= 3 {
		s.Moves = r.moves()
	}
	if v >= 4 {
		s.Looked = r.register()
	}
	if r.Err() != nil || r.Len() > 0 || !known || !s.ordered() {
		return State{}, fmt.Errorf("decode state: %w", wire.ErrMalformed)
	}
	return s, nil
}

// counts reads the counts of a version that may have known fewer meanings.
func (r reader) counts(s *State) bool {
	n := r.Count(1)
	if n > len(s.Counts) {
		return false
	}
	for i := range n {
		s.Counts[i] = r.Int()
	}
	return true
}

// list makes room for n things, or none for none, so that equal states are deeply equal.
func list[T any](n int) []T {
	if n == 0 {
		return nil
	}
	return make([]T, n)
}

func (r reader) days() []Day {
	days := list[Day](r.Count(2))
	var before int64
	for i := range days {
		gap := r.Uint()
		before += int64(gap >> 1)
		days[i] = Day{Number: before, Active: r.Uint()}
		if gap&1 == 0 {
			continue
		}
		money := days[i].money()
		for mask := r.Byte() & (1<<len(money) - 1); mask != 0; mask &= mask - 1 {
			*money[bits.TrailingZeros8(mask)] = r.Int()
		}
	}
	return days
}

func (r reader) interests() []Interest {
	found := list[Interest](r.Count(2))
	for i := 0; i < len(found); {
		category, n := r.text(), r.Count(2)
		if n == 0 || n > len(found)-i {
			r.Raw(-1) // a group of none or of too many: malformed
			return nil
		}
		var bucket int64
		for range n {
			bucket += r.Int()
			found[i] = Interest{bucket, category, r.Int()}
			i++
		}
	}
	return found
}

func (r reader) purchases() []Purchase {
	found := list[Purchase](r.Count(3))
	var before int64
	for i := range found {
		before += r.Int()
		found[i] = Purchase{before, r.text(), r.Int()}
	}
	return found
}

func (r reader) receipts() []Receipt {
	found := list[Receipt](r.Count(3))
	var at int64
	for i := range found {
		at += r.Int()
		found[i] = Receipt{at, r.Int(), r.Int()}
	}
	return found
}

func (r reader) moves() []Move {
	found := list[Move](r.Count(5))
	var at int64
	for i := range found {
		at += r.Int()
		found[i] = Move{at, r.text(), r.Int(), r.Int(), r.text()}
	}
	return found
}

func (r reader) slots() []Slot {
	slots := list[Slot](r.Count(11))
	for i := range slots {
		t := &slots[i]
		for _, n := range t.numbers() {
			*n = r.Int()
		}
		t.Steps = r.Uint()
	}
	return slots
}

func (r reader) register() Register { return Register{r.Int(), r.text()} }

func (r reader) traits() []Trait {
	traits := list[Trait](r.Count(3))
	for i := range traits {
		traits[i] = Trait{r.text(), r.register()}
	}
	return traits
}

// ordered holds a decoded state to what Fold relies on: keys ascend and bounds are kept.
func (s *State) ordered() bool {
	byName := func(a, b Trait) int { return strings.Compare(a.Name, b.Name) }
	return ascending(s.Days, keepDays, func(a, b Day) int { return cmp.Compare(a.Number, b.Number) }) &&
		ascending(s.Interests, keepInterests, compareInterest) &&
		ascending(s.Purchases, keepPurchases, comparePurchase) &&
		ascending(s.Slots, keepSlots, func(a, b Slot) int { return cmp.Compare(a.Number, b.Number) }) &&
		ascending(s.Traits, keepTraits, byName) && ascending(s.Returns, keepReturns, byName) &&
		slices.IsSortedFunc(s.Receipts, compareReceipt) && len(s.Receipts) <= keepReceipts &&
		slices.IsSortedFunc(s.Moves, compareMove) && len(s.Moves) <= keepMoves
}

func ascending[T any](list []T, most int, compare func(a, b T) int) bool {
	for i := 1; i < len(list); i++ {
		if compare(list[i-1], list[i]) >= 0 {
			return false
		}
	}
	return len(list) <= most
}
