package boon

import (
	"cmp"
	"time"
)

// GrantState is where a grant is in its life.
type GrantState string

// The states of a grant (domain: issued -> saved -> reserved -> redeemed -> reversed; expired, revoked).
const (
	StateIssued   GrantState = "issued"
	StateSaved    GrantState = "saved"
	StateReserved GrantState = "reserved"
	StateRedeemed GrantState = "redeemed"
	StateReversed GrantState = "reversed"
	StateExpired  GrantState = "expired"
	StateRevoked  GrantState = "revoked"
)

// Open reports whether the grant can still be used.
func (s GrantState) Open() bool {
	return s == StateIssued || s == StateSaved || s == StateReserved
}

// Grant is one offer given to one person, owned by the identifier that earned it. Amounts are minor units of Currency.
type Grant struct {
	ID        string     `json:"id"`
	Offer     string     `json:"offer"`
	Campaign  string     `json:"campaign,omitempty"`
	Decision  string     `json:"decision,omitempty"` // "" for a public code redeemed without one
	Owner     Identifier `json:"owner"`
	Release   string     `json:"release"`
	Type      RewardType `json:"type"`
	Level     Micros     `json:"level"`
	Currency  Currency   `json:"currency"`
	Budget    string     `json:"budget,omitempty"` // "": unfunded (a nudge)
	Committed int64      `json:"committed"`        // what the budget holds for it while it is open
	State     GrantState `json:"state"`
	Before    GrantState `json:"before,omitempty"` // while reserved, and after: issued or saved
	Code      string     `json:"code"`
	Uses      int64      `json:"uses"` // redemptions left
	IssuedAt  time.Time  `json:"issuedAt"`
	ExpiresAt time.Time  `json:"expiresAt"`
	Discount  int64      `json:"discount,omitempty"` // redeemed so far
	Reversed  int64      `json:"reversed,omitempty"` // of Discount, taken back
	OrderID   string     `json:"orderId,omitempty"`  // last order that redeemed it
	ChangedAt time.Time  `json:"changedAt"`
	Arm       string     `json:"arm,omitempty"`    // of the experiment that splits its budget
	Places    []Place    `json:"places,omitempty"` // counters it stands in, besides its place under the offer's total cap; never changed in place

	Channel  string  `json:"channel,omitempty"`  // by which a decision gave it; "": its owner came with a code
	Timezone string  `json:"timezone,omitempty"` // of its owner as the decision knew it: where the days of limits turn
	Shown    []Shown `json:"-"`                  // contacts without a grant that the decision counted; only until it is issued
}

// Place is what stands in a counter on something's account, so that it can be given back to where it was taken.
type Place struct {
	Key string `json:"key"`
	N   int64  `json:"n"`
}

// LineDiscount is the part of a discount that falls on one line.
type LineDiscount struct {
	ID       string `json:"id"`
	SKU      string `json:"sku,omitempty"`
	Price    Micros `json:"price,omitempty"` // of a unit: tells apart lines of one SKU
	Quantity int64  `json:"quantity,omitempty"`
	Minor    int64  `json:"minor"`
}

// Reservation holds a grant for an open checkout.
type Reservation struct {
	ID        string         `json:"id"`
	Grant     string         `json:"grant"`
	OrderID   string         `json:"orderId,omitempty"`
	At        time.Time      `json:"at"`
	ExpiresAt time.Time      `json:"expiresAt"`
	Currency  Currency       `json:"currency"`
	Discount  int64          `json:"discount"`
	Lines     []LineDiscount `json:"lines"`
	Gone      bool           `json:"gone,omitempty"` // redeemed, released or timed out
	Turn      int            `json:"turn,omitempty"` // among those that one call made, in the order of application
	Cart      *Order         `json:"cart,omitempty"` // what it was made with: lines and shipping
}

