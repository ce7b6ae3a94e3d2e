package ledger

import (
	"fmt"

	"boon"
)

// Move is the money around one transition, in minor units of Currency. Amounts are never negative.
type Move struct {
	Budget    string // "": unfunded, nothing is posted
	Currency  boon.Currency
	Held      int64 // set aside for the grant before
	Keep      int64 // of Held, what stays set aside for the uses left
	Spend     int64 // redeemed, reversed, drawn, lapsed, committed anew, funded or de-funded
	Available int64 // of the budget, before
	Owed      int64 // overrun outstanding, before
	Points    bool  // what is redeemed becomes a liability, not an expense
	Reserved  bool  // Held stands in reserved, not in committed
	Closed    bool  // the grant's period is over: what comes back leaves the budget
	Vendor    int64 // of what is redeemed or reversed, what a vendor owes besides Spend
}

// Flow is a named posting rule.
type Flow struct {
	Text string // what moves where, for documentation
	legs func(Move) []leg
}

type leg struct {
	kind  boon.AccountKind
	minor int64
}

// The posting rules.
var (
	Nothing    = Flow{"no money moves", func(Move) []leg { return nil }}
	Funding    = Flow{"funding -> available", funding}
	Defunding  = Flow{"available -> funding, overrun is covered by funding", defunding}
	Committing = Flow{"available -> committed", committing}
	Reserving  = Flow{"committed -> reserved", reserving}
	Releasing  = Flow{"reserved -> committed", releasing}
	Spending   = Flow{"committed | reserved -> promo_expense (points: liability), rest -> overrun, then available; what was not set aside: available, then overrun; vendor_funding -> vendor_receivable", spending}
	Reversing  = Flow{"reversal (points: liability) -> overrun, then available; vendor_receivable -> vendor_funding", reversing}
	Clawing    = Flow{"the same as reverse, for what stays in the customer's hands and is withheld from the refund", reversing}
	Drawing    = Flow{"liability -> promo_expense", drawing}
	Breaking   = Flow{"liability -> breakage", breaking}

	Recommitting = Flow{"available -> committed | reserved", recommitting}

	Returning = Flow{"committed | reserved -> overrun, then available", returning}
)

func funding(m Move) []leg {
	return []leg{{boon.AccountFunding, -m.Spend}, {boon.AccountAvailable, m.Spend}}
}

// A closed period's overrun is made good, so that the next one starts level.
func defunding(m Move) []leg {
	return []leg{{boon.AccountAvailable, -m.Spend}, {boon.AccountOverrun, m.Owed}, {boon.AccountFunding, m.Spend - m.Owed}}
}

func committing(m Move) []leg {
	return []leg{{boon.AccountAvailable, -m.Held}, {boon.AccountCommitted, m.Held}}
}

func reserving(m Move) []leg {
	return []leg{{boon.AccountCommitted, -m.Held}, {boon.AccountReserved, m.Held}}
}

func releasing(m Move) []leg {
	return []leg{{boon.AccountReserved, -m.Held}, {boon.AccountCommitted, m.Held}}
}

func returning(m Move) []leg {
	return append([]leg{{m.holder(), -m.Held}}, m.freed(m.Held)...)
}

func spending(m Move) []leg {
	legs := []leg{{m.holder(), -m.Held}, {boon.AccountCommitted, m.Keep}, {m.spent(), m.Spend},
		{boon.AccountVendorFunding, -m.Vendor}, {boon.AccountVendorReceivable, m.Vendor}}
	rest := m.Held - m.Keep - m.Spend
	if rest >= 0 {
		return append(legs, m.freed(rest)...)
	}
	return append(legs, leg{boon.AccountAvailable, -(m.Excess() - m.Overrun())}, leg{boon.AccountOverrun, -m.Overrun()})
}

func reversing(m Move) []leg {
	from := boon.AccountReversal
	if m.Points {
		from = boon.AccountLiability
	}
	repaid := min(m.Spend, m.Owed)
	return []leg{{from, -m.Spend}, {boon.AccountOverrun, repaid}, {m.back(), m.Spend - repaid},
		{boon.AccountVendorReceivable, -m.Vendor}, {boon.AccountVendorFunding, m.Vendor}}
}

