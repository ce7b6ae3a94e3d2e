package offer

import (
	"cmp"
	"math"
	"slices"

	"boon"
)

// maxAmount bounds what a scope may hold, so that sums of lines cannot wrap.
const maxAmount = 1 << 53

// Portion is the part of a cart that an offer applies to: per line the units and their amount, and the sum. What it was measured into, and the lines of
// what it gives, are used again by the next Measure and Discount.
type Portion struct {
	weights []int64
	units   []int64
	amount  int64

	parts []int64 // of Discount
	lines []boon.LineDiscount
}

// Matches reports whether the scope can hold a product at all; a bundle holds each of its SKUs.
func Matches(s *boon.Scope, sku, category string) bool {
	switch s.Kind {
	case "category":
		return slices.ContainsFunc(s.Categories, func(c string) bool { return boon.InCategory(category, c) })
	case "sku", "bundle":
		return slices.Contains(s.SKUs, sku)
	}
	return true
}

// Touches reports whether a category holds something that the offer is about: what its scope names, what it gives away, or a line at hand in its scope.
// categoryOf is the catalogue's category of a SKU, "" when it knows none.
func Touches(o boon.Offer, lines []boon.Line, categoryOf func(sku string) string, category string) bool {
	within := func(c string) bool { return boon.InCategory(c, category) }
	goods := func(sku string) bool { return within(categoryOf(sku)) }
	if slices.ContainsFunc(o.Scope.Categories, within) || slices.ContainsFunc(o.Scope.SKUs, goods) || goods(o.Reward.SKU) {
		return true
	}
	return slices.ContainsFunc(lines, func(l boon.Line) bool {
		if l.Category == "" {
			l.Category = categoryOf(l.SKU)
		}
		return Matches(&o.Scope, l.SKU, l.Category) && within(l.Category)
	})
}

// Measure finds the part of the cart that is in scope; it refuses with not_applicable when no unit is, and an amount above 2^53 minor units as an
// invalid request. Lines with a quantity or price of zero or below weigh nothing.
func (p *Portion) Measure(s *boon.Scope, cart *boon.Order) error {
	p.count(s, cart)
	var units int64
	for i := range cart.Lines {
		units = max(units, p.units[i])
		p.weights[i] = max(cart.Lines[i].Price.Times(p.units[i], cart.Currency), 0)
		if p.weights[i] > maxAmount || p.amount+p.weights[i] > maxAmount {
			return boon.Invalid("cart.lines", "the amount of line %d is too large", i+1)
		}
		p.amount += p.weights[i]
	}
	if units == 0 {
		return boon.Refuse(boon.ReasonNotApplicable, "%s", nothingInScope(s.Kind))
	}
	return nil
}

// Units is how many units of each line of a cart are in scope: all of them, or of a bundle those that make up complete sets.
func Units(s *boon.Scope, cart *boon.Order) []int64 {
	var p Portion
	p.count(s, cart)
	return p.units
}

func (p *Portion) count(s *boon.Scope, cart *boon.Order) {
	p.empty(len(cart.Lines))
	if s.Kind == "bundle" {
		p.setUnits(s, cart)
	} else {
		p.allUnits(s, cart)
	}
}

// allUnits takes whole lines.
func (p *Portion) allUnits(s *boon.Scope, cart *boon.Order) {
	for i := range cart.Lines {
		if line := &cart.Lines[i]; line.Quantity > 0 && Matches(s, line.SKU, line.Category) {
			p.units[i] = line.Quantity
		}
	}
}

// empty makes room for a cart of so many lines.
func (p *Portion) empty(lines int) {
	if cap(p.weights) < lines {
		figures := make([]int64, 3*lines)
		p.weights, p.units, p.parts = figures[:lines:lines], figures[lines:2*lines:2*lines], figures[2*lines:]
	}
	p.weights, p.units, p.parts, p.amount = p.weights[:lines], p.units[:lines], p.parts[:lines], 0
	clear(p.weights)
	clear(p.units)
}

// setUnits takes what makes up the complete sets of a bundle: of a SKU that stands on several lines the dearest units, so that the order of lines is irrelevant
// and what is reduced already goes last.
func (p *Portion) setUnits(s *boon.Scope, cart *boon.Order) {
	left := inSets(s, cart)
	dearest := make([]int, len(cart.Lines))
	for i := range dearest {
		dearest[i] = i
	}
	slices.SortStableFunc(dearest, func(a, b int) int { return cmp.Compare(cart.Lines[b].Price, cart.Lines[a].Price) })
	for _, i := range dearest {
		line := &cart.Lines[i]
		p.units[i] = max(0, min(line.Quantity, left[line.SKU]))
		left[line.SKU] -= p.units[i]
	}
}

// inSets is how many units of each SKU make up the complete sets of a bundle.
func inSets(s *boon.Scope, cart *boon.Order) map[string]int64 {
	held := make(map[string]int64, len(s.SKUs))
	for _, line := range cart.Lines {
		if line.Quantity > 0 {
			held[line.SKU] += line.Quantity
		}
	}
	each, sets := max(s.Each, 1), int64(math.MaxInt64)
	for _, sku := range s.SKUs {
		sets = min(sets, held[sku]/each)
	}
	left := make(map[string]int64, len(s.SKUs))
	for _, sku := range s.SKUs {
		left[sku] = sets * each
	}
	return left
}

func nothingInScope(kind string) string {
	switch kind {
	case "category":
		return "the cart holds nothing in the offer's categories"
	case "sku":
		return "the cart holds none of the offer's products"
	case "bundle":
		return "the cart holds no complete set of the bundle"
	}
	return "the cart is empty"
}

// Basket lists the cart's lines that count towards the offer's minimum, with their amounts; nil when nothing is in scope.
func Basket(o boon.Offer, cart boon.Order) (lines []boon.BasketLine) {
	var parts Portion
	if err := parts.Measure(&o.Scope, &cart); err != nil {
		return nil
	}
	for i, l := range cart.Lines {
		if parts.weights[i] > 0 {
			lines = append(lines, boon.BasketLine{ID: l.ID, SKU: l.SKU, Price: l.Price, Quantity: parts.units[i], Minor: parts.weights[i]})
		}
	}
	return lines
}
