package redeem

import (
	"cmp"
	"math"
	"slices"

	"boon"
	"boon/offer"
)

// goods are what a paid order's lines are worth to the codes that it names, in minor units. What an order says beyond that was taken off by somebody else,
// or is a mistake.
type goods struct {
	lines [][]int64 // by code and line; 0 where the code is not about the line
	codes []int64   // what a code's lines come to
	all   int64     // what the lines come to that at least one code is about
}

// worthTo measures an order for the offers of its codes; nil is about every line. An order that says nothing of its lines or their prices has no bound.
func worthTo(order boon.Order, offers []*boon.Offer) goods {
	g := goods{lines: make([][]int64, len(offers)), codes: make([]int64, len(offers))}
	most := make([]int64, len(order.Lines)) // of a line, to one of the codes
	for i, o := range offers {
		g.lines[i] = worthOf(order, o)
		g.codes[i] = sum(g.lines[i])
		for j, own := range g.lines[i] {
			most[j] = max(most[j], own)
		}
	}
	g.all = sum(most)
	if sum(worthOf(order, nil)) == 0 {
		g.all, g.codes = math.MaxInt64, slices.Repeat([]int64{math.MaxInt64}, len(offers))
	}
	return g
}

// worthOf measures the lines of an order for one offer: of a bundle the units in complete sets.
func worthOf(order boon.Order, o *boon.Offer) []int64 {
	worth := make([]int64, len(order.Lines))
	for i, l := range order.Lines {
		worth[i] = lineWorth(l, order.Currency)
	}
	if o == nil {
		return worth
	}
	for i, units := range offer.Units(&o.Scope, &order) {
		worth[i] = boon.MulDiv(worth[i], units, max(1, order.Lines[i].Quantity))
	}
	return worth
}

// lineWorth is what a line comes to before its coupons: its price is what is paid after them. It is never more than its list price.
func lineWorth(l boon.Line, c boon.Currency) int64 {
	if l.Quantity <= 0 {
		return 0
	}
	amount := max(0, l.Amount(c))
	worth := amount + max(0, l.Coupon)
	if l.ListPrice > 0 {
		worth = min(worth, max(amount, l.ListPrice.Times(l.Quantity, c)))
	}
	return worth
}

// hold cuts what an order says was taken off to what its lines are worth.
func (g goods) hold(order boon.Order) boon.Order {
	coupons := make([]int64, len(order.Lines))
	for i, l := range order.Lines {
		coupons[i] = min(max(0, l.Coupon), lineWorth(l, order.Currency))
	}
	if sum(coupons) > g.all {
		coupons = boon.Spread(g.all, coupons)
	}
	order.Discount, order.Lines = min(order.Discount, g.all), slices.Clone(order.Lines)
	for i := range order.Lines {
		order.Lines[i].Coupon = coupons[i]
	}
	return order
}

// within spreads an amount by weight over what has so much room; then what is left over all that still have some.
func within(room []int64, total int64, weights []int64) []int64 {
	shares := make([]int64, len(weights))
	total = fill(shares, room, total, weights)
	fill(shares, room, total, slices.Repeat([]int64{1}, len(weights)))
	return shares
}

// fill adds an amount by weight to shares that have so much room, and returns what found none. Each round gives all of it, or closes a share.
func fill(shares, room []int64, total int64, weights []int64) int64 {
	open := slices.Clone(weights)
	for total > 0 && slices.Max(open) > 0 {
		for i, n := range boon.Spread(total, open) {
			n = min(n, room[i]-shares[i])
			shares[i], total = shares[i]+n, total-n
			if shares[i] == room[i] {
				open[i] = 0
			}
		}
	}
	return total
}

// place puts the codes' shares where each would take them off by itself, as far as lines have room; then on lines that the code is about, then on any.
// The code with the fewest goods goes first.
func (g goods) place(shares []int64, rows [][]int64, room []int64) {
	for _, i := range inOrder(len(rows), func(a, b int) int { return cmp.Compare(g.codes[a], g.codes[b]) }) {
		own := boon.Spread(min(shares[i], sum(rows[i])), rows[i])
		rows[i] = layOn(room, shares[i], own, g.lines[i], room)
	}
}

// layOn lays a share on lines and takes it off their room: up to the first bounds by line, what they do not hold up to the next.
func layOn(room []int64, share int64, bounds ...[]int64) []int64 {
	row := make([]int64, len(room))
	for _, most := range bounds {
		open := make([]int64, len(room))
		for j := range room {
			open[j] = min(room[j], most[j])
		}
		for j, minor := range boon.Spread(min(share-sum(row), sum(open)), open) {
			row[j] += minor
			room[j] -= minor
		}
	}
	return row
}
