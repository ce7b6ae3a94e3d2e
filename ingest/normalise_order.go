package ingest

import (
	"slices"
	"strings"

	"boon"
)

// Bounds that keep sums of money far inside int64.
const (
	maxQuantity = 1_000_000_000
	maxMinor    = 100_000_000_000_000 // minor units of one amount
	maxNames    = 100                 // coupons of an order, discounts of a line
)

// shape is what the commerce fields of an event describe.
type shape uint8

const (
	shapeNone    shape = iota
	shapeOrder         // a cart, checkout, order, refund
	shapeProduct       // one product
	shapeList          // products on show: nobody's cart
)

var shapes = map[string]shape{
	boon.CartViewed: shapeOrder, boon.CheckoutStarted: shapeOrder, boon.CheckoutStepViewed: shapeOrder, boon.CheckoutStepComplete: shapeOrder,
	boon.PaymentInfoEntered: shapeOrder, boon.PaymentFailed: shapeOrder, boon.OrderCompleted: shapeOrder, boon.OrderUpdated: shapeOrder,
	boon.OrderRefunded: shapeOrder, boon.OrderCancelled: shapeOrder, boon.ReturnRequested: shapeOrder, boon.ReturnCompleted: shapeOrder,
	boon.ExchangeCompleted: shapeOrder, boon.ShippingQuoted: shapeOrder, boon.CouponEntered: shapeOrder, boon.CouponApplied: shapeOrder,
	boon.CouponDenied: shapeOrder, boon.CouponRemoved: shapeOrder, boon.ExitIntent: shapeOrder,
	boon.ProductViewed: shapeProduct, boon.ProductAdded: shapeProduct, boon.ProductRemoved: shapeProduct, boon.PriceCompared: shapeProduct,
	boon.ProductListViewed: shapeList, boon.ProductsSearched: shapeList,
}

// shape goes by the event's name, else by the fields that it has.
func (n *normaliser) shape() shape {
	p := n.m.properties
	if known, ok := shapes[n.m.Name]; ok {
		return known
	}
	switch {
	case p.get("products").present() && p.first("order_id", "checkout_id", "cart_id").present():
		return shapeOrder
	case p.first("sku", "product_id").present():
		return shapeProduct
	}
	return shapeNone
}

// commerce types what Segment's Ecommerce spec names.
func (n *normaliser) commerce() {
	p := n.m.properties
	if n.m.Kind != boon.KindTrack || !p.present() {
		return
	}
	n.event.DecisionID = n.text(p, "decisionId", "decision_id")
	n.event.OfferID = n.text(p, "offer_id", "offerId", "promotion_id")
	if codes := n.codes(nil, p.first("coupon", "coupon_id", "coupon_code")); len(codes) > 0 {
		n.event.Coupon = codes[0]
	}
	switch n.shape() {
	case shapeOrder:
		n.order(p)
	case shapeProduct:
		n.product(p)
	case shapeList:
		n.event.Query = n.unlessPersonal(n.text(p, "query"))
		n.event.Category = category(n.text(p, "category"))
	}
}

func (n *normaliser) product(p value) {
	n.orderly = true
	o := boon.Order{Currency: n.currency(p)}
	if n.text(p, "sku", "product_id", "productId") == "" {
		n.event.Category = category(n.text(p, "category"))
		return
	}
	line := n.line(p, o.Currency)
	line.ID = firstText(n.text(p, "line_id"), line.SKU)
	o.ID = n.text(p, "cart_id")
	n.room.lines = append(n.room.lines[:0], line)
	o.Lines = n.room.lines
	n.take(o)
	n.event.SKU, n.event.Category = line.SKU, line.Category
}

