package boon

import "time"

// Trigger is a named pattern over the event stream: one of its own in When, or a ready-made one that Use names.
type Trigger struct {
	ID         string        `json:"id"`
	When       Pattern       `json:"when,omitzero"`
	Use        ReadyMade     `json:"use,omitempty"`
	With       Parameters    `json:"with,omitzero"`        // of the ready-made pattern; zero: its default
	Cooldown   time.Duration `json:"cooldown,omitempty"`   // zero: none, or that of the ready-made pattern
	Placements []string      `json:"placements,omitempty"` // empty: those of the offers that name this trigger
	Quiet      Quiet         `json:"quiet,omitempty"`      // "": deferred where nobody looks at a page (see package trigger), else dropped
}

// Quiet says what becomes of a firing when every placement of the trigger is in quiet hours.
type Quiet string

// What becomes of it.
const (
	QuietDefer Quiet = "defer" // the decision is taken when quiet hours are over
	QuietDrop  Quiet = "drop"  // it is taken at once, and gives nothing
)

// Pattern is what a trigger waits for. It begins with one Event, with Any of several, or with a Sequence; then a Count within a window, and an absence.
type Pattern struct {
	Event    string        `json:"event,omitempty"`
	Where    string        `json:"where,omitempty"` // CEL
	Any      []Step        `json:"any,omitempty"`
	Sequence []Step        `json:"sequence,omitempty"` // all of them, in this order, within Within
	Count    int64         `json:"count,omitempty"`
	Within   time.Duration `json:"within,omitempty"`
	By       string        `json:"by,omitempty"` // CEL: what is counted, or followed, apart
	Apart    time.Duration `json:"apart,omitempty"`
	Absent   *Absence      `json:"absent,omitempty"`
}

// Step is an event that may have to meet a condition.
type Step struct {
	Event string `json:"event"`
	Where string `json:"where,omitempty"` // CEL
}

// Absence fires when neither Event nor Any of several has followed: For long, or for as many of the shopper's own purchase cycles as Cycles says.
type Absence struct {
	Event  string        `json:"event,omitempty"`
	Where  string        `json:"where,omitempty"` // CEL
	Any    []Step        `json:"any,omitempty"`
	For    time.Duration `json:"for,omitempty"`
	Cycles Micros        `json:"cycles,omitempty"`
}

// ReadyMade names a pattern that comes with Boon (see package trigger).
type ReadyMade string

// The ready-made patterns.
const (
	UseExitIntent     ReadyMade = "exit_intent"
	UsePriceCheck     ReadyMade = "price_check"
	UseSecondVisit    ReadyMade = "second_visit"
	UseShippingShock  ReadyMade = "shipping_shock"
	UsePaymentTrouble ReadyMade = "payment_trouble"
	UseCartAbandoned  ReadyMade = "cart_abandoned"
	UseLapsing        ReadyMade = "lapsing_customer"
	UseBackInStock    ReadyMade = "back_in_stock"
	UsePriceDrop      ReadyMade = "price_drop"
)

// Parameters adapt a ready-made pattern; each pattern has some of them.
type Parameters struct {
	Percentile int64         `json:"percentile,omitempty"` // 1..99, of the shop's order values
	Above      Micros        `json:"above,omitempty"`      // share of what is usual, or of the price
	Count      int64         `json:"count,omitempty"`
	Within     time.Duration `json:"within,omitempty"`
	Apart      time.Duration `json:"apart,omitempty"`
	For        time.Duration `json:"for,omitempty"`
	Cycles     Micros        `json:"cycles,omitempty"`
}
