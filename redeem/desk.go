package redeem

import (
	"cmp"
	"time"

	"boon"
	"boon/internal/zone"
	"boon/ledger"
	"boon/offer"
)

// Desk holds the rules of the money path. Its methods work inside a transaction of the caller; [Teller] wraps them in one each.
type Desk struct {
	Terms Terms
	Goods Goods         // nil: no product is known
	Key   []byte        // of the codes that are made
	Hold  time.Duration // of a reservation; 0: 15 minutes
	// Eligible refuses who may not redeem a public code without a grant; nil: everyone may.
	Eligible func(o boon.Offer, owners []boon.Identifier, cart boon.Order, now time.Time) error

	// Today dates an entry that comes too late for a closed period; nil: the first instant that is open.
	Today func() time.Time

	// Unit is what an experiment assigns to an arm for the person with these identifiers, its profile id; nil: the first identifier.
	Unit func(ids []boon.Identifier) string
}

// change is one transition of one grant to be booked.
type change struct {
	by    ledger.Transition
	spend int64 // redeemed or reversed, as charged to the budget
	keep  int64 // of the commitment, for the uses left
	order string
	seed  string // tells apart equal transitions of one grant at one instant
	next  func(*boon.Grant) error

	vendor int64 // what a vendor owes, or no longer owes, besides spend
}

// book takes a stored grant through a transition: state, entry and counters. It returns the grant as it is now and the money as it moved.
func (d *Desk) book(tx Tx, g boon.Grant, c change, now time.Time) (boon.Grant, ledger.Move, error) {
	next, row, err := ledger.Step(g, c.by, now)
	if err != nil {
		return g, ledger.Move{}, err
	}
	m, err := d.move(tx, g, now)
	if err != nil {
		return g, m, err
	}
	m.Spend, m.Keep, m.Vendor = c.spend, c.keep, c.vendor
	if c.next != nil {
		if err := c.next(&next); err != nil {
			return g, m, err
		}
	}
	changed, err := tx.Change(next, g.State)
	if err != nil {
		return g, m, err
	}
	if !changed {
		return g, m, boon.Refuse(boon.ReasonUnavailable, "grant %s changed meanwhile; try again", g.ID)
	}
	if row.Cap < 0 && g.OrderID == "" {
		if err := tx.Give(placesKey(g.Offer, g.Arm), 1); err != nil {
			return g, m, err
		}
	}
	return next, m, d.post(tx, entry(next, row, m, c, now))
}

// ClosedKey is the counter that holds up to when the books are closed, in seconds since 1970.
const ClosedKey = "closed"

// post appends an entry. What belongs to a period that was closed is dated today and says what it adjusts.
func (d *Desk) post(tx Tx, e boon.Entry) error {
	closed, err := tx.Count(ClosedKey)
	if err != nil {
		return err
	}
	if open := time.Unix(closed, 0).UTC(); closed > 0 && e.At.Before(open) {
		e.Adjusts, e.At = e.At, open
		if d.Today != nil && d.Today().After(open) {
			e.At = d.Today()
		}
	}
	return tx.Post(e)
}

func entry(g boon.Grant, row ledger.Row, m ledger.Move, c change, now time.Time) boon.Entry {
	return boon.Entry{
		ID:         boon.NewID(boon.PrefixEntry, now, g.ID, string(row.By), c.order, c.seed),
		At:         now,
		Transition: string(row.By),
		Grant:      g.ID,
		OrderID:    c.order,
		Postings:   row.Flow.Postings(m),
	}
}

// move reads what a posting rule needs to know of the grant's budget, after the running period has its funds.
func (d *Desk) move(tx Tx, g boon.Grant, now time.Time) (ledger.Move, error) {
	m := ledger.Move{Budget: g.Budget, Currency: g.Currency, Held: g.Committed,
		Points: g.Type == boon.RewardPoints, Reserved: g.State == boon.StateReserved}
	if g.Budget == "" {
		return m, nil
	}
	b, at, err := d.fund(tx, g.Budget, now)
	if err != nil {
		return m, err
	}
	zone := d.zone()
	m.Closed = ledger.PeriodKey(b.Period, g.IssuedAt, zone) != ledger.PeriodKey(b.Period, at, zone)
	m.Available, m.Owed, err = standing(tx, g.Budget, g.Currency)
	return m, err
}

// standing is what a budget has left and what it owes.
func standing(tx Tx, budget string, c boon.Currency) (available, owed int64, err error) {
	account := boon.Account{Budget: budget, Currency: c, Kind: boon.AccountAvailable}
	if available, err = tx.Balance(account); err != nil {
		return 0, 0, err
	}
	account.Kind = boon.AccountOverrun
	owed, err = tx.Balance(account)
	return available, -owed, err
}

// zone is the shop's time zone.
func (d *Desk) zone() *time.Location { return zone.First(d.Terms.Bundle().Shop.Timezone) }

// terms finds the offer that a grant was made under; a release that is no longer known leaves the current offer.
func (d *Desk) terms(g boon.Grant) (boon.Offer, error) {
	if o, ok := d.Terms.Offer(g.Release, g.Offer); ok {
		return o, nil
	}
	if o, ok := d.Terms.Offer("", g.Offer); ok {
		return o, nil
	}
	return boon.Offer{}, boon.Refuse(boon.ReasonUnknownCode, "the offer %s of grant %s is no longer configured", g.Offer, g.ID)
}

func giftSKU(o boon.Offer) string {
	if o.Reward.Type == boon.RewardGift {
		return o.Reward.SKU
	}
	return ""
}

func (d *Desk) gift(o boon.Offer) (p boon.Product, cost int64) {
	if o.Reward.Type != boon.RewardGift || d.Goods == nil {
		return boon.Product{SKU: o.Reward.SKU}, 0
	}
	p, _ = d.Goods.Product(o.Reward.SKU)
	return p, offer.GiftCost(&p)
}

// apply computes what one use of a claim's grant takes off its cart and what it costs the budget.
func (d *Desk) apply(c claim) (claim, error) {
	p, _ := d.gift(c.offer)
	var err error
	if c.applied, err = offer.Discount(c.offer, c.grant.Level, c.cart, p); err != nil {
		return c, err
	}
	return d.charged(c), nil
}

// charged computes what a claim's discount costs the budget, and the vendor.
func (d *Desk) charged(c claim) claim {
	_, gift := d.gift(c.offer)
	c.cart.Currency = cmp.Or(c.cart.Currency, c.grant.Currency)
	c.cost, c.vendor = offer.Charge(c.offer, c.grant.Level, c.applied, gift, c.cart, d.Terms.Bundle().Shop.PricesInclude == "vat")
	return c
}
