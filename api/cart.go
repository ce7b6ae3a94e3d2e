package api

import (
	"bytes"
	"encoding/json"
	"strconv"

	"boon"
	"boon/ingest"
)

// decimalText is a decimal number as its own digits: a JSON string, or a number's literal. No float is made of it.
type decimalText string

// UnmarshalJSON takes "12.50" and 12.50. What is neither keeps its text: money as answers write it, or what whoever reads the amount refuses by its field.
func (d *decimalText) UnmarshalJSON(data []byte) error {
	switch {
	case bytes.Equal(data, []byte("null")):
		return nil
	case data[0] == '"':
		*d = decimalText(bytes.Trim(data, `"`))
		return nil
	}
	*d = decimalText(data)
	return nil
}

// cartRequest is a cart or, with an id, an order.
type cartRequest struct {
	ID       string        `json:"id,omitempty" doc:"of an order"`
	Currency boon.Currency `json:"currency,omitempty" doc:"ISO 4217; the shop's when absent"`
	Lines    []lineRequest `json:"lines,omitempty"`
	Shipping decimalText   `json:"shipping,omitempty" doc:"charged to the shopper"`
	Tax      decimalText   `json:"tax,omitempty"`
	Coupons  []string      `json:"coupons,omitempty"`
}

type lineRequest struct {
	ID        string         `json:"id,omitempty" doc:"names the line in the answer; its place from 1 when absent"`
	SKU       string         `json:"sku"`
	Category  string         `json:"category,omitempty" doc:"path; the catalogue's when absent"`
	Quantity  *int64         `json:"quantity,omitempty" doc:"1 when absent"`
	Price     decimalText    `json:"price" doc:"of a unit, now; may be finer than the currency, and the line's amount is rounded"`
	ListPrice decimalText    `json:"listPrice,omitempty" doc:"of a unit, before discounts"`
	Discounts []lineDiscount `json:"discounts,omitempty" doc:"promotions already in the price, by name"`
	Tax       decimalText    `json:"tax,omitempty" doc:"of the whole line"`
}

// lineDiscount is a promotion that is already in a line's price.
type lineDiscount string

// UnmarshalJSON takes a name, or an object with name or id.
func (d *lineDiscount) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, (*string)(d))
	}
	var named struct{ Name, ID string }
	if err := json.Unmarshal(data, &named); err != nil {
		return err
	}
	*d = lineDiscount(named.Name)
	if named.Name == "" {
		*d = lineDiscount(named.ID)
	}
	return nil
}

// Bounds of a cart, so that no sum in minor units can leave int64.
const (
	maxLines    = 1000
	maxQuantity = 1_000_000
	maxAmount   = 1_000_000_000_000_000 // minor units of a line
)

// short refuses ids that no index takes.
func short(field string, ids ...string) error {
	for _, id := range ids {
		if len(id) > ingest.MaxID {
			return boon.Invalid(field, "An id may be %d bytes long.", ingest.MaxID)
		}
	}
	return nil
}

// order reads the cart; field is its own JSON path.
func (c cartRequest) order(field string, fallback boon.Currency) (boon.Order, error) {
	currency := c.Currency
	if currency == "" {
		currency = fallback
	}
	o := boon.Order{ID: c.ID, Currency: currency, Coupons: c.Coupons}
	if !currency.Valid() {
		return o, boon.Invalid(field+".currency", "%q is not an ISO 4217 code.", string(currency))
	}
	if len(c.Lines) > maxLines {
		return o, boon.Invalid(field+".lines", "A cart may have %d lines.", maxLines)
	}
	r := amounts{currency: currency, cart: field, line: -1}
	o.Shipping = r.minor("shipping", c.Shipping)
	o.Tax = r.minor("tax", c.Tax)
	o.Lines = c.lines(&r)
	o.Total = o.Merchandise() + o.Shipping
	return o, r.err
}

func (c cartRequest) lines(r *amounts) []boon.Line {
	lines := make([]boon.Line, len(c.Lines))
	seen := make(map[string]bool, len(c.Lines))
	for i := range c.Lines {
		if r.err != nil {
			return nil
		}
		r.line = i
		lines[i] = c.Lines[i].read(r)
		if lines[i].ID == "" {
			lines[i].ID = strconv.Itoa(i + 1)
		}
		if seen[lines[i].ID] {
			r.fail("id", "Two lines have the id %q.", lines[i].ID)
		}
		seen[lines[i].ID] = true
	}
	return lines
}

func (in *lineRequest) read(r *amounts) boon.Line {
	l := boon.Line{ID: in.ID, SKU: in.SKU, Category: in.Category, Quantity: 1}
	if in.Quantity != nil {
		l.Quantity = *in.Quantity
	}
	for _, d := range in.Discounts {
		l.Discounts = append(l.Discounts, string(d))
	}
	if in.SKU == "" {
		r.fail("sku", "A line needs its SKU.")
	}
	if l.Quantity < 1 || l.Quantity > maxQuantity {
		r.fail("quantity", "A quantity is a whole number from 1 to %d.", maxQuantity)
	}
	if in.Price == "" {
		r.fail("price", "A line needs the price of a unit.")
	}
	l.Price, l.ListPrice = r.unit("price", in.Price), r.unit("listPrice", in.ListPrice)
	if l.ListPrice > 0 && l.ListPrice < l.Price {
		r.fail("listPrice", "A unit costs %s and so more than its list price: nobody pays more than the public price.", l.Price)
	}
	l.Tax = r.minor("tax", in.Tax)
	if r.err == nil && max(l.Amount(r.currency), l.List(r.currency)) > maxAmount {
		r.fail("price", "The line's amount is out of range.")
	}
	return l
}

// amounts reads decimal text of one currency; the first mistake stays. It names its field then, since few carts have any.
type amounts struct {
	currency boon.Currency
	cart     string // the JSON path
	line     int    // that is read; -1: none of them
	err      error
}

func (a *amounts) fail(field, format string, args ...any) {
	if a.err != nil {
		return
	}
	at := a.cart
	if a.line >= 0 {
		at = index(at+".lines", a.line)
	}
	a.err = boon.Invalid(at+"."+field, format, args...)
}

// digits are those of an amount that stands alone, or with its currency as answers write money.
func (a *amounts) digits(field string, text decimalText) string {
	var money struct {
		Amount   decimalText
		Currency boon.Currency
	}
	if text[0] != '{' || json.Unmarshal([]byte(text), &money) != nil {
		return string(text)
	}
	if money.Currency != a.currency {
		a.fail(field, "The currency of this amount is %q, that of the cart %s.", string(money.Currency), a.currency)
	}
	return string(money.Amount)
}

func (a *amounts) minor(field string, text decimalText) int64 {
	if text == "" || a.err != nil {
		return 0
	}
	m, err := boon.ParseMoney(a.digits(field, text), a.currency)
	if err != nil || m.Minor < 0 || m.Minor > maxAmount {
		a.fail(field, "%.40q is not an amount such as \"12.50\".", string(text))
		return 0
	}
	return m.Minor
}

func (a *amounts) unit(field string, text decimalText) boon.Micros {
	if text == "" || a.err != nil {
		return 0
	}
	m, err := boon.ParseMicros(a.digits(field, text))
	if err != nil || m < 0 {
		a.fail(field, "%.40q is not a price such as \"12.50\".", string(text))
		return 0
	}
	return m
}
