package redeem

import (
	"slices"
	"time"

	"boon"
	"boon/ledger"
	"boon/offer"
)

// Request is what a customer does with a code or a reservation. Identifiers are hashed and verified: Owners[0] owns what is granted.
type Request struct {
	Code        string
	Codes       []string // several at once, instead of Code
	Reservation string   // redeem: instead of a code
	Held        []string // redeem: several reservations at once
	Owners      []boon.Identifier
	Named       []boon.Identifier // everything the caller named, linked or not: counts under caps per identifier
	Cart        boon.Order        // reserve, validate: the cart; redeem: the order, with its ID
	OrderID     string            // reserve: of the order to be, where it is known

	judged *judgement // nil: nobody asked yet
}

// claim is a grant that a request is entitled to, and what it is worth on the request's cart.
type claim struct {
	grant   boon.Grant
	offer   boon.Offer
	cart    boon.Order
	left    []int64 // of each line of the cart before this claim's turn, in minor units; nil: all
	applied offer.Applied
	cost    int64                       // to the budget
	vendor  int64                       // to a vendor, besides
	told    bool                        // applied is what a paid order says
	turn    int                         // among the codes of its call, in the order of application
	fresh   bool                        // the code promised nothing before this call
	owners  []boon.Identifier           // of the profile that redeems, where it is known
	holds   func(left boon.Order) error // asks a fresh code's condition again of what other discounts leave; nil: it has none
}

// claim is what a code entitles to beside what its order redeemed already.
func (d *Desk) claim(tx Tx, r Request, now time.Time) (claim, error) {
	c, err := d.alone(tx, r, now)
	if err != nil {
		return c, err
	}
	beside, err := others(tx, r.Cart.ID, c.grant.ID)
	if err != nil {
		return c, err
	}
	return d.joins(tx, c, beside)
}

// alone finds the grant behind a code, or makes it when the code is public and the customer holds none, and applies it to the cart as if no other code
// were on it.
func (d *Desk) alone(tx Tx, r Request, now time.Time) (c claim, err error) {
	code := offer.Normalise(r.Code)
	o, release, public := d.Terms.Coded(code)
	if public {
		c.offer = o
		c.grant, c.fresh, err = d.public(tx, o, release, r, now)
	} else {
		c.grant, c.offer, err = d.private(tx, code, r, now)
	}
	if err != nil {
		return c, err
	}
	if err := d.usableNow(tx, c, r, now); err != nil {
		return c, err
	}
	c.owners, c.cart = r.Owners, r.Cart
	if c.fresh && d.Eligible != nil {
		c.holds = func(left boon.Order) error { return d.Eligible(c.offer, r.Owners, left, now) }
	}
	if c, err = d.apply(c); err != nil {
		return c, err
	}
	return c, unmarked(c, r)
}

// usableNow refuses a grant whose time is over or that was used, what is paused, whoever is barred, and another currency.
func (d *Desk) usableNow(tx Tx, c claim, r Request, now time.Time) error {
	if err := alive(c.grant, now); err != nil {
		return err
	}
	if !c.grant.State.Open() {
		return ledger.Refusal(c.grant, ledger.Redeem)
	}
	if err := unpaused(tx, d.aim(c.grant, c.offer, r.Cart), !c.fresh); err != nil {
		return err
	}
	if err := d.barred(tx, r.Owners, now); err != nil {
		return err
	}
	return inCurrency(r.Cart, c.grant.Currency)
}

func inCurrency(cart boon.Order, c boon.Currency) error {
	if cart.Currency != c {
		return boon.Refuse(boon.ReasonNotApplicable, "the code is in %s, the cart in %s", c, cart.Currency)
	}
	return nil
}

// private finds the grant that has a code, or makes it of a code of a pool that nobody has.
func (d *Desk) private(tx Tx, code string, r Request, now time.Time) (boon.Grant, boon.Offer, error) {
	g, found, err := tx.ByCode(code)
	if err != nil {
		return g, boon.Offer{}, err
	}
	if !found {
		return d.bear(tx, code, r, now)
	}
	if !slices.Contains(r.Owners, g.Owner) {
		return g, boon.Offer{}, boon.Refuse(boon.ReasonWrongProfile, "this code belongs to another customer")
	}
	o, err := d.terms(g)
	return g, o, err
}

// public finds the customer's grant of a public code, the open one first, or issues one, which is then fresh.
func (d *Desk) public(tx Tx, o boon.Offer, release string, r Request, now time.Time) (g boon.Grant, fresh bool, err error) {
	if len(r.Owners) == 0 {
		return g, false, boon.Invalid("profile", "a code needs a profile: userId, anonymousId or email")
	}
	all, err := tx.Owned(r.Owners)
	if err != nil {
		return g, false, err
	}
	var held, used boon.Grant
	n := 0
	for _, g := range all {
		if g.Offer != o.ID {
			continue
		}
		if g.Owner == r.Owners[0] {
			n++
		}
		if held.ID == "" && g.State.Open() && alive(g, now) == nil {
			held = g
		}
		if g.OrderID != "" {
			used = g
		}
	}
	if held.ID != "" {
		return held, false, nil
	}
	g, err = d.issuePublic(tx, o, release, r, used, n, now)
	return g, true, err
}

