package main

import (
	"fmt"
	"strings"
	"time"

	"boon"
	"boon/bench/peers/workload"
	"boon/eligibility"
	"boon/internal/rule"
)

// The fields that the conditions read, and their places in a row.
const (
	fieldChannel = iota
	fieldCountry
	fieldSegments
	fieldTotal
	fieldCount
)

var boonFields = []rule.Field{
	fieldChannel: {Name: "customer.channel", Type: rule.TypeString}, fieldCountry: {Name: "customer.country", Type: rule.TypeString},
	fieldSegments: {Name: "customer.segments", Type: rule.TypeList}, fieldTotal: {Name: "cart.total", Type: rule.TypeDouble},
}

// indexed asks Boon's candidate index.
type indexed struct {
	set     workload.Set
	index   *eligibility.Index
	rows    []row
	hits    []eligibility.Hit
	matches []int32
}

// row is a request as Boon reads it.
type row struct {
	values     [fieldCount]rule.Value
	categories []string
	now        time.Time
}

func (r *row) Value(field int) rule.Value { return r.values[field] }
func (r *row) Now() time.Time             { return r.now }
func (r *row) Categories() []string       { return r.categories }

func openBoon(s workload.Set) (asker, error) {
	env, err := rule.NewEnv(boonFields, nil)
	if err != nil {
		return nil, err
	}
	offers := make([]boon.Offer, len(s.Promotions))
	for i, p := range s.Promotions {
		offers[i] = boonOffer(p)
	}
	x := &indexed{set: s}
	for q := range s.Requests {
		x.rows = append(x.rows, boonRow(&s.Requests[q]))
	}
	x.index, err = eligibility.Compile(env, offers, make([]boon.Campaign, len(offers)))
	return x, err
}

// boonOffer has the window of time as its schedule, all else as its condition.
func boonOffer(p workload.Promotion) boon.Offer {
	o := boon.Offer{ID: p.ID}
	var parts []string
	for _, c := range p.Conditions {
		if c.Kind == workload.Time {
			o.Starts, o.Ends = time.Unix(c.From, 0), time.Unix(c.To, 0)
			continue
		}
		parts = append(parts, boonCondition(c))
	}
	o.Eligibility = strings.Join(parts, " && ")
	return o
}

func boonCondition(c workload.Condition) string {
	switch c.Kind {
	case workload.Category:
		return either(c.Any, "cart.category(%q)")
	case workload.Channel:
		return "customer.channel in " + quoted(c.Any)
	case workload.Country:
		return "customer.country in " + quoted(c.Any)
	case workload.Segment:
		return either(c.Any, "%q in customer.segments")
	}
	return fmt.Sprintf("cart.total >= %d.%02d", c.Min/100, c.Min%100)
}

// either joins one form of each text with "or".
func either(texts []string, form string) string {
	parts := make([]string, len(texts))
	for i, text := range texts {
		parts[i] = fmt.Sprintf(form, text)
	}
	return "(" + strings.Join(parts, " || ") + ")"
}

// quoted is a list literal of CEL and of expr.
func quoted(texts []string) string {
	parts := make([]string, len(texts))
	for i, text := range texts {
		parts[i] = fmt.Sprintf("%q", text)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func boonRow(r *workload.Request) row {
	return row{
		values: [fieldCount]rule.Value{
			fieldChannel: rule.String(r.Customer.Channel), fieldCountry: rule.String(r.Customer.Country),
			fieldSegments: rule.List(r.Customer.Segments), fieldTotal: rule.Double(float64(r.Cart.Total) / 100),
		},
		categories: r.Categories(), now: time.Unix(r.Now, 0),
	}
}

func (x *indexed) ask(q int) (workload.Answer, error) {
	r := &x.rows[q]
	x.hits = x.index.Match("", "", r, r.now, x.hits[:0])
	x.matches = x.matches[:0]
	for _, h := range x.hits {
		if h.Doubtful {
			return workload.Answer{}, fmt.Errorf("%s cannot be evaluated", x.set.Promotions[h.Offer].ID)
		}
		x.matches = append(x.matches, h.Offer)
	}
	return workload.Answer{Matches: x.matches, Best: x.set.Best(q, x.matches)}, nil
}
