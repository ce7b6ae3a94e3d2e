package boon

import (
	"encoding/json"
	"time"
)

// Kind is the Segment call an event came in by.
type Kind uint8

// The kinds. Their numbers are stored: never renumber.
const (
	KindTrack Kind = iota + 1
	KindIdentify
	KindPage
	KindScreen
	KindGroup
	KindAlias

	// The kinds below are Boon's own: no caller can send them. They put on the log what else changes state, so that state follows from the log.
	KindDecided // a decision was taken by a call: DecisionID
	KindLinked  // a server key or an operator says that Owner and Linked are one person
	KindCut     // an operator says that Owner and Linked are not
	KindElapsed // a timer of the trigger Name ran out for Owner at Time
	KindNoticed // a feed changed SKU, which Owner watches: Name says how
)

var kindNames = [...]string{"", "track", "identify", "page", "screen", "group", "alias"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// ParseKind reads Segment's "type"; the zero Kind stands for an unknown one.
func ParseKind(name string) Kind {
	for i, s := range kindNames {
		if s == name && i > 0 {
			return Kind(i)
		}
	}
	return 0
}

// Names of events that carry meaning (Segment Ecommerce v2; the last block is Boon's own, in the same style).
const (
	ProductsSearched     = "Products Searched"
	ProductListViewed    = "Product List Viewed"
	ProductViewed        = "Product Viewed"
	ProductAdded         = "Product Added"
	ProductRemoved       = "Product Removed"
	CartViewed           = "Cart Viewed"
	CheckoutStarted      = "Checkout Started"
	CheckoutStepViewed   = "Checkout Step Viewed"
	CheckoutStepComplete = "Checkout Step Completed"
	PaymentInfoEntered   = "Payment Info Entered"
	OrderCompleted       = "Order Completed"
	OrderUpdated         = "Order Updated"
	OrderRefunded        = "Order Refunded"
	OrderCancelled       = "Order Cancelled"
	CouponEntered        = "Coupon Entered"
	CouponApplied        = "Coupon Applied"
	CouponDenied         = "Coupon Denied"
	CouponRemoved        = "Coupon Removed"
	PromotionViewed      = "Promotion Viewed"
	PromotionClicked     = "Promotion Clicked"

	PaymentFailed      = "Payment Failed"
	ReturnRequested    = "Return Requested"
	ReturnCompleted    = "Return Completed"
	ExchangeCompleted  = "Exchange Completed"
	PriceCompared      = "Price Compared"
	ExitIntent         = "Exit Intent"
	ShippingQuoted     = "Shipping Quoted"
	PromotionDismissed = "Promotion Dismissed"
	PromotionSaved     = "Promotion Saved"

	ProductBackInStock  = "Product Back In Stock" // of SKU, for somebody who waits for it
	ProductPriceDropped = "Product Price Dropped" // the same
)

// EventNames lists the names above.
func EventNames() []string {
	return []string{
		ProductsSearched, ProductListViewed, ProductViewed, ProductAdded, ProductRemoved, CartViewed,
		CheckoutStarted, CheckoutStepViewed, CheckoutStepComplete, PaymentInfoEntered,
		OrderCompleted, OrderUpdated, OrderRefunded, OrderCancelled,
		CouponEntered, CouponApplied, CouponDenied, CouponRemoved, PromotionViewed, PromotionClicked,
		PaymentFailed, ReturnRequested, ReturnCompleted, ExchangeCompleted, PriceCompared, ExitIntent, ShippingQuoted,
		PromotionDismissed, PromotionSaved,
	}
}

// Position is the place of an event in its partition of the log; the first is 1.
type Position uint64

// Event is one accepted message: hashed, stripped of known personal fields, immutable. Money is in minor units of Order.Currency.
type Event struct {
	MessageID string
	Kind      Kind
	Name      string // event name of a track call, page or screen name
	Time      time.Time
	Received  time.Time

	Owner    Identifier   // the identifier that earns the state: userId if present, else anonymousId
	Linked   []Identifier // further identifiers the same message names
	Verified bool         // asserted by a server key (or a file on the server), not by a browser

	Context Context
	Choices []Choice
	Traits  map[string]string // scalar traits that are not personal fields, as text

	Order *Order // cart, checkout, order and refund events

	SKU        string // product events: the product in question
	Category   string // product and list events
	Query      string // searches
	Coupon     string
	DecisionID string // exposure, click, dismissal, save
	OfferID    string
	Shipping   *int64 // Shipping Quoted, minor units of Order.Currency or of the shop

	Rest json.RawMessage // what the shop sent besides, minus personal fields; nil when nothing
}

// Context is where and on what an event or a request happened.
type Context struct {
	Channel  string `json:"channel,omitempty"`  // web, app, email, sms, push, webhook, store
	Device   string `json:"device,omitempty"`   // mobile, tablet, desktop, other
	Country  string `json:"country,omitempty"`  // ISO 3166-1 alpha-2
	Region   string `json:"region,omitempty"`   // ISO 3166-2
	Timezone string `json:"timezone,omitempty"` // IANA
	Locale   string `json:"locale,omitempty"`
	Store    string `json:"store,omitempty"`
	GPC      bool   `json:"gpc,omitempty"`
}

// Order is a cart, a checkout, an order or a refund. Amounts are minor units of Currency.
type Order struct {
	ID       string   `json:"id,omitempty"`
	Currency Currency `json:"currency"`
	Lines    []Line   `json:"lines,omitempty"`
	Total    int64    `json:"total,omitempty"`    // what the shopper pays, as the shop says
	Revenue  int64    `json:"revenue,omitempty"`  // net of discounts, before shipping and tax, as the shop says
	Shipping int64    `json:"shipping,omitempty"` // charged to the shopper
	Tax      int64    `json:"tax,omitempty"`
	Discount int64    `json:"discount,omitempty"`
	Coupons  []string `json:"coupons,omitempty"`
}

// Line is one product in a cart or order. Prices are per unit, in millionths of the major unit, since a unit may cost less than a cent.
type Line struct {
	ID        string   `json:"id,omitempty"`
	SKU       string   `json:"sku"`
	Category  string   `json:"category,omitempty"`
	Quantity  int64    `json:"quantity"`
	Price     Micros   `json:"price"`               // what a unit costs now
	ListPrice Micros   `json:"listPrice,omitempty"` // before discounts; 0: same as Price
	Discounts []string `json:"discounts,omitempty"` // names of promotions already in Price
	Tax       int64    `json:"tax,omitempty"`       // minor units, of the whole line
	Saved     int64    `json:"saved,omitempty"`     // minor units taken off the line already, as the shop says
	Coupon    int64    `json:"coupon,omitempty"`    // minor units of Saved that came from coupons
}

// Amount is price x quantity in minor units of c.
func (l Line) Amount(c Currency) int64 { return l.Price.Times(l.Quantity, c) }

// List is the amount before discounts in minor units of c.
func (l Line) List(c Currency) int64 {
	if l.ListPrice > l.Price {
		return l.ListPrice.Times(l.Quantity, c)
	}
	return l.Amount(c) + l.Saved
}

// Merchandise is the sum of the lines' amounts, without shipping.
func (o Order) Merchandise() int64 {
	var sum int64
	for _, l := range o.Lines {
		sum += l.Amount(o.Currency)
	}
	return sum
}
