package redeem

import (
	"strconv"
	"time"

	"boon"
)

// CartBody is a cart or an order on the wire; amounts are decimal texts in its currency.
type CartBody struct {
	ID       string        `json:"id,omitempty"`
	Currency boon.Currency `json:"currency"`
	Lines    []LineBody    `json:"lines"`
	Shipping string        `json:"shipping,omitempty"`
	Coupons  []string      `json:"coupons,omitempty"`
}

// LineBody is one line on the wire. Prices are per unit, tax is of the whole line.
type LineBody struct {
	ID        string   `json:"id,omitempty"`
	SKU       string   `json:"sku"`
	Category  string   `json:"category,omitempty"`
	Quantity  int64    `json:"quantity"`
	ListPrice string   `json:"listPrice,omitempty"`
	Price     string   `json:"price"`
	Discounts []string `json:"discounts,omitempty"`
	Tax       string   `json:"tax,omitempty"`
}

// ProfileBody names a customer by raw identifiers; the edge hashes them before anything else sees them.
type ProfileBody struct {
	AnonymousID string `json:"anonymousId,omitempty"`
	UserID      string `json:"userId,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`
}

// CallBody is the body of validations, reservations and redemptions.
type CallBody struct {
	Code          string      `json:"code,omitempty"`
	ReservationID string      `json:"reservationId,omitempty"`
	Profile       ProfileBody `json:"profile"`
	Cart          *CartBody   `json:"cart,omitempty"`
	Order         *CartBody   `json:"order,omitempty"`
	OrderID       string      `json:"orderId,omitempty"`
}

// ReversalBody is the body of reversals.
type ReversalBody struct {
	Lines  []LineReturn `json:"lines,omitempty"`
	Reason string       `json:"reason"`
}

// Request reads the body into a request of the hashed owners. The errors are invalid_request and name the field.
func (b CallBody) Request(owners []boon.Identifier) (Request, error) {
	r := Request{Code: b.Code, Reservation: b.ReservationID, Owners: owners, OrderID: b.OrderID}
	if (b.Code == "") == (b.ReservationID == "") {
		return r, boon.Invalid("code", "name either a code or a reservationId")
	}
	cart, field := b.Cart, "cart"
	if b.Order != nil {
		cart, field = b.Order, "order"
	}
	if cart == nil {
		if b.Code != "" {
			return r, boon.Invalid("cart", "a code needs a cart, or an order, to apply to")
		}
		return r, nil
	}
	var err error
	if r.Cart, err = cart.order(field); r.Cart.ID == "" && err == nil {
		r.Cart.ID = b.OrderID
	}
	return r, err
}

func (b CartBody) order(field string) (boon.Order, error) {
	o := boon.Order{ID: b.ID, Currency: b.Currency, Coupons: b.Coupons}
	if !b.Currency.Valid() {
		return o, boon.Invalid(field+".currency", "%q is not an ISO 4217 code", b.Currency)
	}
	var err error
	if o.Shipping, err = minor(b.Shipping, b.Currency, field+".shipping"); err != nil {
		return o, err
	}
	for i, l := range b.Lines {
		line, err := l.line(b.Currency, field+".lines["+strconv.Itoa(i)+"]")
		if err != nil {
			return o, err
		}
		if line.ID == "" {
			line.ID = strconv.Itoa(i + 1)
		}
		o.Lines = append(o.Lines, line)
	}
	return o, nil
}

// maxQuantity and maxPrice (in major units) keep sums over any cart far from the int64 range.
const (
	maxQuantity = 1_000_000
	maxPrice    = boon.Micros(10_000_000) * boon.Unit
)