// Redemption is one use of a grant by one order.
type Redemption struct {
	ID       string         `json:"id"`
	Grant    string         `json:"grant"`
	Offer    string         `json:"offer"`
	OrderID  string         `json:"orderId"`
	Turn     int            `json:"turn,omitempty"` // how many redemptions its order had before it
	At       time.Time      `json:"at"`
	Currency Currency       `json:"currency"`
	Discount int64          `json:"discount"`
	Overrun  int64          `json:"overrun,omitempty"`
	Lines    []LineDiscount `json:"lines"`
	Reversed []LineDiscount `json:"reversed,omitempty"` // by line, cumulative
	Cost     int64          `json:"cost,omitempty"`     // what the budget was charged: Discount net of the vendor's share, a gift at cost, points at their value
	Gift     string         `json:"gift,omitempty"`     // SKU of what was given away
	Vendor   int64          `json:"vendor,omitempty"`   // what a vendor owes for it, besides Cost
	Basket   []BasketLine   `json:"basket,omitempty"`   // the order's lines in the offer's scope, of points, or where the offer claws back
	Rest     []BasketLine   `json:"rest,omitempty"`     // the order's other lines: they came with it, and nothing was taken off them
	Places   []Place        `json:"places,omitempty"`   // ceilings that its cost counts under
	Points   int64          `json:"points,omitempty"`   // credited
	Draws    []Draw         `json:"draws,omitempty"`    // of Points, spent by the customer
	LapsesAt time.Time      `json:"lapsesAt,omitzero"`  // points that are not spent by then lapse
	Lapsed   bool           `json:"lapsed,omitempty"`
	Ended    bool           `json:"ended,omitempty"` // taken back whole, and its use given anew
}

// ByTurn orders the redemptions of an order as they were booked. Those that were stored without a turn go by time, then id.
func ByTurn(a, b Redemption) int {
	return cmp.Or(cmp.Compare(a.Turn, b.Turn), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
}

// BasketLine is one line of an order, with how much of it came back.
type BasketLine struct {
	ID       string `json:"id,omitempty"`
	SKU      string `json:"sku,omitempty"`
	Price    Micros `json:"price,omitempty"` // of a unit
	Quantity int64  `json:"quantity"`
	Minor    int64  `json:"minor"`
	Returned int64  `json:"returned,omitempty"`
}

// Reversal takes back a redemption, whole or by line.
type Reversal struct {
	ID         string         `json:"id"`
	Redemption string         `json:"redemption"`
	At         time.Time      `json:"at"`
	Reason     string         `json:"reason"`
	Currency   Currency       `json:"currency"`
	Amount     int64          `json:"amount"`
	Lines      []LineDiscount `json:"lines"`
	Clawback   int64          `json:"clawback,omitempty"` // of Amount, what the shop withholds from the refund of the lines
}

// Draw is points that a customer spent.
type Draw struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Points int64     `json:"points"`
	Reason string    `json:"reason,omitempty"`
}

// AccountKind is a kind of ledger account; each exists per budget and currency.
type AccountKind string

// The accounts. funding, vendor_funding and overrun are sources (their balance is negative in the journal), the others hold what came from them.
const (
	AccountFunding      AccountKind = "funding"
	AccountAvailable    AccountKind = "available"
	AccountCommitted    AccountKind = "committed"
	AccountReserved     AccountKind = "reserved"
	AccountPromoExpense AccountKind = "promo_expense"
	AccountOverrun      AccountKind = "overrun"
	AccountReversal     AccountKind = "reversal"
	AccountLiability    AccountKind = "liability"
	AccountBreakage     AccountKind = "breakage"

	AccountVendorFunding    AccountKind = "vendor_funding"    // a source: what vendors promised
	AccountVendorReceivable AccountKind = "vendor_receivable" // what they owe
)

// Account names one account.
type Account struct {
	Budget   string      `json:"budget"`
	Currency Currency    `json:"currency"`
	Kind     AccountKind `json:"kind"`
}

// Posting moves Minor units into (positive) or out of (negative) an account.
type Posting struct {
	Account Account `json:"account"`
	Minor   int64   `json:"minor"`
}

// Entry is one journal entry: what one transition did to the money. Its postings sum to zero per currency; it is never changed.
type Entry struct {
	ID         string    `json:"id"`
	At         time.Time `json:"at"`
	Transition string    `json:"transition"` // fund, issue, reserve, release, redeem, reverse, expire, revoke ...
	Grant      string    `json:"grant,omitempty"`
	OrderID    string    `json:"orderId,omitempty"`
	Adjusts    time.Time `json:"adjusts,omitzero"` // the time it would have had: it belongs to a period that was closed
	Postings   []Posting `json:"postings"`
}

// Limit names a counter that must not pass Max: a cap or a frequency window. Refusal is the reason when it would.
type Limit struct {
	Key     string `json:"key"`
	Max     int64  `json:"max"`
	Refusal Reason `json:"refusal"`
}
