package workload

import "slices"

// Reference answers every request.
func (s Set) Reference() []Answer {
	answers := make([]Answer, len(s.Requests))
	for q := range s.Requests {
		answers[q] = s.answer(&s.Requests[q])
	}
	return answers
}

func (s Set) answer(r *Request) Answer {
	a := Answer{Matches: []int32{}}
	for i, p := range s.Promotions {
		if p.applies(r) {
			a.Matches = append(a.Matches, int32(i))
			a.Best = max(a.Best, p.Discount.Of(r.Cart.Total))
		}
	}
	return a
}

func (p Promotion) applies(r *Request) bool {
	for _, c := range p.Conditions {
		if !c.holds(r) {
			return false
		}
	}
	return true
}

func (c Condition) holds(r *Request) bool {
	switch c.Kind {
	case Category:
		return slices.ContainsFunc(r.Cart.Lines, func(l Line) bool { return slices.Contains(c.Any, l.Category) })
	case Channel:
		return slices.Contains(c.Any, r.Customer.Channel)
	case Country:
		return slices.Contains(c.Any, r.Customer.Country)
	case Segment:
		return slices.ContainsFunc(r.Customer.Segments, func(s string) bool { return slices.Contains(c.Any, s) })
	case Time:
		return c.From <= r.Now && r.Now < c.To
	case Total:
		return r.Cart.Total >= c.Min
	}
	return false
}

// Best is what the best of the promotions takes off the cart of request q, in minor units.
func (s Set) Best(q int, matches []int32) int64 {
	best := int64(0)
	for _, i := range matches {
		best = max(best, s.Promotions[i].Discount.Of(s.Requests[q].Cart.Total))
	}
	return best
}

// Stacked is what the promotions together take off the cart of request q, in minor units: in their order, each from what those before it left.
func (s Set) Stacked(q int, matches []int32) int64 {
	left := s.Requests[q].Cart.Total
	for _, i := range matches {
		left -= s.Promotions[i].Discount.Of(left)
	}
	return s.Requests[q].Cart.Total - left
}
