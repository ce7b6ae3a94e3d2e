package decide

import (
	"boon"
	"boon/feature"
)

// The features that rules written here in Go read.
var (
	averageOrder    = defined("profile.aov")
	fraudFlag       = defined("profile.fraud_flag")
	returnOpen      = defined("profile.return_open")
	paymentFailures = defined("session.payment_failures")
)

func defined(name string) int {
	d, ok := feature.Lookup(name)
	if !ok {
		panic("decide: no feature is named " + name)
	}
	return d.Slot
}

// categories of a cart's lines.
func categories(cart boon.Order, products map[string]boon.Product) []string {
	list := make([]string, len(cart.Lines))
	for i, l := range cart.Lines {
		list[i] = category(l, products)
	}
	return list
}

// category of a line: the catalogue's, which goes deeper than the event's, where there is one.
func category(l boon.Line, products map[string]boon.Product) string {
	if p, ok := products[l.SKU]; ok && p.Category != "" {
		return p.Category
	}
	return l.Category
}

// rowOf is the row of a line of the cart, made when it is first asked for.
func (c *computation) rowOf(i int) *feature.Row {
	if c.lines == nil {
		c.lines = make([]*feature.Row, len(c.in.Request.Cart.Lines))
	}
	if c.lines[i] == nil {
		c.lines[i] = c.lineRow(c.in.Request.Cart.Lines[i])
	}
	return c.lines[i]
}

// lineRow is one line of the cart as guardrails see it: product is the line's, cart.category asks of the line.
func (c *computation) lineRow(l boon.Line) *feature.Row {
	product, ok := c.products[l.SKU]
	if !ok {
		product = boon.Product{SKU: l.SKU, Category: l.Category}
	}
	in := c.in.feature(c.policy, &product)
	in.Category = category(l, c.products)
	v := c.in.Vector.WithProduct(in)
	return feature.NewRow(&v, c.in.Request.At, []string{in.Category})
}
