package decide

import (
	"boon"
	"boon/catalog"
	"boon/model"
)

// basket is the order that the decision is about: the cart, or what this shopper usually buys when there is none yet.
type basket struct {
	amount int64 // merchandise, minor units
	margin int64 // contribution before promotion, minor units
}

// contribution is Pi before promotion (domain: one outcome): revenue net of VAT, less cost of goods, returns, payment fee and shipping, plus
// shipping income. Minor units.
func contribution(shop *boon.Shop, order *boon.Order, costs []lineCost, shipped bool) int64 {
	var revenue, goods int64
	for i := range order.Lines {
		l := &order.Lines[i]
		revenue += l.Amount(order.Currency)
		if shop.PricesInclude == "vat" {
			revenue -= l.Tax
		}
		goods += costs[i].cost
	}
	gross := revenue - goods
	pi := gross - shop.Cost.ReturnRate.Of(gross) - shop.Cost.PaymentFee.Of(revenue+order.Shipping) + order.Shipping
	if shipped {
		pi -= shop.Cost.Shipping
	}
	return pi
}

// lineCost is what one line's goods cost, minor units; known is false when the category's margin stood in for COGS. Beside it stands what guardrails
// ask of the goods.
type lineCost struct {
	cost   int64
	known  bool
	margin boon.Micros
	cover  boon.Cover
}

// lineCosts writes those of the cart's lines over costs.
func (in *Inputs) lineCosts(shop *boon.Shop, costs []lineCost) []lineCost {
	order := &in.Request.Cart
	costs = costs[:0]
	for i := range order.Lines {
		costs = append(costs, in.lineCost(shop, &order.Lines[i], order.Currency))
	}
	return costs
}

func (in *Inputs) lineCost(shop *boon.Shop, l *boon.Line, currency boon.Currency) lineCost {
	var p boon.Product
	if known := in.product(l.SKU); known != nil {
		p = *known
	}
	if p.Category == "" {
		p.Category = l.Category
	}
	c := lineCost{margin: catalog.Margin(p.Category, *shop), cover: catalog.CoverOf(p.Stock, shop.TargetDays)}
	if p.Cost != nil {
		c.cost, c.known = *p.Cost*l.Quantity, true
		return c
	}
	c.cost, c.known = catalog.Cost(p, l.List(currency), *shop)
	return c
}

// value fills the estimates of a candidate. Amounts are minor units; delta is an estimate and therefore a float.
//
//	delta = p*M - q*c - p0*M      (domain: a decision; M is the same basket with and without the offer; the caller takes off the channel's cost)
func value(c *boon.Candidate, o *boon.Offer, cost, benefit int64, b basket, rates *model.Rates, prior *model.Prior) {
	depth := 0.0
	if b.amount > 0 {
		depth = float64(benefit) / float64(b.amount)
	}
	e := rates.Estimate(model.Arm{Offer: o.ID, Level: c.Level}, depth, *prior)
	c.P0, c.P, c.Q, c.Cost = e.P0, e.P, e.Q, cost
	c.Delta = (e.P-e.P0)*float64(b.margin) - e.Q*float64(cost)
}
