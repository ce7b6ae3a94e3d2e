package boon

import (
	"slices"
	"time"
)

// ContactPolicy bounds how often, when and by how many ways at once one person is contacted. A contact is a grant that a decision gives, a nudge that
// it shows, or a grant of the wallet that it tells again by a message. Who comes with a code was not contacted.
type ContactPolicy struct {
	ID         string         `json:"id"`
	Frequency  []ContactLimit `json:"frequency,omitempty"`
	Dismissals []Dismissals   `json:"dismissals,omitempty"`
	QuietHours *QuietHours    `json:"quietHours,omitempty"` // nil: DefaultQuietHours
	Messages   int64          `json:"messages,omitempty"`   // placements of one decision that may reach the shopper before a message no longer goes; 0: one
}

// Frequency allows Max contacts within Per, a rolling window, or within the running day, week or month of the shopper's Calendar; one of the two is set.
type Frequency struct {
	Max      int64         `json:"max"`
	Per      time.Duration `json:"per,omitempty"`
	Calendar Period        `json:"calendar,omitempty"`
}

// Apart says what is counted by itself: each offer, each stacking group or each channel. Without it all contacts count together.
type Apart string

// What can be counted apart.
const (
	EachOffer   Apart = "offer"
	EachGroup   Apart = "group"
	EachChannel Apart = "channel"
)

// ContactLimit is a frequency over the contacts of many offers.
type ContactLimit struct {
	Frequency
	Each     Apart    `json:"each,omitempty"`
	Channels []string `json:"channels,omitempty"` // only contacts by these; empty: by any
	Groups   []string `json:"groups,omitempty"`   // only of offers in these stacking groups; empty: of any
}

// Covers reports whether the limit is about contacts of a group by a channel.
func (l *ContactLimit) Covers(group, channel string) bool {
	return (len(l.Channels) == 0 || slices.Contains(l.Channels, channel)) && (len(l.Groups) == 0 || slices.Contains(l.Groups, group))
}

// Dismissals says when offers that the shopper waved away stay away: After so many dismissals within For, no more for another For.
type Dismissals struct {
	After int64         `json:"after"`
	Each  Apart         `json:"each,omitempty"` // EachOffer or EachGroup
	For   time.Duration `json:"for"`
}

// QuietHours are the hours of the recipient's day in which no message goes out by some channels. From and To are times since local midnight; From is
// quiet, To is not any more. Equal ones are no quiet hours at all.
type QuietHours struct {
	From     time.Duration `json:"from"`
	To       time.Duration `json:"to"`
	Channels []string      `json:"channels,omitempty"` // empty: every channel that reaches out
}

// DefaultQuietHours leave 8 to 21 o'clock for messages.
var DefaultQuietHours = QuietHours{From: 21 * time.Hour, To: 8 * time.Hour}

// Quiet reports whether the hours are about a channel.
func (q *QuietHours) Quiet(channel string) bool {
	if len(q.Channels) == 0 {
		return ReachesOut(channel)
	}
	return slices.Contains(q.Channels, channel)
}

// ReachesOut reports whether a channel comes to the shopper, wherever they are, rather than wait on a surface that they look at.
func ReachesOut(channel string) bool { return Immediacy(channel) > ImmediacyNow }

// How soon a channel reaches the shopper, sooner ones first.
const (
	ImmediacyNow   = iota // on the page or screen in front of them: web, app, store, webhook
	ImmediacySoon         // within minutes: push, sms
	ImmediacyLater        // when they next read: email, for what needs explaining
)

// Immediacy is how soon a channel reaches the shopper.
func Immediacy(channel string) int {
	switch channel {
	case "push", "sms":
		return ImmediacySoon
	case "email":
		return ImmediacyLater
	}
	return ImmediacyNow
}

// Shown is one contact that leaves no grant: a nudge, or a live grant that a message told again.
type Shown struct {
	Offer   string    `json:"offer"`
	Channel string    `json:"channel,omitempty"`
	At      time.Time `json:"at"`
}

// Dismissal is one offer that the shopper waved away.
type Dismissal struct {
	Offer    string    `json:"offer"`
	Decision string    `json:"decision,omitempty"` // that it came of: a decision's offer is waved away once
	At       time.Time `json:"at"`
}

// Told is what one identifier was contacted with besides grants, and what it waved away.
type Told struct {
	Shown     []Shown     // by time of the decision, newest last
	Dismissed []Dismissal // newest last
}

// ContactPolicy is the bundle's policy; without one, quiet hours and one message a decision still hold.
func (b *Bundle) ContactPolicy() *ContactPolicy {
	if len(b.ContactPolicies) == 0 {
		return &ContactPolicy{}
	}
	return &b.ContactPolicies[0]
}

// Quiet are the hours in which no message goes out.
func (p *ContactPolicy) Quiet() *QuietHours {
	if p.QuietHours == nil {
		return &DefaultQuietHours
	}
	return p.QuietHours
}
