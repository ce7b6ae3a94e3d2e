package feature

import (
	"slices"
	"strings"
	"time"

	"boon"
)

var sessionTable = []Definition{
	double("session.duration_minutes", "minutes", "from the session's first event to its last; a session ends after 30 minutes of silence", func(r *Reading) float64 { return float64(r.session.Last-r.session.Start) / 60000 }),
	integer("session.events", "events", "in this session; 0: none is open", func(r *Reading) int64 { return r.session.Events }),
	integer("session.product_views", "events", "in this session", func(r *Reading) int64 { return r.session.ProductViews }),
	integer("session.payment_failures", "events", "in this session", func(r *Reading) int64 { return r.session.PaymentFailures }),
	integer("session.errors", "events", "errors shown in this session", func(r *Reading) int64 { return r.session.Errors }),
	integer("session.retries", "events", "forms sent again in this session", func(r *Reading) int64 { return r.session.Retries }),
	integer("session.steps_repeated", "events", "checkout steps viewed again in this session", func(r *Reading) int64 { return r.session.StepsRepeated }),
	double("session.shipping_quoted", "major units of the shop's currency", "greatest shipping quote of this session, by Shipping Quoted or at the checkout", func(r *Reading) float64 { return float64(r.session.Shipping) / r.scale }),
	double("session.shipping_shock", "share", "shipping quoted / the session's cart, at most 1; 0 without either", func(r *Reading) float64 { return r.shippingShock() }),
	double("session.friction", "0..1", "0.30 a payment failure, 0.20 a retry, 0.15 an error, 0.10 a repeated step, 0.25 for shipping above a tenth of the cart; at most 1", func(r *Reading) float64 { return r.friction() }),
	double("session.cart_total", "major units of the shop's currency", "merchandise in the last cart, if this session touched it (profile.cart_total)", func(r *Reading) float64 { return float64(r.sessionCart().Total) / r.scale }),
	integer("session.cart_lines", "lines", "of the last cart of this session", func(r *Reading) int64 { return r.sessionCart().Lines }),
	text("session.mission", "", "replenish (a product is due, the one looked at, here or last in this session, or one in the cart: three quarters of its cycle, profile.product_cycle_days, have passed since it was bought), explore (three product views in this session, and nothing in its cart), else \"\"", func(r *Reading) string { return r.mission() }),
	text("session.mode", "", "on_the_go (on a phone, in the first five minutes), deep_dive (at a desktop, for ten minutes or six product views), else \"\"", func(r *Reading) string { return r.mode() }),
	double("session.shipping_over_usual", "major units of the shop's currency", "greatest shipping quote of this session, less profile.usual_shipping; 0 without a quote, where it is not more, and while nothing is usual", func(r *Reading) float64 { return float64(r.shippingOverUsual()) / r.scale }),
	integer("session.cart_percentile", "0..99", "per cent of the shop's recent orders that came to less than the last cart of this session; 0 until there are 20 orders", func(r *Reading) int64 { return r.cuts.Orders.percentile(r.sessionCart().Total) }),
	text("session.cart_category", "", "of the line that costs most in the last cart of this session; \"\" where the shop calls it sensitive", func(r *Reading) string { return r.unlessSensitive(r.sessionCart().Category) }),
}

// sessionCart is the last cart, if this session saw it.
func (r *Reading) sessionCart() Cart {
	if r.session.Events == 0 || r.basket.At < r.session.Start {
		return Cart{}
	}
	return r.basket
}

func (r *Reading) mission() string {
	switch {
	case r.due(r.looked()), slices.ContainsFunc(r.in.Cart.Lines, func(l boon.Line) bool { return r.due(l.SKU) }), r.putDue():
		return "replenish"
	case len(r.in.Cart.Lines) == 0 && r.sessionCart().Lines == 0 && r.session.ProductViews >= 3:
		return "explore"
	}
	return ""
}

// looked is the product looked at, else the one viewed last in this session.
func (r *Reading) looked() string {
	if sku := r.product().SKU; sku != "" || r.session.Events == 0 || r.Looked.At < r.session.Start {
		return sku
	}
	return r.Looked.Value
}

// putDue reports whether a product is due that was put into the cart of this session and lies there still.
func (r *Reading) putDue() bool {
	return r.sessionCart().Lines > 0 && slices.ContainsFunc(r.Moves, func(m Move) bool { return r.due(m.SKU) && r.left(m.SKU) > 0 })
}

