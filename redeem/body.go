package redeem

import (
	"time"

	"boon"
)

// ReversalBody is the body of reversals.
type ReversalBody struct {
	Lines  []LineReturn `json:"lines,omitempty"`
	Reason string       `json:"reason"`
	DryRun bool         `json:"dryRun,omitempty"` // answer, and keep nothing
}

// DrawBody is the body of draws.
type DrawBody struct {
	Points int64  `json:"points"`
	Reason string `json:"reason,omitempty"`
	DryRun bool   `json:"dryRun,omitempty"` // answer, and keep nothing
}

// Drawn answers a draw.
type Drawn struct {
	ID     string `json:"id"`
	Points int64  `json:"points"`
	Left   int64  `json:"left"` // points of the redemption that are not spent yet
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
	Lines    []LineAnswer `json:"lines,omitzero"` // always there when Valid
	Gift     string       `json:"gift,omitempty"` // SKU of what is given
	Reason   boon.Reason  `json:"reason,omitempty"`
	Detail   string       `json:"detail,omitempty"`

	Codes []ValidatedCode `json:"codes,omitempty"` // of several codes, each in the order of the request; Discount and Lines are of all that apply
}

// ValidatedCode answers one of several codes.
type ValidatedCode struct {
	Code string `json:"code"`
	Validation
}

// Reserved answers a reservation. Of several codes each has its own in Codes, and Discount and Lines are of all.
type Reserved struct {
	ID        string       `json:"id,omitempty"`
	GrantID   string       `json:"grantId,omitempty"`
	ExpiresAt time.Time    `json:"expiresAt,omitzero"`
	Discount  boon.Money   `json:"discount"`
	Lines     []LineAnswer `json:"lines"`

	Codes []ReservedCode `json:"codes,omitempty"`
}

// ReservedCode answers one of several codes.
type ReservedCode struct {
	Code string `json:"code"`
	Reserved
}

// Redeemed answers a redemption. Of several codes each has its own in Codes, and Discount and Lines are of all.
type Redeemed struct {
	ID       string       `json:"id,omitempty"`
	GrantID  string       `json:"grantId,omitempty"`
	Discount boon.Money   `json:"discount"`
	Points   int64        `json:"points,omitempty"` // credited
	Lines    []LineAnswer `json:"lines"`
	Gift     string       `json:"gift,omitempty"` // SKU of what is given

	Codes []RedeemedCode `json:"codes,omitempty"`
}

// RedeemedCode answers one of several codes, or of several reservations.
type RedeemedCode struct {
	Code string `json:"code,omitempty"`
	Redeemed
}

// Reversed answers a reversal.
type Reversed struct {
	ID       string      `json:"id"`
	Amount   boon.Money  `json:"amount"`
	Clawback *boon.Money `json:"clawback,omitempty"` // of Amount, what to withhold from the refund: the rest of the order is below the offer's minimum
}

func validation(c claim) Validation {
	return Validation{Valid: true, GrantID: c.grant.ID, Points: c.applied.Points, Lines: lineAnswers(c.applied.Lines, c.grant.Currency),
		Discount: &boon.Money{Minor: c.applied.Total, Currency: c.grant.Currency}, Gift: giftSKU(c.offer)}
}

func reserved(r boon.Reservation) Reserved {
	return Reserved{ID: r.ID, GrantID: r.Grant, ExpiresAt: r.ExpiresAt, Discount: boon.Money{Minor: r.Discount, Currency: r.Currency},
		Lines: lineAnswers(r.Lines, r.Currency)}
}

func redeemed(r boon.Redemption) Redeemed {
	return Redeemed{ID: r.ID, GrantID: r.Grant, Discount: boon.Money{Minor: r.Discount, Currency: r.Currency},
		Points: r.Points, Lines: lineAnswers(r.Lines, r.Currency), Gift: r.Gift}
}

func reversed(v boon.Reversal) Reversed {
	a := Reversed{ID: v.ID, Amount: boon.Money{Minor: v.Amount, Currency: v.Currency}}
	if v.Clawback > 0 {
		a.Clawback = &boon.Money{Minor: v.Clawback, Currency: v.Currency}
	}
	return a
}

// drawnOf answers the last draw of a redemption.
func drawnOf(r boon.Redemption) Drawn {
	last := r.Draws[len(r.Draws)-1]
	return Drawn{ID: last.ID, Points: last.Points, Left: r.Points - drawn(r)}
}

func lineAnswers(lines []boon.LineDiscount, c boon.Currency) []LineAnswer {
	all := make([]LineAnswer, len(lines))
	for i, l := range lines {
		all[i] = LineAnswer{ID: l.ID, Discount: boon.Money{Minor: l.Minor, Currency: c}.Text()}
	}
	return all
}