func (d *Desk) issuePublic(tx Tx, o boon.Offer, release string, r Request, used boon.Grant, n int, now time.Time) (boon.Grant, error) {
	g := boon.Grant{ID: publicID(o, r.Owners[0], n, now), Owner: r.Owners[0]}
	g, err := d.bring(tx, g, o, release, r, now)
	onlyOne := refusedAs(err, boon.ReasonCapProfile) && o.Caps.PerProfile == 1 || refusedAs(err, boon.ReasonCapIdentifier) && o.Caps.PerIdentifier == 1
	if used.ID != "" && onlyOne {
		return used, ledger.Refusal(boon.Grant{ID: used.ID, State: boon.StateRedeemed, OrderID: used.OrderID}, ledger.Redeem)
	}
	return g, err
}

// bring issues the grant of a code that a shopper brings without having been offered it.
func (d *Desk) bring(tx Tx, g boon.Grant, o boon.Offer, release string, r Request, now time.Time) (boon.Grant, error) {
	if err := d.running(o, now); err != nil { // said by its own name, before the offer's condition is asked
		return g, err
	}
	if err := inCurrency(r.Cart, d.Terms.Bundle().Shop.Currency); err != nil { // conditions and guardrails hold amounts against costs
		return g, err
	}
	if err := d.mayHave(o, release, r, now); err != nil {
		return g, err
	}
	g.Release, g.Level, g.Committed = release, offer.Levels(&o)[0], r.Cart.Shipping
	if b, _ := d.budget(o.Budget); b.Commitment == "expected" {
		if c, err := d.apply(claim{offer: o, grant: boon.Grant{Level: g.Level}, cart: r.Cart}); err == nil {
			g.Committed = c.cost
		}
	}
	return d.Issue(tx, g, o, r.Owners, now, r.Named...)
}

// unmarked refuses an exclusive offer on lines that carry a discount already.
func unmarked(c claim, r Request) error {
	if combines(c.offer) || c.offer.Reward.Type == boon.RewardPoints {
		return nil
	}
	for _, l := range c.applied.Lines {
		if name := discounted(r, c.offer, l); name != "" {
			return boon.Refuse(boon.ReasonStacking, "line %s already carries %q, and offer %s does not combine", l.ID, name, c.offer.ID)
		}
	}
	return nil
}

// discounted names a promotion that a line already carries, other than this very offer.
func discounted(r Request, o boon.Offer, l boon.LineDiscount) string {
	own := func(name string) bool {
		return name == o.ID || slices.ContainsFunc(append(r.Codes, r.Code), func(code string) bool { return offer.Normalise(name) == offer.Normalise(code) })
	}
	for _, coupon := range r.Cart.Coupons {
		if !own(coupon) {
			return coupon
		}
	}
	for _, line := range r.Cart.Lines {
		if line.ID != l.ID || line.SKU != l.SKU {
			continue
		}
		for _, name := range line.Discounts {
			if !own(name) {
				return name
			}
		}
	}
	return ""
}

func combines(o boon.Offer) bool { return o.Stacking.Policy == "combine" }

// Redeem uses a code or a reservation on an order, exactly once. Refusals: unknown_code, wrong_profile, already_redeemed, expired, revoked,
// reservation_gone, not_applicable, stacking, paused, not_eligible, the caps and budget_exhausted.
func (d *Desk) Redeem(tx Tx, r Request, now time.Time) (boon.Redemption, error) {
	if r.Reservation != "" {
		return d.redeemHeld(tx, r, now)
	}
	if r.Cart.ID == "" {
		return boon.Redemption{}, boon.Invalid("order.id", "an order needs an id, so that it redeems once")
	}
	if err := d.unused(tx, r); err != nil {
		return boon.Redemption{}, err
	}
	c, err := d.claim(tx, r, now)
	if err != nil {
		return boon.Redemption{}, err
	}
	return d.redeem(tx, c, r, now)
}

// unused refuses a code that the order redeemed already.
func (d *Desk) unused(tx Tx, r Request) error {
	known, err := d.carried(tx, r.Cart.ID, r.Code)
	if err == nil && known {
		err = boon.Refuse(boon.ReasonAlreadyRedeemed, "order %s already used this code", r.Cart.ID)
	}
	return err
}

func (d *Desk) redeem(tx Tx, c claim, r Request, now time.Time) (boon.Redemption, error) {
	if err := d.letGo(tx, c.grant, r.Cart.ID); err != nil {
		return boon.Redemption{}, err
	}
	return d.spend(tx, c, r.Cart.ID, false, now)
}

