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
	Attributes   map[string]string `json:"attributes,omitempty"` // every other column
	Stock        *Stock            `json:"stock,omitempty"`      // nil: no inventory feed for it
}

// Stock is what an inventory feed says of a SKU.
type Stock struct {
	OnHand      int64     `json:"onHand"`
	DailyDemand Micros    `json:"dailyDemand"` // units a day
	TargetDays  Micros    `json:"targetDays"`  // days of cover aimed at; 0: the shop's default
	At          time.Time `json:"at"`
}

// InCategory reports whether the path lies in category: the same path or below it.
func InCategory(path, category string) bool {
	return path == category || (len(path) > len(category) && path[len(category)] == '/' && strings.HasPrefix(path, category))
}
