package decide

import (
	"time"

	"boon"
	"boon/feature"
	"boon/internal/rule"
)

// The features that rules written here in Go read.
var (
	averageOrder    = defined("profile.aov")
	lastCart        = defined("profile.cart_total")
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

// categories writes those of the cart's lines over list.
func (in *Inputs) categories(list []string) []string {
	list = list[:0]
	for i := range in.Request.Cart.Lines {
		list = append(list, in.category(&in.Request.Cart.Lines[i]))
	}
	return list
}

// category of a line: the catalogue's where there is one. Records of before fillCategories gave it to the lines hold what the caller said.
func (in *Inputs) category(l *boon.Line) string {
	if p := in.product(l.SKU); p != nil && p.Category != "" {
		return p.Category
	}
	return l.Category
}

// lateRow is the row of a line of the cart, made when a rule first asks for it.
type lateRow struct {
	c    *computation
	line *boon.Line
	row  *feature.Row
}

func (r *lateRow) made() *feature.Row {
	if r.row == nil {
		r.row = r.c.lineRow(*r.line)
	}
	return r.row
}

// Value implements rule.Row.
func (r *lateRow) Value(field int) rule.Value { return r.made().Value(field) }

// Now implements rule.Row.
func (r *lateRow) Now() time.Time { return r.c.in.Request.At }

// Categories implements rule.Row.
func (r *lateRow) Categories() []string { return r.made().Categories() }

// lineRow is one line of the cart as guardrails see it: product is the line's, cart.category asks of the line.
func (c *computation) lineRow(l boon.Line) *feature.Row {
	product := c.in.product(l.SKU)
	if product == nil {
		product = &boon.Product{SKU: l.SKU, Category: l.Category}
	}
	in := c.in.feature(c.policy, product)
	in.Category = c.in.category(&l)
	v := c.in.Vector.WithProduct(&in)
	return feature.NewRow(&v, c.in.Request.At, []string{in.Category})
}
