package redeem

import (
	"math"
	"slices"
	"strings"
	"time"

	"boon"
	"boon/ledger"
)

// extent is how much of an offer a ceiling is over.
type extent int

const (
	coversNone extent = iota
	coversSome        // some lines of some carts
	coversAll
)

func coverage(b boon.Budget, o boon.Offer) extent {
	switch ids := b.Covers.IDs; b.Covers.Kind {
	case "shop":
		return coversAll
	case "campaign":
		return allIf(slices.Contains(ids, o.Campaign))
	case "offer":
		return allIf(slices.Contains(ids, o.ID))
	case "category":
		return inCategories(ids, o.Scope)
	}
	return coversNone
}

func allIf(yes bool) extent {
	if yes {
		return coversAll
	}
	return coversNone
}

// inCategories is all when every category of the scope lies inside one of the ceiling's, and none when the two have nothing in common.
func inCategories(ids []string, s boon.Scope) extent {
	if s.Kind != "category" {
		return coversSome
	}
	inside, apart := true, true
	for _, c := range s.Categories {
		within := slices.ContainsFunc(ids, func(id string) bool { return boon.InCategory(c, id) })
		inside = inside && within
		apart = apart && !within && !slices.ContainsFunc(ids, func(id string) bool { return boon.InCategory(id, c) })
	}
	switch {
	case inside:
		return coversAll
	case apart:
		return coversNone
	}
	return coversSome
}

func ceilingHead(b boon.Budget) string {
	if b.Measure == "liability" {
		return countOpen + b.ID + "/"
	}
	return countSpend + b.ID + "/"
}

// CeilingKey is the counter of what stands under a ceiling in its period at an instant, in minor units.
func (d *Desk) CeilingKey(b boon.Budget, at time.Time) string {
	return ceilingHead(b) + ledger.PeriodKey(b.Period, at, d.zone())
}

// ceilings are what a new grant asks for under the ceilings that cover it whole.
func (d *Desk) ceilings(o boon.Offer, g boon.Grant, committed int64, now time.Time) (asked []quota) {
	if committed == 0 {
		return nil
	}
	for _, b := range d.Terms.Bundle().Budgets {
		if b.Covers != nil && coverage(b, o) == coversAll {
			asked = append(asked, d.under(b, committed, b.Amount, g.Currency, now))
		}
	}
	return asked
}

func (d *Desk) under(b boon.Budget, n, most int64, c boon.Currency, now time.Time) quota {
	return quota{Limit: boon.Limit{Key: d.CeilingKey(b, now), Max: most, Refusal: boon.ReasonBudgetExhausted}, n: n,
		full: func() error {
			return boon.Refuse(boon.ReasonBudgetExhausted, "the ceiling %s of %s has no room for %s", b.ID, boon.Money{Minor: b.Amount, Currency: c}, boon.Money{Minor: n, Currency: c})
		}}
}

// countCost counts a redemption under the ceilings that its grant does not stand under yet: those of some categories, and those that came after
// the grant. Only a public code that promised nothing before is refused by one.
func (d *Desk) countCost(tx Tx, c claim, now time.Time) (counted []boon.Place, err error) {
	for _, b := range d.Terms.Bundle().Budgets {
		if b.Covers == nil || b.Measure == "liability" || stands(c.grant, ceilingHead(b)) {
			continue
		}
		n, most := c.under(b), int64(math.MaxInt64)
		if n == 0 {
			continue
		}
		if c.fresh {
			most = b.Amount
		}
		q := d.under(b, n, most, c.grant.Currency, now)
		if err := take(tx, q); err != nil {
			return nil, err
		}
		counted = append(counted, boon.Place{Key: q.Key, N: n})
	}
	return counted, nil
}

func stands(g boon.Grant, head string) bool {
	return slices.ContainsFunc(g.Places, func(p boon.Place) bool { return strings.HasPrefix(p.Key, head) })
}

// under is the part of a claim's cost that falls under a ceiling: by the discount of the lines, else by their amounts.
func (c claim) under(b boon.Budget) int64 {
	switch coverage(b, c.offer) {
	case coversNone:
		return 0
	case coversAll:
		return c.cost
	}
	var inside, all int64
	for _, l := range c.cart.Lines {
		weight := l.Amount(c.cart.Currency)
		if len(c.applied.Lines) > 0 {
			weight = discountOn(c.applied.Lines, l)
		}
		all += weight
		if slices.ContainsFunc(b.Covers.IDs, func(id string) bool { return boon.InCategory(l.Category, id) }) {
			inside += weight
		}
	}
	if all <= 0 {
		return 0
	}
	return boon.MulDiv(c.cost, inside, all)
}

func discountOn(lines []boon.LineDiscount, l boon.Line) (minor int64) {
	for _, d := range lines {
		if d.ID == l.ID && d.SKU == l.SKU {
			minor += d.Minor
		}
	}
	return minor
}