func recommitting(m Move) []leg {
	return []leg{{boon.AccountAvailable, -m.Spend}, {m.holder(), m.Spend}}
}

func drawing(m Move) []leg {
	return []leg{{boon.AccountLiability, -m.Spend}, {boon.AccountPromoExpense, m.Spend}}
}

func breaking(m Move) []leg {
	return []leg{{boon.AccountLiability, -m.Spend}, {boon.AccountBreakage, m.Spend}}
}

// freed is where what was set aside for nothing goes: it makes an overrun of its period good before it can be promised again.
func (m Move) freed(minor int64) []leg {
	if m.Closed {
		return []leg{{boon.AccountFunding, minor}}
	}
	repaid := min(minor, m.Owed)
	return []leg{{boon.AccountOverrun, repaid}, {boon.AccountAvailable, minor - repaid}}
}

// Excess is what a redemption costs beyond what was set aside for it.
func (m Move) Excess() int64 { return max(0, m.Spend-(m.Held-m.Keep)) }

// Overrun is the part of Excess that the budget does not have.
func (m Move) Overrun() int64 { return max(0, m.Excess()-max(0, m.Available)) }

func (m Move) holder() boon.AccountKind {
	if m.Reserved {
		return boon.AccountReserved
	}
	return boon.AccountCommitted
}

func (m Move) back() boon.AccountKind {
	if m.Closed {
		return boon.AccountFunding
	}
	return boon.AccountAvailable
}

func (m Move) spent() boon.AccountKind {
	if m.Points {
		return boon.AccountLiability
	}
	return boon.AccountPromoExpense
}

// Postings applies a flow: one posting per account, in the order of first mention, zeros left out.
func (f Flow) Postings(m Move) []boon.Posting {
	if m.Budget == "" {
		return nil
	}
	postings := make([]boon.Posting, 0, 4)
	for _, l := range f.legs(m) {
		postings = add(postings, boon.Account{Budget: m.Budget, Currency: m.Currency, Kind: l.kind}, l.minor)
	}
	if postings = compact(postings); len(postings) == 0 {
		return nil
	}
	return postings
}

func add(postings []boon.Posting, a boon.Account, minor int64) []boon.Posting {
	for i := range postings {
		if postings[i].Account.Kind == a.Kind {
			postings[i].Minor += minor
			return postings
		}
	}
	return append(postings, boon.Posting{Account: a, Minor: minor})
}

func compact(postings []boon.Posting) []boon.Posting {
	kept := postings[:0]
	for _, p := range postings {
		if p.Minor != 0 {
			kept = append(kept, p)
		}
	}
	return kept
}

// Check reports an entry that does not sum to zero or that touches more than one budget or currency.
func Check(e boon.Entry) error {
	var sum int64
	for _, p := range e.Postings {
		first := e.Postings[0].Account
		if p.Account.Budget != first.Budget || p.Account.Currency != first.Currency {
			return fmt.Errorf("entry %s touches more than one budget or currency", e.ID)
		}
		sum += p.Minor
	}
	if sum != 0 {
		return fmt.Errorf("entry %s sums to %d, not to zero", e.ID, sum)
	}
	return nil
}

// Holds reports the accounts that may never stand below zero.
func Holds(kind boon.AccountKind) bool {
	return kind == boon.AccountAvailable || kind == boon.AccountCommitted || kind == boon.AccountReserved || kind == boon.AccountLiability
}

// Short is the error of an account that would stand below zero: budget_exhausted for available, else an internal one, since the rules of this
// package never take more out of an account than they put in.
func Short(a boon.Account, minor int64) error {
	if a.Kind == boon.AccountAvailable {
		return boon.Refuse(boon.ReasonBudgetExhausted, "budget %s is %s short", a.Budget, boon.Money{Minor: -minor, Currency: a.Currency})
	}
	return fmt.Errorf("%s of budget %s would stand at %d", a.Kind, a.Budget, minor)
}
