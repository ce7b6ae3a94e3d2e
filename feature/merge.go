package feature

import "slices"

// Merge is the state of both together. It shares nothing with its arguments and changes neither.
func Merge(a, b State) State {
	s := a.Clone()
	s.Add(&b)
	return s
}

// Clone is a copy that shares nothing.
func (s *State) Clone() State {
	c := *s
	c.Days = slices.Clone(s.Days)
	c.Interests = slices.Clone(s.Interests)
	c.Purchases = slices.Clone(s.Purchases)
	c.Slots = slices.Clone(s.Slots)
	c.Traits = slices.Clone(s.Traits)
	c.Returns = slices.Clone(s.Returns)
	c.Receipts = slices.Clone(s.Receipts)
	c.Moves = slices.Clone(s.Moves)
	return c
}

// Add merges o into s.
func (s *State) Add(o *State) {
	if o.First != 0 && (s.First == 0 || o.First < s.First) {
		s.First = o.First
	}
	s.Last = max(s.Last, o.Last)
	s.LastOrderDay = max(s.LastOrderDay, o.LastOrderDay)
	for i, n := range o.Counts {
		s.Counts[i] += n
	}
	s.Revenue += o.Revenue
	s.Discount += o.Discount
	s.Refunded += o.Refunded
	s.Units += o.Units
	s.addLists(o)
	s.addRegisters(o)
}

func (s *State) addLists(o *State) {
	for _, d := range o.Days {
		if mine := s.day(d.Number); mine != nil {
			mine.add(d)
		}
	}
	for _, i := range o.Interests {
		s.addInterest(i)
	}
	for _, p := range o.Purchases {
		s.purchase(p)
	}
	for _, t := range o.Slots {
		s.addSlot(t)
	}
	for _, t := range o.Traits {
		s.Traits = tell(s.Traits, t, keepTraits)
	}
	for _, t := range o.Returns {
		s.Returns = tell(s.Returns, t, keepReturns)
	}
	for _, r := range o.Receipts {
		s.receipt(r)
	}
}

func (s *State) addRegisters(o *State) {
	theirs := o.registers()
	for i, r := range s.registers() {
		r.tell(theirs[i].At, theirs[i].Value)
	}
	s.Looked.tell(o.Looked.At, o.Looked.Value)
	s.tellCart(o.Cart)
	for _, m := range o.Moves {
		s.move(m)
	}
}

// registers lists the state's own registers in the order in which they are stored.
func (s *State) registers() [8]*Register {
	return [8]*Register{&s.Channel, &s.Device, &s.Country, &s.Region, &s.Timezone, &s.Store, &s.Fraud, &s.Tags}
}
