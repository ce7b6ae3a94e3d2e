package feature

import (
	"encoding/json"

	"boon"
)

// Fold takes one event into the state, in any order. currency is the shop's. The caller has seen to it that the event comes once only.
func Fold(s *State, e boon.Event, currency boon.Currency) {
	ms := millis(&e)
	s.touch(ms)
	s.Counts[Events]++
	s.foldContext(&e.Context, ms)
	s.foldTraits(&e, ms)
	slot := s.slot(ms)
	if e.Kind != boon.KindTrack {
		return
	}
	meaning, ok := meaningOf[e.Name]
	if !ok {
		return
	}
	s.Counts[meaning]++
	foldSlot(slot, meaning, &e, currency)
	s.foldShopping(meaning, &e, ms)
	s.foldOrder(meaning, &e, ms, currency)
}

func (s *State) touch(ms int64) {
	if s.First == 0 || ms < s.First {
		s.First = ms
	}
	s.Last = max(s.Last, ms)
	if d := s.day(day(ms)); d != nil {
		d.Active |= 1 << (uint64(ms) % dayMillis / gapMillis)
	}
}

func (s *State) foldContext(c *boon.Context, ms int64) {
	s.Channel.tell(ms, c.Channel)
	s.Device.tell(ms, c.Device)
	s.Country.tell(ms, c.Country)
	s.Region.tell(ms, c.Region)
	s.Timezone.tell(ms, c.Timezone)
	s.Store.tell(ms, c.Store)
}

// foldTraits takes in traits. Anyone may raise the fraud flag, since it only withholds; clearing it takes a server.
func (s *State) foldTraits(e *boon.Event, ms int64) {
	for name, value := range e.Traits {
		switch name {
		case "fraud_flag", "fraudFlag":
			flagged := truth(value)
			if flagged || e.Verified {
				s.Fraud.tell(ms, truthText(flagged))
			}
		case "tags":
			s.Tags.tell(ms, clip(value, 512))
		default:
			s.Traits = tell(s.Traits, Trait{clip(name, 64), Register{ms, clip(value, 256)}}, keepTraits)
		}
	}
}

func foldSlot(slot *Slot, m Meaning, e *boon.Event, currency boon.Currency) {
	if slot == nil {
		return
	}
	switch m {
	case Views:
		slot.ProductViews++
	case PaymentFailures:
		slot.PaymentFailures++
	case Errors:
		slot.Errors++
	case Retries:
		slot.Retries++
	case CheckoutSteps:
		slot.StepViews++
		slot.Steps |= 1 << step(e.Rest)
	}
	slot.Shipping = max(slot.Shipping, quoted(m, e, currency))
}

// quoted is the shipping that an event asks for, by a quote or at a checkout; 0 for none, and in another currency than the shop's.
func quoted(m Meaning, e *boon.Event, currency boon.Currency) int64 {
	o := e.Order
	foreign := o != nil && o.Currency != "" && o.Currency != currency
	switch {
	case foreign:
		return 0
	case m == ShippingQuotes && e.Shipping != nil:
		return *e.Shipping
	case (m == Checkouts || m == CheckoutSteps) && o != nil:
		return o.Shipping
	}
	return 0
}

// step is the number of a checkout step, 0 when it has none that fits.
func step(rest json.RawMessage) uint64 {
	var message struct {
		Properties struct {
			Step json.Number `json:"step"`
		} `json:"properties"`
	}
	if len(rest) == 0 || json.Unmarshal(rest, &message) != nil {
		return 0
	}
	n, err := message.Properties.Step.Int64()
	if err != nil || n < 0 || n > 63 {
		return 0
	}
	return uint64(n)
}

func (s *State) foldShopping(m Meaning, e *boon.Event, ms int64) {
	if m == Views {
		s.Looked.tell(ms, clip(e.SKU, 128))
	}
	switch m {
	case Views, ListViews:
		s.interest(ms, e.Category, 1)
	case Adds:
		s.interest(ms, e.Category, 3)
	case ReturnsRequested:
		s.Returns = tell(s.Returns, Trait{orderOf(e), Register{ms, "open"}}, keepReturns)
	case ReturnsCompleted, Exchanges:
		s.Returns = tell(s.Returns, Trait{orderOf(e), Register{ms, "done"}}, keepReturns)
	}
}

func orderOf(e *boon.Event) string {
	if e.Order == nil {
		return ""
	}
	return clip(e.Order.ID, 64)
}

func truth(text string) bool { return text == "true" || text == "1" || text == "yes" }

func truthText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// clip bounds what a stranger can make a state hold.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && text[n]&0xC0 == 0x80 {
		n--
	}
	return text[:n]
}
