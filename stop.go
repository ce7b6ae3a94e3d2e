package boon

import "time"

// PauseKind is what a pause stops.
type PauseKind string

// The kinds of pauses.
const (
	PauseOffer    PauseKind = "offer"
	PauseCampaign PauseKind = "campaign"
	PauseCategory PauseKind = "category" // offers whose scope, gift or goods at hand lie in it
	PauseChannel  PauseKind = "channel"  // the placements of a channel
	PauseAll      PauseKind = "all"      // every offer at once; it has no id
)

// Halt is a pause as decisions see it. Refuse says that grants given before it are refused too; Bound names the bound on fairness that was passed.
type Halt struct {
	Kind   PauseKind `json:"kind"`
	ID     string    `json:"id,omitempty"`
	Refuse bool      `json:"refuse,omitempty"`
	Bound  string    `json:"bound,omitempty"`
}

// Aim is what a pause may hit: an offer, the channel it is given by, and the categories it touches.
type Aim struct {
	Offer, Campaign, Channel string
	Touches                  func(category string) bool
}

// Hits reports whether the halt stops what is aimed at. A channel is about where offers show, so it also keeps grants from showing there that were
// given before.
func (h Halt) Hits(a Aim) bool {
	switch h.Kind {
	case PauseOffer:
		return h.ID == a.Offer
	case PauseCampaign:
		return h.ID == a.Campaign && a.Campaign != ""
	case PauseChannel:
		return h.ID == a.Channel && a.Channel != ""
	case PauseCategory:
		return a.Touches(h.ID)
	}
	return h.Kind == PauseAll
}

// String is "offer x", "campaign x" or "all offers".
func (h Halt) String() string {
	if h.Kind == PauseAll {
		return "all offers"
	}
	return string(h.Kind) + " " + h.ID
}

// Pause is an offer, a campaign, a category, a channel or everything stopped by a rule or a human until a human resumes it.
type Pause struct {
	Halt
	At      time.Time         `json:"at"`
	By      string            `json:"by"`             // the name of a key, or the rule's id after "rule:"
	Rule    string            `json:"rule,omitempty"` // the StopLoss that held, or the Fairness that was passed
	Reason  string            `json:"reason"`
	Figures map[string]string `json:"figures,omitempty"`
}

// StopLoss watches one live figure of what it covers and pauses it, or tells a human, when the figure passes its bound.
type StopLoss struct {
	ID     string    `json:"id"`
	Covers Covers    `json:"covers"` // shop, or each campaign or offer by itself; no ids: every one
	When   Threshold `json:"when"`
	Action string    `json:"action"`           // pause | alarm
	Refuse bool      `json:"refuse,omitempty"` // a pause refuses grants given before it too
}

// Figure is what a StopLoss looks at, within its window.
type Figure string

// The figures.
const (
	FigureDiscountRate Figure = "discount_rate" // discount by what the orders came to without it
	FigureReturnsRate  Figure = "returns_rate"  // redemptions taken back within the window, by redemptions
	FigureSpend        Figure = "spend"         // what budgets were charged
	FigureRedemptions  Figure = "redemptions"
	FigureSuspicious   Figure = "suspicious" // redemptions by profiles that an Abuse rule marked
)

// Threshold holds when Figure is above Above over the last Over, once there are AtLeast redemptions. Above is a share, an amount in major
// units, or a count.
type Threshold struct {
	Figure  Figure        `json:"figure"`
	Above   Micros        `json:"above"`
	Over    time.Duration `json:"over"`
	AtLeast int64         `json:"atLeast"`
}

// Signal is a pattern of abuse that the money path can see.
type Signal string

// The signals.
const (
	SignalSharedDevice Signal = "shared_device" // many customers bring codes of one offer from one device or browser
	SignalCodeStuffing Signal = "code_stuffing" // many codes on one order, or by one customer
	SignalQuickReturn  Signal = "quick_return"  // one customer's redemptions come back soon
)

// Abuse marks customers as suspicious when a signal is counted more than Above times within Over.
type Abuse struct {
	ID     string        `json:"id"`
	Signal Signal        `json:"signal"`
	Above  int64         `json:"above"`
	Over   time.Duration `json:"over"`
	Action string        `json:"action"` // alarm | refuse
}

// Alarms says where alarms go besides the list.
type Alarms struct {
	Webhook string `json:"webhook,omitempty"`
}
