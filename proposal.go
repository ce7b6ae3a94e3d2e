package boon

import "time"

// ProposalState is where a proposal is.
type ProposalState string

// The states of a proposal; only an open one can be decided.
const (
	ProposalOpen     ProposalState = "open"
	ProposalApproved ProposalState = "approved" // and published
	ProposalRejected ProposalState = "rejected"
)

// Proposal is a publication that waits for somebody else's approval.
type Proposal struct {
	ID      string        `json:"id"`
	At      time.Time     `json:"at"`
	By      string        `json:"by"`             // the name of the key
	Note    string        `json:"note,omitempty"` // why
	Base    string        `json:"base"`           // the release in force when it was made; "" before the first
	Release string        `json:"release"`        // what it would put in force
	Changes string        `json:"changes"`        // in words, one element a paragraph
	State   ProposalState `json:"state"`
	Decider string        `json:"decider,omitempty"`
	Decided time.Time     `json:"decided,omitzero"`
	Reply   string        `json:"reply,omitempty"`  // the decider's words
	Source  []byte        `json:"source,omitempty"` // the release's body
}

// Approvals says what one person cannot publish alone.
type Approvals struct {
	Required string `json:"required,omitempty"` // "budgets", "all", "none"; empty: none
}

// AccessKey is what is known of an API key besides its hash.
type AccessKey struct {
	Name   string    `json:"name"`
	Scopes []string  `json:"scopes"`
	At     time.Time `json:"at"`
}