// mode is how the shopper is about it: with a phone on the way, or at leisure at a desk.
func (r *Reading) mode() string {
	s, device := &r.session, cmpOr(r.in.Context.Device, r.Device.Value)
	minutes := (s.Last - s.Start) / 60000
	switch {
	case s.Events == 0:
		return ""
	case device == "mobile" && minutes < 5:
		return "on_the_go"
	case device == "desktop" && (minutes >= 10 || s.ProductViews >= 6):
		return "deep_dive"
	}
	return ""
}

func (r *Reading) shippingOverUsual() int64 {
	if !r.usualKnown {
		return 0
	}
	return max(r.session.Shipping-r.usual, 0)
}

func (r *Reading) shippingShock() float64 {
	return min(share(r.session.Shipping, r.sessionCart().Total), 1)
}

func (r *Reading) friction() float64 {
	s := &r.session
	hundredths := 30*s.PaymentFailures + 20*s.Retries + 15*s.Errors + 10*s.StepsRepeated
	if r.shippingShock() > 0.1 {
		hundredths += 25
	}
	return float64(min(hundredths, 100)) / 100
}

var contextTable = []Definition{
	text("context.channel", "", "web, app, email, sms, push, webhook or store", func(r *Reading) string { return r.in.Context.Channel }),
	text("context.device", "", "mobile, tablet, desktop or other", func(r *Reading) string { return r.in.Context.Device }),
	text("context.country", "ISO 3166-1", "of the request", func(r *Reading) string { return r.in.Context.Country }),
	text("context.region", "ISO 3166-2", "of the request", func(r *Reading) string { return r.in.Context.Region }),
	text("context.timezone", "IANA", "of the request, else of the shop", func(r *Reading) string { return cmpOr(r.in.Context.Timezone, r.in.Shop.Timezone) }),
	text("context.locale", "", "of the request", func(r *Reading) string { return r.in.Context.Locale }),
	text("context.store", "", "of the request", func(r *Reading) string { return r.in.Context.Store }),
	integer("context.hour", "0..23", "in the request's time zone, else in the shop's", func(r *Reading) int64 { return int64(r.local.Hour()) }),
	integer("context.weekday", "1..7", "ISO 8601, Monday is 1; in the same time zone", func(r *Reading) int64 { return int64(r.local.Weekday()+6)%7 + 1 }),
	instant("now", "when the decision is made", func(r *Reading) time.Time { return r.in.Now.UTC().Round(0) }),
}

var cartTable = []Definition{
	double("cart.total", "major units of the cart's currency", "merchandise at current prices, without shipping", func(r *Reading) float64 { return float64(Merchandise(&r.in.Cart)) / r.cartScale }),
	integer("cart.items", "units", "over all lines", func(r *Reading) int64 { return r.cartItems() }),
	integer("cart.lines", "lines", "", func(r *Reading) int64 { return int64(len(r.in.Cart.Lines)) }),
	text("cart.currency", "ISO 4217", "", func(r *Reading) string { return string(r.in.Cart.Currency) }),
	double("cart.shipping", "major units of the cart's currency", "charged to the shopper", func(r *Reading) float64 { return float64(r.in.Cart.Shipping) / r.cartScale }),
	double("cart.discount_share", "share", "discounts already there / list amount", func(r *Reading) float64 { return r.cartDiscountShare() }),
	double("cart.max_price", "major units of the cart's currency", "of the dearest unit", func(r *Reading) float64 { return r.cartMaxPrice().Float() }),
	integer("cart.percentile", "0..99", "per cent of the shop's recent orders that came to less than the cart; 0 until there are 20 orders, and for another currency than the shop's", func(r *Reading) int64 { return r.cartPercentile() }),
	texts("cart.categories", "of the lines, sorted, each once", func(r *Reading) []string { return r.cartTexts(func(l *boon.Line) string { return l.Category }) }),
	texts("cart.skus", "of the lines, sorted, each once", func(r *Reading) []string { return r.cartTexts(func(l *boon.Line) string { return l.SKU }) }),
	texts("cart.coupons", "codes entered already, sorted", func(r *Reading) []string { return sorted(r.in.Cart.Coupons) }),
}

func (r *Reading) cartPercentile() int64 {
	if c := r.in.Cart.Currency; c != "" && c != r.in.Shop.Currency {
		return 0
	}
	return r.cuts.Orders.percentile(Merchandise(&r.in.Cart))
}

