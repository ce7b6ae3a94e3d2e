package publish

import (
	"time"

	"boon"
)

// Scenario is what a merchandiser expects of a bundle: given this shopper and this shop, what one request, event or code after the other comes to.
type Scenario struct {
	Name  string
	Now   time.Time // of the first step, before its After
	Given Given
	Steps []Step

	Warnings []string // of what is allowed and rarely meant, each with its place

	path string
	at   Positions
}

// Of is the place of a field of the scenario, by its path from the scenario on, such as "steps[1].expect.checkout.offer".
func (s *Scenario) Of(path string) Position { return s.at.Of(s.path + "." + path) }

// Given is what happened before. Nothing is set that cannot happen: features follow from orders and events.
type Given struct {
	Shopper  Shopper
	Orders   []PastOrder
	Events   []PastEvent
	Contacts []PastContact
	Shelf    Shelf
	Taken    map[string]int64 // grants that others have, by offer
	Budgets  map[string]int64 // what each can still promise, minor units
	Paused   []string         // offers and campaigns
}

// Shopper is who the scenario is about. Without a word on holdouts and arms it is somebody in no holdout, and of each experiment in the first arm
// that is given everything, else the first that is not the control.
type Shopper struct {
	Email   string
	Traits  map[string]string
	Consent map[string]bool
	Context ShopperContext
	Holdout string            // universal, or a campaign
	Arms    map[string]string // by experiment
}

// ShopperContext is where and on what the shopper is.
type ShopperContext struct {
	Channel  string `json:"channel,omitempty"`
	Device   string `json:"device,omitempty"`
	Country  string `json:"country,omitempty"`
	Timezone string `json:"timezone,omitempty"`
}

// Shelf is what the feeds say.
type Shelf struct {
	Stock       map[string]Stock
	Prices      map[string]int64            // by SKU, minor units
	Competitors map[string]map[string]int64 // by SKU and competitor, minor units
}

// Stock is one row of the inventory feed.
type Stock struct {
	OnHand      int64
	DailyDemand *boon.Micros // nil: the feed does not say
}

// PastOrder stands for Count orders, the last one Ago, the others Every before it.
type PastOrder struct {
	Ago, Every time.Duration
	Count      int64
	Total      int64 // where the cart is empty, minor units
	Cart       Cart
	By         string // "others": each by somebody else; else by the shopper
}

// PastEvent is an event before the first step.
type PastEvent struct {
	Ago time.Duration
	Event
}

// PastContact is an offer that a decision before the first step gave the shopper at a placement, or a nudge that it showed.
type PastContact struct {
	Ago              time.Duration
	Offer, Placement string
}

// Event is one track call.
type Event struct {
	Name       string
	SKU        string
	Cart       Cart
	Order      string // its id
	Properties map[string]any
}

// Cart is a cart or an order. A line without a price has that of the catalogue.
type Cart struct {
	Lines    []CartLine
	Shipping int64 // minor units
	Coupons  []string
}

// CartLine is one line; amounts are of a unit.
type CartLine struct {
	SKU, Category    string
	Quantity         int64
	Price, ListPrice boon.Micros
	Discounts        []string // promotions that are in the price already
}

// Step is one thing that happens, and what is expected of it.
type Step struct {
	After  time.Duration // since the step before, or since now
	When   When
	Expect Expect

	Path string // from the scenario on: "" where the scenario is its only step
}

// When is what happens in a step, in this order: feeds, consent, an event, a request, a code.
type When struct {
	Shelf      Shelf
	Consent    map[string]bool
	Event      Event
	Placements []string
	Trigger    string
	Cart       Cart
	SKU        string
	Code       string
	Codes      []string // several at once, instead of Code
	Redeem     string   // the order that they are redeemed on
}

// Holds reports whether a code is held against the cart.
func (w *When) Holds() bool { return w.Code != "" || len(w.Codes) > 0 }

// Expect is what must come of a step. What is left out is not looked at.
type Expect struct {
	Placements map[string]Expected
	Triggers   *[]string // that fire; nil: not looked at
	Features   map[string]any
	Code       *ExpectedCode           // of several codes what they come to together
	Codes      map[string]ExpectedCode // of several codes each
}

func (e *Expect) nothing() bool {
	return len(e.Placements)+len(e.Features)+len(e.Codes) == 0 && e.Triggers == nil && e.Code == nil
}

// Expected is what one placement must show.
type Expected struct {
	Trigger  string // of several decisions of one step, the one that this trigger asked for
	Outcome  boon.Outcome
	Offer    string
	Offers   *[]string
	Value    *boon.Micros
	Reason   string
	Title    *string
	Body     *string
	Live     *bool
	Discount *int64
	Lines    map[string]int64
	Eligible *[]string
	Refused  map[string]string // reason by offer
}

// nothing holds of what passes whatever the placement shows.
func (e Expected) nothing() bool {
	return e.Outcome+boon.Outcome(e.Offer+e.Reason) == "" && e.Offers == nil && e.Value == nil && e.Title == nil && e.Body == nil && e.Live == nil &&
		e.Discount == nil && e.Lines == nil && e.Eligible == nil && len(e.Refused) == 0
}

// ExpectedCode is what the code of a step must come to.
type ExpectedCode struct {
	Valid    *bool
	Reason   string
	Discount *int64
	Lines    map[string]int64
	Points   *int64
	Gift     string
}

func (e *ExpectedCode) nothing() bool {
	return e.Valid == nil && e.Reason+e.Gift == "" && e.Discount == nil && e.Lines == nil && e.Points == nil
}
