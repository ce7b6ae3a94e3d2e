package ledger

import (
	"cmp"
	"time"

	"boon"
)

// Transition is what happens to a grant or a budget; it is the word in the journal.
type Transition string

// The transitions.
const (
	Fund    Transition = "fund"         // a budget's period gets its amount, or an addition to it
	Defund  Transition = "defund"       // what is left of a closed or lowered period goes back
	Issue   Transition = "issue"        // the offer is granted; its cost is set aside
	Save    Transition = "save"         // the customer keeps it
	Reserve Transition = "reserve"      // an open checkout holds it
	Release Transition = "release"      // the checkout lets go of it, or times out
	Use     Transition = "use"          // one use of several is redeemed
	Redeem  Transition = "redeem"       // the last use is redeemed
	Settle  Transition = "settle"       // a paid order used it although nothing was set aside for it
	Return  Transition = "reverse_part" // a part of what was redeemed is taken back
	Reverse Transition = "reverse"      // the last of what was redeemed is taken back
	Claw    Transition = "claw_back"    // the rest of a discount is taken back, since a return left less than its minimum

	Reinstate Transition = "reinstate" // a use that came back whole can be used again
	Draw      Transition = "draw"      // points are spent
	Break     Transition = "break"     // points lapse

	Expire Transition = "expire" // its time is over
	Revoke Transition = "revoke" // the shop withdraws it
)

// Held is the To of a row that leads back to what the grant was before its reservation or redemption.
const Held boon.GrantState = "held"

// Row is one line of the table: in state From (empty: there is no grant yet), By leads to To, posts Flow and moves the offer's counter by Cap.
type Row struct {
	From boon.GrantState
	By   Transition
	To   boon.GrantState
	Flow Flow
	Cap  int64      // +1 takes a place under the total cap, -1 gives it back if nothing was ever redeemed
	Undo Transition // what reverses it; empty: nothing does
}

// Table lists every transition that exists.
var Table = []Row{
	{"", Fund, "", Funding, 0, Defund},
	{"", Defund, "", Defunding, 0, Fund},

	{"", Issue, boon.StateIssued, Committing, +1, Revoke},
	{boon.StateIssued, Save, boon.StateSaved, Nothing, 0, ""},
	{boon.StateIssued, Reserve, boon.StateReserved, Reserving, 0, Release},
	{boon.StateSaved, Reserve, boon.StateReserved, Reserving, 0, Release},
	{boon.StateReserved, Release, Held, Releasing, 0, Reserve},

	{boon.StateIssued, Use, boon.StateIssued, Spending, 0, Return},
	{boon.StateSaved, Use, boon.StateSaved, Spending, 0, Return},
	{boon.StateReserved, Use, Held, Spending, 0, Return},
	{boon.StateIssued, Redeem, boon.StateRedeemed, Spending, 0, Reverse},
	{boon.StateSaved, Redeem, boon.StateRedeemed, Spending, 0, Reverse},
	{boon.StateReserved, Redeem, boon.StateRedeemed, Spending, 0, Reverse},

	{"", Settle, boon.StateRedeemed, Spending, 0, Reverse},
	{boon.StateRedeemed, Settle, boon.StateRedeemed, Spending, 0, Reverse},
	{boon.StateReversed, Settle, boon.StateRedeemed, Spending, 0, Reverse},
	{boon.StateExpired, Settle, boon.StateRedeemed, Spending, 0, Reverse},
	{boon.StateRevoked, Settle, boon.StateRedeemed, Spending, 0, Reverse},

	{boon.StateRedeemed, Reverse, boon.StateReversed, Reversing, 0, Reinstate},
	{boon.StateReversed, Reinstate, Held, Recommitting, 0, ""},
	{boon.StateRedeemed, Reinstate, Held, Recommitting, 0, ""},
	{boon.StateIssued, Reinstate, boon.StateIssued, Recommitting, 0, ""},
	{boon.StateSaved, Reinstate, boon.StateSaved, Recommitting, 0, ""},
	{boon.StateReserved, Reinstate, boon.StateReserved, Recommitting, 0, ""},

	{boon.StateRedeemed, Return, boon.StateRedeemed, Reversing, 0, ""},
	{boon.StateIssued, Return, boon.StateIssued, Reversing, 0, ""},
	{boon.StateSaved, Return, boon.StateSaved, Reversing, 0, ""},
	{boon.StateReserved, Return, boon.StateReserved, Reversing, 0, ""},
	{boon.StateReversed, Return, boon.StateReversed, Reversing, 0, ""},
	{boon.StateExpired, Return, boon.StateExpired, Reversing, 0, ""},
	{boon.StateRevoked, Return, boon.StateRevoked, Reversing, 0, ""},

	{boon.StateRedeemed, Claw, boon.StateRedeemed, Clawing, 0, ""},
	{boon.StateIssued, Claw, boon.StateIssued, Clawing, 0, ""},
	{boon.StateSaved, Claw, boon.StateSaved, Clawing, 0, ""},
	{boon.StateReserved, Claw, boon.StateReserved, Clawing, 0, ""},
	{boon.StateReversed, Claw, boon.StateReversed, Clawing, 0, ""},
	{boon.StateExpired, Claw, boon.StateExpired, Clawing, 0, ""},
	{boon.StateRevoked, Claw, boon.StateRevoked, Clawing, 0, ""},

	{boon.StateRedeemed, Draw, boon.StateRedeemed, Drawing, 0, ""},
	{boon.StateIssued, Draw, boon.StateIssued, Drawing, 0, ""},
	{boon.StateSaved, Draw, boon.StateSaved, Drawing, 0, ""},
	{boon.StateReserved, Draw, boon.StateReserved, Drawing, 0, ""},
	{boon.StateReversed, Draw, boon.StateReversed, Drawing, 0, ""},
	{boon.StateExpired, Draw, boon.StateExpired, Drawing, 0, ""},
	{boon.StateRevoked, Draw, boon.StateRevoked, Drawing, 0, ""},

	{boon.StateRedeemed, Break, boon.StateRedeemed, Breaking, 0, ""},
	{boon.StateIssued, Break, boon.StateIssued, Breaking, 0, ""},
	{boon.StateSaved, Break, boon.StateSaved, Breaking, 0, ""},
	{boon.StateReserved, Break, boon.StateReserved, Breaking, 0, ""},
	{boon.StateReversed, Break, boon.StateReversed, Breaking, 0, ""},
	{boon.StateExpired, Break, boon.StateExpired, Breaking, 0, ""},
	{boon.StateRevoked, Break, boon.StateRevoked, Breaking, 0, ""},

	{boon.StateIssued, Expire, boon.StateExpired, Returning, -1, ""},
	{boon.StateSaved, Expire, boon.StateExpired, Returning, -1, ""},
	{boon.StateReserved, Expire, boon.StateExpired, Returning, -1, ""},
	{boon.StateIssued, Revoke, boon.StateRevoked, Returning, -1, ""},
	{boon.StateSaved, Revoke, boon.StateRevoked, Returning, -1, ""},
	{boon.StateReserved, Revoke, boon.StateRevoked, Returning, -1, ""},
}