func (r *Reading) cartItems() (items int64) {
	for i := range r.in.Cart.Lines {
		items += r.in.Cart.Lines[i].Quantity
	}
	return items
}

func (r *Reading) cartDiscountShare() float64 {
	paid := Merchandise(&r.in.Cart)
	off := Discount(&r.in.Cart)
	return min(max(share(off, paid+off), 0), 1)
}

func (r *Reading) cartMaxPrice() (most boon.Micros) {
	for i := range r.in.Cart.Lines {
		most = max(most, r.in.Cart.Lines[i].Price)
	}
	return most
}

func (r *Reading) cartTexts(of func(*boon.Line) string) []string {
	if len(r.in.Cart.Lines) == 0 {
		return nil
	}
	found := make([]string, 0, len(r.in.Cart.Lines))
	for i := range r.in.Cart.Lines {
		if s := of(&r.in.Cart.Lines[i]); s != "" {
			found = append(found, s)
		}
	}
	return sorted(found)
}

var productTable = []Definition{
	text("product.sku", "", "of the product looked at; \"\" for none", func(r *Reading) string { return r.product().SKU }),
	text("product.category", "", "path; without a product, the category looked at", func(r *Reading) string { return r.category }),
	text("product.brand", "", "", func(r *Reading) string { return r.product().Brand }),
	double("product.price", "major units of the product's currency", "the sale price while there is one", func(r *Reading) float64 { return r.major(r.product().Current()) }),
	boolean("product.on_sale", "the sale price is below the price", func(r *Reading) bool { return r.product().OnSale() }),
	double("product.pressure", "-1..1", "of stock: below 0 scarce, above 0 overstocked; 0 when not known", func(r *Reading) float64 { return r.in.Cover.Pressure.Float() }),
	boolean("product.stock_known", "an inventory feed speaks of it", func(r *Reading) bool { return r.in.Cover.Known }),
	integer("product.on_hand", "units", "0 when not known, too", func(r *Reading) int64 { return r.in.Cover.OnHand }),
	double("product.demand", "units a day", "as the inventory feed says, else as the shop's own orders come to of late; 0 when neither is known", func(r *Reading) float64 { return r.in.Cover.Demand.Float() }),
	double("product.days_of_cover", "days", "on hand / demand, at most 3650; 0 when the stock is not known", func(r *Reading) float64 { return r.in.Cover.Days.Float() }),
	boolean("product.in_stock", "the inventory feed says so, else the catalogue's availability; true when neither speaks", func(r *Reading) bool { return r.product().InStock() }),
	boolean("product.margin_known", "the product has a cost, or the shop a margin for its category", func(r *Reading) bool { return r.marginKnown() }),
	boolean("product.competitor_known", "a competitor's price is known and fresh (Shop.competitorAge), and the product's own is known", func(r *Reading) bool { return r.compared() }),
	text("product.competitor", "", "whose price is the lowest fresh one; \"\" where the feed does not say, too", func(r *Reading) string { return r.competitor().Source }).when("product.competitor_known"),
	double("product.competitor_price", "major units of the product's currency", "the lowest fresh price of a competitor", func(r *Reading) float64 { return r.major(r.competitor().Price) }).when("product.competitor_known"),
	double("product.price_gap", "share", "(product.price - product.competitor_price) / product.price: 0.1 says that a tenth off would match; below 0 the product is cheaper here", func(r *Reading) float64 { return r.priceGap() }).when("product.competitor_known"),
	dictionary("product.attributes", "every other column of the catalogue", func(r *Reading) Map { return mapOf(r.product().Attributes) }),
}

var (
	noProduct boon.Product
	noShop    = new(boon.Shop)
)

func (r *Reading) product() *boon.Product {
	if r.in.Product == nil {
		return &noProduct
	}
	return r.in.Product
}

// major is an amount of the product's currency, given in minor units.
func (r *Reading) major(minor int64) float64 {
	return float64(minor) / scaleOf(cmpOr(r.product().Currency, r.in.Shop.Currency))
}

func (r *Reading) marginKnown() bool {
	if r.product().Cost != nil {
		return true
	}
	if _, ok := r.in.Shop.Margins["default"]; ok {
		return true
	}
	for category := r.category; category != ""; category = parent(category) {
		if _, ok := r.in.Shop.Margins[category]; ok {
			return true
		}
	}
	return false
}

func parent(category string) string {
	return category[:max(strings.LastIndexByte(category, '/'), 0)]
}
