package feature

import (
	"maps"
	"slices"

	"boon"
)

// Meaning is what an event counts as. Its numbers are stored: never renumber, append only.
type Meaning int

// The meanings.
const (
	Events Meaning = iota // every event
	Searches
	ListViews
	Views
	Adds
	Removes
	CartViews
	Checkouts
	CheckoutSteps
	Orders
	ForeignOrders // in another currency than the shop's; counted in Orders too
	CouponOrders
	Refunds
	Cancellations
	ReturnsRequested
	ReturnsCompleted
	Exchanges
	CouponsEntered
	CouponsApplied
	CouponsDenied
	PromotionsViewed
	PromotionsClicked
	PromotionsDismissed
	PromotionsSaved
	PaymentFailures
	Errors
	Retries
	ShippingQuotes
	PriceComparisons
	ExitIntents
	meanings
)

// Names of friction events that the storefront snippet sends, besides those in the root.
const (
	ErrorShown  = "Error Shown"
	FormRetried = "Form Retried"
)

// EventNames lists the names of events that features count, sorted.
func EventNames() []string { return slices.Sorted(maps.Keys(meaningOf)) }

var meaningOf = map[string]Meaning{
	boon.ProductsSearched:   Searches,
	"Product Searched":      Searches,
	boon.ProductListViewed:  ListViews,
	boon.ProductViewed:      Views,
	boon.ProductAdded:       Adds,
	boon.ProductRemoved:     Removes,
	boon.CartViewed:         CartViews,
	boon.CheckoutStarted:    Checkouts,
	boon.CheckoutStepViewed: CheckoutSteps,
	boon.OrderCompleted:     Orders,
	boon.OrderRefunded:      Refunds,
	boon.OrderCancelled:     Cancellations,
	boon.ReturnRequested:    ReturnsRequested,
	boon.ReturnCompleted:    ReturnsCompleted,
	boon.ExchangeCompleted:  Exchanges,
	boon.CouponEntered:      CouponsEntered,
	boon.CouponApplied:      CouponsApplied,
	boon.CouponDenied:       CouponsDenied,
	boon.PromotionViewed:    PromotionsViewed,
	boon.PromotionClicked:   PromotionsClicked,
	boon.PromotionDismissed: PromotionsDismissed,
	boon.PromotionSaved:     PromotionsSaved,
	boon.PaymentFailed:      PaymentFailures,
	ErrorShown:              Errors,
	"Error":                 Errors,
	"Error Occurred":        Errors,
	"Form Error":            Errors,
	FormRetried:             Retries,
	"Form Retry":            Retries,
	boon.ShippingQuoted:     ShippingQuotes,
	boon.PriceCompared:      PriceComparisons,
	boon.ExitIntent:         ExitIntents,
}
