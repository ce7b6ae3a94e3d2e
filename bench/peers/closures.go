package main

import (
	"slices"

	"boon/bench/peers/workload"
)

// closures is what a programmer writes by hand: of each promotion its conditions as functions.
type closures struct {
	set     workload.Set
	asked   []asked
	each    [][]test
	matches []int32
}

// asked is a request with its categories at hand.
type asked struct {
	*workload.Request
	categories []string
}

type test func(*asked) bool

func openClosures(s workload.Set) (asker, error) {
	c := &closures{set: s}
	for q := range s.Requests {
		c.asked = append(c.asked, asked{&s.Requests[q], s.Requests[q].Categories()})
	}
	for _, p := range s.Promotions {
		var tests []test
		for _, k := range p.Conditions {
			tests = append(tests, closure(k))
		}
		c.each = append(c.each, tests)
	}
	return c, nil
}

// closure keeps only what its kind of condition asks for: the less there is to read, the faster the scan.
func closure(c workload.Condition) test {
	wanted, least, from, to := c.Any, c.Min, c.From, c.To
	switch c.Kind {
	case workload.Category:
		return func(r *asked) bool { return meet(wanted, r.categories) }
	case workload.Channel:
		return func(r *asked) bool { return slices.Contains(wanted, r.Customer.Channel) }
	case workload.Country:
		return func(r *asked) bool { return slices.Contains(wanted, r.Customer.Country) }
	case workload.Segment:
		return func(r *asked) bool { return meet(wanted, r.Customer.Segments) }
	case workload.Time:
		return func(r *asked) bool { return from <= r.Now && r.Now < to }
	}
	return func(r *asked) bool { return r.Cart.Total >= least }
}

// meet reports whether two short lists have a text in common.
func meet(a, b []string) bool {
	for _, text := range a {
		if slices.Contains(b, text) {
			return true
		}
	}
	return false
}

func (c *closures) ask(q int) (workload.Answer, error) {
	c.matches = c.matches[:0]
	for i, tests := range c.each {
		if all(tests, &c.asked[q]) {
			c.matches = append(c.matches, int32(i))
		}
	}
	return workload.Answer{Matches: c.matches, Best: c.set.Best(q, c.matches)}, nil
}

func all(tests []test, r *asked) bool {
	for _, t := range tests {
		if !t(r) {
			return false
		}
	}
	return true
}
