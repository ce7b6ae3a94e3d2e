package boon

import (
	"strings"
	"time"
)

// Product is one SKU of the catalogue. Prices are minor units of Currency.
type Product struct {
	SKU          string            `json:"sku"`
	Title        string            `json:"title,omitempty"`
	Brand        string            `json:"brand,omitempty"`
	Category     string            `json:"category,omitempty"` // path, levels joined by "/"
	Currency     Currency          `json:"currency,omitempty"`
	Price        int64             `json:"price,omitempty"`
	SalePrice    int64             `json:"salePrice,omitempty"`
	Cost         *int64            `json:"cost,omitempty"` // cost of goods sold; nil: unknown
	Availability string            `json:"availability,omitempty"`
	Attributes   map[string]string `json:"attributes,omitempty"`  // every other column
	Stock        *Stock            `json:"stock,omitempty"`       // nil: no inventory feed for it
	Competitors  []CompetitorPrice `json:"competitors,omitempty"` // the latest of each source, sorted by it
}

// CompetitorPrice is what a competitor asked for a SKU when it was seen last.
type CompetitorPrice struct {
	Source   string    `json:"source,omitempty"` // whose price it is; "": the feed does not say
	Currency Currency  `json:"currency"`
	Price    int64     `json:"price"` // minor units, above 0
	Seen     time.Time `json:"seen"`
}

// Stock is what an inventory feed says of a SKU.
type Stock struct {
	OnHand      int64     `json:"onHand"`
	DailyDemand Micros    `json:"dailyDemand"` // units a day
	TargetDays  Micros    `json:"targetDays"`  // days of cover aimed at; 0: the shop's default
	At          time.Time `json:"at"`
	DemandFrom  string    `json:"demandFrom,omitempty"` // who says DailyDemand: "" the feed, DemandOrders or DemandUnknown
}

// Where a stock's demand is from when not from the inventory feed.
const (
	DemandOrders  = "orders" // the shop's own, of late
	DemandUnknown = "unknown"
)

// Cover is how far a stock reaches (domain: what can be offered). The zero Cover says that nothing is known.
type Cover struct {
	Known    bool
	OnHand   int64
	Demand   Micros // units a day
	Sold     bool   // Demand is what the shop's own orders come to
	Days     Micros // of cover, at most MaxCover; that without any demand
	Target   Micros // days aimed at
	Pressure Micros // clamp((Days - Target) / Target, -1, +1): below 0 scarce, above 0 overstocked; 0 when not known
}

// MaxCover bounds days of cover: ten years.
const MaxCover = 3650 * Unit

// Current is what the product costs now, minor units: the sale price while there is one.
func (p *Product) Current() int64 {
	if p.OnSale() {
		return p.SalePrice
	}
	return p.Price
}

// OnSale reports whether the sale price is below the price.
func (p *Product) OnSale() bool { return p.SalePrice > 0 && p.SalePrice < p.Price }

// InStock is what the inventory feed says, else the catalogue's availability; true when neither speaks.
func (p *Product) InStock() bool {
	if p.Stock != nil {
		return p.Stock.OnHand > 0
	}
	switch strings.ReplaceAll(strings.ToLower(p.Availability), " ", "_") {
	case "out_of_stock", "sold_out", "discontinued":
		return false
	}
	return true
}

// InCategory reports whether the path lies in category: the same path or below it.
func InCategory(path, category string) bool {
	return path == category || (len(path) > len(category) && path[len(category)] == '/' && strings.HasPrefix(path, category))
}