func (n *normaliser) order(p value) {
	n.orderly = true
	o := boon.Order{Currency: n.currency(p)}
	if o.ID = n.text(p, "order_id", "orderId", "checkout_id", "cart_id"); len(o.ID) > MaxID {
		n.fail(p.first("order_id", "orderId", "checkout_id", "cart_id"), "an id may be %d bytes long", MaxID)
	}
	o.Total = n.minor(p, o.Currency, "total", "value")
	o.Revenue = n.minor(p, o.Currency, "revenue")
	o.Shipping = n.minor(p, o.Currency, "shipping")
	o.Tax = n.minor(p, o.Currency, "tax")
	o.Discount = n.minor(p, o.Currency, "discount")
	o.Coupons = n.coupons(p)
	o.Lines = n.lines(p.get("products"), o.Currency)
	if n.m.Name == boon.ShippingQuoted {
		n.quote(p, &o)
	}
	if n.tells(p, &o) {
		n.take(o)
	}
	if len(o.Lines) == 0 {
		n.event.SKU = n.text(p, "sku", "product_id")
		n.event.Category = category(n.text(p, "category"))
	}
}

// tells reports whether an event says something of a cart or an order. A step of a checkout that names neither order nor content does not, and an empty
// order would deny what is in the cart; a view of the cart does by its content alone.
func (n *normaliser) tells(p value, o *boon.Order) bool {
	if o.Total != 0 || o.Revenue != 0 || p.get("products").present() {
		return true
	}
	return n.m.Name != boon.CartViewed && (o.ID != "" || p.get("currency").present())
}

func (n *normaliser) quote(p value, o *boon.Order) {
	if !p.first("shipping", "amount", "cost", "price").present() {
		return
	}
	quoted := n.minor(p, o.Currency, "shipping", "amount", "cost", "price")
	o.Shipping = quoted
	n.event.Shipping = &quoted
}

func (n *normaliser) currency(p value) boon.Currency {
	code := n.text(p, "currency")
	if code == "" {
		return n.Currency
	}
	c := boon.Currency(code)
	if !c.Valid() {
		c = boon.Currency(strings.ToUpper(code))
	}
	if !c.Valid() {
		n.fail(p.get("currency"), "%.20q is not an ISO 4217 code", code)
		return n.Currency
	}
	return c
}

// coupons are the codes of "coupon" and "coupons", each once.
func (n *normaliser) coupons(p value) []string {
	return n.codes(n.codes(nil, p.get("coupon")), p.get("coupons"))
}

// codes appends what shops write as a text, an object or an array of either, each code once. What is no code, such as false, is none.
func (n *normaliser) codes(list []string, v value) []string {
	var code string
	switch v.kind() {
	case tapeArray:
		return n.names(list, v)
	case tapeObject:
		code = n.nameOf(v)
	case tapeString, tapeNumber:
		code = v.text()
	}
	if code != "" && !slices.Contains(list, code) {
		list = append(list, code)
	}
	return list
}

// nameOf is the code, name or id of an object.
func (n *normaliser) nameOf(v value) string { return n.text(v, "code", "coupon", "name", "id") }

// minor reads an amount in minor units of c.
func (n *normaliser) minor(p value, c boon.Currency, keys ...string) int64 {
	v := p.first(keys...)
	if !v.present() {
		return 0
	}
	amount, err := boon.ParseDecimal(strings.TrimSpace(v.text()), c.Exponent())
	switch {
	case err != nil:
		n.fail(v, "a decimal number is wanted, such as 12.50")
	case amount < 0:
		n.fail(v, "an amount is not negative; write what comes back as %q", boon.OrderRefunded)
	case amount > maxMinor:
		n.fail(v, "the amount is out of range")
	}
	return amount
}

// names appends the texts of an array, or the code, name or id of its objects, each once.
func (n *normaliser) names(list []string, array value) []string {
	for i := array.items(); i.next(); {
		name := i.value.text()
		if i.value.kind() == tapeObject {
			name = n.nameOf(i.value)
		}
		if name == "" || slices.Contains(list, name) {
			continue
		}
		if len(list) == maxNames {
			n.fail(array, "at most %d are allowed", maxNames)
			break
		}
		list = append(list, name)
	}
	return list
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