func (b LineBody) line(c boon.Currency, field string) (boon.Line, error) {
	l := boon.Line{ID: b.ID, SKU: b.SKU, Category: b.Category, Quantity: b.Quantity, Discounts: b.Discounts}
	if b.SKU == "" {
		return l, boon.Invalid(field+".sku", "a line needs a sku")
	}
	if b.Quantity < 1 || b.Quantity > maxQuantity {
		return l, boon.Invalid(field+".quantity", "quantity must be between 1 and %d, not %d", maxQuantity, b.Quantity)
	}
	var err error
	if l.Price, err = price(b.Price, field+".price"); err != nil {
		return l, err
	}
	if b.ListPrice != "" {
		if l.ListPrice, err = price(b.ListPrice, field+".listPrice"); err != nil {
			return l, err
		}
	}
	l.Tax, err = minor(b.Tax, c, field+".tax")
	return l, err
}

func price(text, field string) (boon.Micros, error) {
	p, err := boon.ParseMicros(text)
	if err != nil || p < 0 || p > maxPrice {
		return 0, boon.Invalid(field, "%q is not a price: write a decimal text such as \"12.50\"", text)
	}
	return p, nil
}

func minor(text string, c boon.Currency, field string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if _, err := price(text, field); err != nil {
		return 0, err
	}
	m, err := boon.ParseMoney(text, c)
	return m.Minor, err
}

// LineAnswer is what comes off one line.
type LineAnswer struct {
	ID       string `json:"id"`
	Discount string `json:"discount"`
}

// Validation answers whether a code applies.
type Validation struct {
	Valid    bool         `json:"valid"`
	GrantID  string       `json:"grantId,omitempty"` // of the grant there is, or, for a public code, of the one that redeeming it today makes
	Discount *boon.Money  `json:"discount,omitempty"`
	Points   int64        `json:"points,omitempty"`
	Lines    []LineAnswer `json:"lines,omitempty"`
	Reason   boon.Reason  `json:"reason,omitempty"`
	Detail   string       `json:"detail,omitempty"`
}

// Reserved answers a reservation.
type Reserved struct {
	ID        string       `json:"id"`
	GrantID   string       `json:"grantId"`
	ExpiresAt time.Time    `json:"expiresAt"`
	Discount  boon.Money   `json:"discount"`
	Lines     []LineAnswer `json:"lines"`
}

// Redeemed answers a redemption.
type Redeemed struct {
	ID       string       `json:"id"`
	GrantID  string       `json:"grantId"`
	Discount boon.Money   `json:"discount"`
	Lines    []LineAnswer `json:"lines"`
}

// Reversed answers a reversal.
type Reversed struct {
	ID     string     `json:"id"`
	Amount boon.Money `json:"amount"`
}

func validation(c claim) Validation {
	return Validation{Valid: true, GrantID: c.grant.ID, Points: c.applied.Points, Lines: lineAnswers(c.applied.Lines, c.grant.Currency),
		Discount: &boon.Money{Minor: c.applied.Total, Currency: c.grant.Currency}}
}

func reserved(r boon.Reservation) Reserved {
	return Reserved{ID: r.ID, GrantID: r.Grant, ExpiresAt: r.ExpiresAt, Discount: boon.Money{Minor: r.Discount, Currency: r.Currency},
		Lines: lineAnswers(r.Lines, r.Currency)}
}

func redeemed(r boon.Redemption) Redeemed {
	return Redeemed{ID: r.ID, GrantID: r.Grant, Discount: boon.Money{Minor: r.Discount, Currency: r.Currency}, Lines: lineAnswers(r.Lines, r.Currency)}
}

func reversed(v boon.Reversal) Reversed {
	return Reversed{ID: v.ID, Amount: boon.Money{Minor: v.Amount, Currency: v.Currency}}
}

func lineAnswers(lines []boon.LineDiscount, c boon.Currency) []LineAnswer {
	all := make([]LineAnswer, len(lines))
	for i, l := range lines {
		all[i] = LineAnswer{ID: l.ID, Discount: boon.Money{Minor: l.Minor, Currency: c}.Text()}
	}
	return all
}
