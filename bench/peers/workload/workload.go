package workload

// Kind is what a condition asks about.
type Kind string

// The kinds.
const (
	Category Kind = "category" // some line lies in one of Any
	Channel  Kind = "channel"  // the request comes by one of Any
	Country  Kind = "country"  // the customer lives in one of Any
	Segment  Kind = "segment"  // the customer is in one of Any
	Time     Kind = "time"     // From <= now < To
	Total    Kind = "total"    // the cart is worth Min or more
)

// Promotion applies when all its conditions hold.
type Promotion struct {
	ID         string      `json:"id"`
	Conditions []Condition `json:"conditions"`
	Discount   Discount    `json:"discount"`
}

// Condition asks one thing; which fields count depends on its kind.
type Condition struct {
	Kind Kind     `json:"kind"`
	Any  []string `json:"any,omitempty"`
	Min  int64    `json:"min,omitempty"`  // minor units
	From int64    `json:"from,omitempty"` // seconds since 1970
	To   int64    `json:"to,omitempty"`   // seconds since 1970, exclusive
}

// Discount is a share of the cart, or an amount.
type Discount struct {
	Percent int64 `json:"percent,omitempty"`
	Amount  int64 `json:"amount,omitempty"` // minor units
}

// Of is what the discount takes off a cart, in minor units, rounded down and never more than the cart.
func (d Discount) Of(total int64) int64 {
	if d.Percent > 0 {
		return total * d.Percent / 100
	}
	return min(d.Amount, total)
}

// Request is a cart and its customer at a moment.
type Request struct {
	Cart     Cart     `json:"cart"`
	Customer Customer `json:"customer"`
	Now      int64    `json:"now"` // seconds since 1970
}

// Cart is worth Total, in minor units.
type Cart struct {
	Lines []Line `json:"lines"`
	Total int64  `json:"total"`
}

// Line is some pieces of one product; Price and Margin are minor units a piece.
type Line struct {
	SKU      string `json:"sku"`
	Category string `json:"category"`
	Price    int64  `json:"price"`
	Quantity int64  `json:"quantity"`
	Margin   int64  `json:"margin"`
}

// Customer is what an engine is told of the shopper; the promotions ask about the first three only.
type Customer struct {
	Segments      []string `json:"segments"`
	Country       string   `json:"country"`
	Channel       string   `json:"channel"`
	ID            string   `json:"id"`
	Language      string   `json:"language"`
	Device        string   `json:"device"`
	Tier          string   `json:"tier"`
	AgeBand       string   `json:"ageBand"`
	City          string   `json:"city"`
	Lifetime      int64    `json:"lifetime"` // minor units
	Average       int64    `json:"average"`  // minor units an order
	Orders        int64    `json:"orders"`
	DaysSinceLast int64    `json:"daysSinceLast"`
	OptIn         bool     `json:"optIn"`
	App           bool     `json:"app"`
}

// Categories are those of the lines, in their order.
func (r *Request) Categories() []string {
	list := make([]string, len(r.Cart.Lines))
	for i, l := range r.Cart.Lines {
		list[i] = l.Category
	}
	return list
}

// Set is what an engine is built of and asked.
type Set struct {
	Promotions []Promotion `json:"promotions"`
	Requests   []Request   `json:"requests"`
}

// Answer is which promotions apply to a request, by index, and what the best of them takes off.
type Answer struct {
	Matches []int32 `json:"matches"`
	Best    int64   `json:"best"` // minor units
}