// letGo ends the reservation that this same order made; another order's stands.
func (d *Desk) letGo(tx Tx, g boon.Grant, order string) error {
	if g.State != boon.StateReserved {
		return nil
	}
	held, found, err := tx.Holding(g.ID)
	if err != nil || !found {
		return err
	}
	if held.OrderID != order {
		return ledger.Refusal(g, ledger.Reserve)
	}
	held.Gone = true
	return tx.PutReservation(held)
}

// redemption is what a claim makes of an order.
func (d *Desk) redemption(c claim, order string, now time.Time) boon.Redemption {
	r := boon.Redemption{
		ID: boon.NewID(boon.PrefixRedemption, now, c.grant.ID, order), Grant: c.grant.ID, Offer: c.offer.ID, OrderID: order, At: now,
		Currency: c.grant.Currency, Discount: c.applied.Total, Lines: c.applied.Lines, Cost: c.cost, Vendor: c.vendor, Gift: giftSKU(c.offer),
		Points: c.applied.Points,
	}
	if life := c.offer.Reward.ValidFor; life > 0 && r.Points > 0 {
		r.LapsesAt = now.Add(life)
	}
	if c.offer.Clawback || r.Points > 0 {
		r.Basket = d.basket(c)
	}
	r.Rest = rest(r, c.cart)
	return r
}

// spend books one use. moved says that the order is paid: what the budget does not have goes to overrun instead of being refused.
func (d *Desk) spend(tx Tx, c claim, order string, moved bool, now time.Time) (boon.Redemption, error) {
	r := d.redemption(c, order, now)
	m, err := d.bookUse(tx, c, &r, now)
	if err != nil {
		return r, err
	}
	if c.grant.Budget != "" {
		r.Overrun = m.Overrun()
	}
	if r.Overrun > 0 && !moved && d.worstCase(c.grant.Budget) {
		return r, boon.Refuse(boon.ReasonBudgetExhausted, "budget %s cannot pay %s more than it set aside", c.grant.Budget,
			boon.Money{Minor: m.Excess(), Currency: r.Currency})
	}
	if err := d.overran(tx, m, r, now); err != nil {
		return r, err
	}
	fresh, err := addUse(tx, &r)
	if err == nil && !fresh {
		err = boon.Refuse(boon.ReasonAlreadyRedeemed, "order %s already used grant %s", order, c.grant.ID)
	}
	if err != nil {
		return r, err
	}
	return r, d.note(tx, c.use(r), now)
}

// addUse stores a redemption as the latest of its order; false: the order used its grant already.
func addUse(tx Tx, r *boon.Redemption) (fresh bool, err error) {
	before, err := tx.OfOrder(r.OrderID)
	if err != nil {
		return false, err
	}
	r.Turn = len(before)
	return tx.AddRedemption(*r)
}

func (d *Desk) bookUse(tx Tx, c claim, r *boon.Redemption, now time.Time) (ledger.Move, error) {
	by, keep := ledger.Redeem, int64(0)
	switch {
	case !c.grant.State.Open():
		by = ledger.Settle
	case c.grant.Uses > 1:
		by, keep = ledger.Use, ledger.Kept(c.grant.Committed, c.grant.Uses)
	}
	use := func(g *boon.Grant) (err error) {
		if r.Places, err = usePlaces(tx, g, c.grant.Uses, c.cost); err != nil {
			return err
		}
		further, err := d.countCost(tx, c, now)
		r.Places = append(r.Places, further...)
		g.Uses, g.Committed = max(0, g.Uses-1), keep
		g.Discount += r.Discount
		g.OrderID = r.OrderID
		return err
	}
	_, m, err := d.book(tx, c.grant, change{by: by, spend: c.cost, vendor: c.vendor, keep: keep, order: r.OrderID, seed: r.ID, next: use}, now)
	return m, err
}

func (d *Desk) worstCase(budget string) bool {
	b, _ := d.budget(budget)
	return b.Commitment != "expected"
}

// overran tells a human, once per budget and period, that promises cost more than the budget had.
func (d *Desk) overran(tx Tx, m ledger.Move, r boon.Redemption, now time.Time) error {
	if r.Overrun == 0 {
		return nil
	}
	b, _ := d.budget(m.Budget)
	period := ledger.PeriodKey(b.Period, now, d.zone())
	money := func(minor int64) string { return boon.Money{Minor: minor, Currency: r.Currency}.String() }
	return tx.Raise(boon.Alarm{
		ID: "overrun/" + m.Budget + "/" + period, At: now, Rule: "overrun", Subject: m.Budget,
		Detail:  "Budget " + m.Budget + " had to honour more than it had: new grants stop until it is raised or its next period begins.",
		Figures: map[string]string{"period": period, "amount": money(b.Amount), "overrun": money(m.Owed + r.Overrun), "order": r.OrderID},
	})
}