// Find looks up the row of a state and a transition.
func Find(from boon.GrantState, by Transition) (Row, bool) {
	for i := range Table {
		if Table[i].From == from && Table[i].By == by {
			return Table[i], true
		}
	}
	return Row{}, false
}

// Step takes a grant through one transition. The error is a *boon.Error that says why the grant's state does not allow it.
func Step(g boon.Grant, by Transition, now time.Time) (boon.Grant, Row, error) {
	row, ok := Find(g.State, by)
	if !ok {
		return g, row, Refusal(g, by)
	}
	from := g.State
	g.State, g.ChangedAt = row.To, now
	switch {
	case row.To == Held:
		g.State, g.Before = cmp.Or(g.Before, boon.StateIssued), ""
	case from == row.To:
	case row.To == boon.StateReserved, row.To == boon.StateRedeemed && (from == boon.StateIssued || from == boon.StateSaved):
		g.Before = from
	case row.To != boon.StateRedeemed && row.To != boon.StateReversed:
		g.Before = ""
	}
	return g, row, nil
}

// Refusal says why a grant in its present state cannot take a transition.
func Refusal(g boon.Grant, by Transition) *boon.Error {
	switch g.State {
	case boon.StateRedeemed, boon.StateReversed:
		return boon.Refuse(boon.ReasonAlreadyRedeemed, "grant %s was already used, by order %s", g.ID, g.OrderID)
	case boon.StateExpired:
		return boon.Refuse(boon.ReasonExpired, "grant %s expired at %s", g.ID, g.ExpiresAt.Format(time.RFC3339))
	case boon.StateRevoked:
		return boon.Refuse(boon.ReasonRevoked, "grant %s was withdrawn", g.ID)
	case boon.StateReserved:
		if by == Reserve {
			return boon.Refuse(boon.ReasonAlreadyRedeemed, "grant %s is held by another checkout; release that reservation first", g.ID)
		}
	}
	return boon.Refuse(boon.ReasonNotApplicable, "grant %s is %s: %s does not apply", g.ID, g.State, by)
}
