package feature

import (
	"fmt"
	"strings"

	"boon/internal/wire"
)

// Decode reads what Encode wrote. Empty input is the zero State.
func Decode(data []byte) (State, error) {
	var s State
	if len(data) == 0 {
		return s, nil
	}
	r := wire.NewReader(data)
	if v := r.Byte(); v != version {
		return s, fmt.Errorf("decode state: version %d is not known", v)
	}
	s.First, s.Last, s.LastOrderDay = r.Int(), r.Int(), r.Int()
	known := takeCounts(r, &s)
	s.Revenue, s.Discount, s.Refunded, s.Units = r.Int(), r.Int(), r.Int(), r.Int()
	s.Days = takeDays(r)
	s.Interests = takeInterests(r)
	s.Purchases = takePurchases(r)
	s.Slots = takeSlots(r)
	for _, register := range s.registers() {
		*register = takeRegister(r)
	}
	s.Cart = Cart{r.Int(), r.Int(), r.Int(), r.String()}
	s.Traits = takeTraits(r)
	s.Returns = takeTraits(r)
	if r.Err() != nil || r.Len() > 0 || !known || !s.ordered() {
		return State{}, fmt.Errorf("decode state: %w", wire.ErrMalformed)
	}
	return s, nil
}

// takeCounts reads the counts of a version that may have known fewer meanings.
func takeCounts(r *wire.Reader, s *State) bool {
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

func takeDays(r *wire.Reader) []Day {
	days := list[Day](r.Count(2))
	var before int64
	for i := range days {
		gap := r.Uint()
		before += int64(gap >> 1)
		d := Day{Number: before, Active: r.Uint()}
		if gap&1 == 1 {
			d.Orders, d.CouponOrders, d.Units, d.Revenue, d.Discount, d.Refunded = r.Int(), r.Int(), r.Int(), r.Int(), r.Int(), r.Int()
		}
		days[i] = d
	}
	return days
}

func takeInterests(r *wire.Reader) []Interest {
	found := list[Interest](r.Count(3))
	for i := range found {
		found[i] = Interest{r.Int(), r.String(), r.Int()}
	}
	return found
}

func takePurchases(r *wire.Reader) []Purchase {
	found := list[Purchase](r.Count(3))
	for i := range found {
		found[i] = Purchase{r.Int(), r.String(), r.Int()}
	}
	return found
}

func takeSlots(r *wire.Reader) []Slot {
	slots := list[Slot](r.Count(11))
	for i := range slots {
		t := &slots[i]
		for _, n := range [...]*int64{&t.Number, &t.First, &t.Last, &t.Events, &t.ProductViews, &t.PaymentFailures, &t.Errors, &t.Retries, &t.StepViews, &t.Shipping} {
			*n = r.Int()
		}
		t.Steps = r.Uint()
	}
	return slots
}

func takeRegister(r *wire.Reader) Register { return Register{r.Int(), r.String()} }

func takeTraits(r *wire.Reader) []Trait {
	traits := list[Trait](r.Count(3))
	for i := range traits {
		traits[i] = Trait{r.String(), takeRegister(r)}
	}
	return traits
}

// ordered holds a decoded state to what Fold relies on: keys ascend and bounds are kept.
func (s *State) ordered() bool {
	byName := func(a, b Trait) int { return strings.Compare(a.Name, b.Name) }
	return ascending(s.Days, keepDays, func(a, b Day) int { return int(a.Number - b.Number) }) &&
		ascending(s.Interests, keepInterests, compareInterest) &&
		ascending(s.Purchases, keepPurchases, comparePurchase) &&
		ascending(s.Slots, keepSlots, func(a, b Slot) int { return int(a.Number - b.Number) }) &&
		ascending(s.Traits, keepTraits, byName) && ascending(s.Returns, keepReturns, byName)
}

func ascending[T any](list []T, most int, compare func(a, b T) int) bool {
	for i := 1; i < len(list); i++ {
		if compare(list[i-1], list[i]) >= 0 {
			return false
		}
	}
	return len(list) <= most
}
