package boon

import (
	"slices"
	"time"
)

// OverrideAct is what a human has decisions do beside the release.
type OverrideAct string

// The acts.
const (
	OverridePin OverrideAct = "pin" // the offer wins over every other that is allowed
	OverrideBan OverrideAct = "ban" // the offer, or without one every offer, is refused
)

// Override is a human's word over what the release says, for a while or until it is taken back.
type Override struct {
	ID        string       `json:"id"` // chosen by who puts it
	Act       OverrideAct  `json:"act"`
	Offer     string       `json:"offer,omitempty"`     // of a ban that names who, "" is every offer
	Who       []Identifier `json:"who,omitempty"`       // only for these; empty: for everybody
	Segment   string       `json:"segment,omitempty"`   // only in it
	Placement string       `json:"placement,omitempty"` // only there
	Until     time.Time    `json:"until,omitzero"`      // not at or after
	At        time.Time    `json:"at"`
	By        string       `json:"by"` // the name of a key
	Reason    string       `json:"reason"`
}

// Stands reports whether the override is in force at some time for somebody with these identifiers.
func (o *Override) Stands(members []Identifier, at time.Time) bool {
	if !o.Until.IsZero() && !at.Before(o.Until) {
		return false
	}
	return len(o.Who) == 0 || slices.ContainsFunc(o.Who, func(id Identifier) bool { return slices.Contains(members, id) })
}

// Covers reports whether the override is about an offer at a placement.
func (o *Override) Covers(offer, placement string) bool {
	return (o.Offer == "" || o.Offer == offer) && (o.Placement == "" || o.Placement == placement)
}

// HoldState is where a hold is in its life.
type HoldState string

// The states of a hold.
const (
	HoldWaiting  HoldState = "waiting"
	HoldApproved HoldState = "approved"
	HoldRejected HoldState = "rejected"
	HoldExpired  HoldState = "expired"
)

// Hold is a grant that a decision would have made and that waits for a human.
type Hold struct {
	ID        string       `json:"id"`
	State     HoldState    `json:"state"`
	Grant     Grant        `json:"grant"` // to issue, or as issued
	Profile   string       `json:"profile"`
	Placement string       `json:"placement"`
	Named     []Identifier `json:"named,omitempty"` // by the request: they count under caps per identifier
	At        time.Time    `json:"at"`
	ExpiresAt time.Time    `json:"expiresAt"`
	DecidedAt time.Time    `json:"decidedAt,omitzero"`
	By        string       `json:"by,omitempty"`   // the name of the key that decided
	Note      string       `json:"note,omitempty"` // of who decided
}

// HoldID names what waits for one owner of one offer, so that it waits once.
func HoldID(offer string, owner Identifier) string {
	return ContentID(PrefixHold, []byte(offer+"\x00"+owner.String()))
}
