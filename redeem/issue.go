package redeem

import (
	"math"
	"slices"
	"time"

	"boon"
	"boon/ledger"
	"boon/offer"
)

// Issue grants an offer: g carries the id (the same id again is a no-op that returns the stored grant), owner, level, release and, for an
// "expected" budget or a shipping reward without a maximum, the Committed to set aside; everything else is filled in. owners are the
// identifiers of the owner's profile; named are further ones that came with the request, which count under caps per identifier alone.
// Refusals: paused, banned, not_eligible, cap_profile, cap_identifier, frequency, cap_total, cap_period, budget_exhausted.
func (d *Desk) Issue(tx Tx, g boon.Grant, o boon.Offer, owners []boon.Identifier, now time.Time, named ...boon.Identifier) (boon.Grant, error) {
	if old, found, err := tx.Grant(g.ID); err != nil || found {
		return old, err
	}
	if err := d.running(o, now); err != nil {
		return g, err
	}
	if err := unpaused(tx, d.aim(g, o, boon.Order{}), false); err != nil {
		return g, err
	}
	if err := unbanned(tx, o.ID, slices.Concat(owners, named, []boon.Identifier{g.Owner}), now); err != nil {
		return g, err
	}
	if err := d.insensitive(g, o); err != nil {
		return g, err
	}
	owned, err := tx.Owned(owners)
	if err != nil {
		return g, err
	}
	if err := d.acquired(o, owned); err != nil {
		return g, err
	}
	if err := d.contacted(g, o, owned, now); err != nil {
		return g, err
	}
	g.Arm = d.arm(o, g, owners)
	asked := d.caps(o, g, slices.Concat([]boon.Identifier{g.Owner}, owners, named), now)
	if err := vacant(tx, asked); err != nil {
		return g, err
	}
	if g, err = d.fill(tx, g, o, now); err != nil {
		return g, err
	}
	m, err := d.afford(tx, g, o, g.Committed, now)
	if err != nil {
		return g, err
	}
	if g.Places, err = takeAll(tx, append(asked, d.exposed(o, g, g.Committed, now)...)); err != nil {
		return g, err
	}
	return g, d.insert(tx, g, ledger.Issue, m, "", now)
}

// running refuses what is paused or out of its time.
func (d *Desk) running(o boon.Offer, now time.Time) error {
	c, _ := d.Terms.Bundle().Campaign(o.Campaign)
	if o.Paused || c.Paused {
		return boon.Refuse(boon.ReasonPaused, "offer %s is paused", o.ID)
	}
	switch offer.Window(o, c).Refusal(now) {
	case boon.ReasonNotStarted:
		return boon.Refuse(boon.ReasonNotEligible, "offer %s has not started", o.ID)
	case boon.ReasonEnded:
		return boon.Refuse(boon.ReasonExpired, "offer %s has ended", o.ID)
	}
	return nil
}

// acquired checks caps per profile, of the offer and of its campaign, against the grants that the profile owns. Each of them counts for every
// identifier of the profile, those as well that no counter knows of: of a paid order, or from before there were counters.
func (d *Desk) acquired(o boon.Offer, owned []boon.Grant) error {
	var profile, campaign int64
	for _, g := range owned {
		if !holdsPlace(g) {
			continue
		}
		if g.Campaign == o.Campaign {
			campaign++
		}
		if g.Offer == o.ID {
			profile++
		}
	}
	if limit := o.Caps.PerProfile; limit > 0 && profile >= limit {
		return boon.Refuse(boon.ReasonCapProfile, "this customer already has %d of %d of offer %s", profile, limit, o.ID)
	}
	if limit := o.Caps.PerIdentifier; limit > 0 && profile >= limit {
		return boon.Refuse(boon.ReasonCapIdentifier, "this identifier already has %d of %d of offer %s", profile, limit, o.ID)
	}
	if c, ok := d.Terms.Bundle().Campaign(o.Campaign); ok && c.Caps.PerProfile > 0 && campaign >= c.Caps.PerProfile {
		return boon.Refuse(boon.ReasonCapProfile, "this customer already has %d of %d of campaign %s", campaign, c.Caps.PerProfile, c.ID)
	}
	return nil
}

// holdsPlace: a grant gives its place back when it dies unredeemed.
func holdsPlace(g boon.Grant) bool { return g.State.Open() || g.OrderID != "" }

func (d *Desk) fill(tx Tx, g boon.Grant, o boon.Offer, now time.Time) (boon.Grant, error) {
	g.Offer, g.Campaign, g.Budget, g.Type = o.ID, o.Campaign, parted(o.Budget, g.Arm), o.Reward.Type
	g.Currency = d.Terms.Bundle().Shop.Currency
	g.State, g.Before = boon.StateIssued, ""
	g.Uses, g.IssuedAt, g.ChangedAt = offer.Uses(&o), now, now
	g.Shown = nil
	g.ExpiresAt = offer.ExpiresAt(o, now)
	var err error
	if g.Committed, err = d.commitment(g, o); err != nil {
		return g, err
	}
	if g.Code == "" {
		g.Code, err = d.code(tx, g, o)
	}
	g.Code = offer.Normalise(g.Code)
	return g, err
}

// parted is the part of a budget that an arm draws on.
func parted(budget, arm string) string {
	if budget == "" || arm == "" {
		return budget
	}
	return budget + "/" + arm
}

// commitment is what the budget sets aside over all uses, in minor units.
func (d *Desk) commitment(g boon.Grant, o boon.Offer) (int64, error) {
	if g.Budget == "" {
		return 0, nil
	}
	b, _ := d.budget(g.Budget)
	if b.Commitment == "expected" && b.Quantile == 0 {
		return g.Committed, nil
	}
	worst, bounded := d.worst(g, o)
	switch {
	case !bounded:
		return 0, boon.Invalid("reward.maxDiscount", "offer %s: a %s in budget %s needs a maximum discount", o.ID, o.Reward.Type, b.ID)
	case b.Commitment == "expected":
		return min(g.Committed, worst), nil
	}
	return worst, nil
}

// worst is what a grant can cost at most over all uses.
func (d *Desk) worst(g boon.Grant, o boon.Offer) (int64, bool) {
	shipping := g.Committed
	if shipping <= 0 {
		shipping = d.Terms.Bundle().Shop.Cost.Shipping
	}
	_, cost := d.gift(o)
	return offer.WorstCase(&o, g.Level, cost, shipping, g.Currency)
}

// afford refuses what the budget cannot commit beside what it already owes and, in a budget with a quantile, has to have in reserve.
func (d *Desk) afford(tx Tx, g boon.Grant, o boon.Offer, committed int64, now time.Time) (ledger.Move, error) {
	m, err := d.move(tx, g, now)
	if err != nil || g.Budget == "" || committed == 0 {
		return m, err
	}
	reserve, err := d.reserve(tx, g, o, committed)
	if err != nil {
		return m, err
	}
	if left := m.Available - m.Owed - reserve; left < committed {
		return m, boon.Refuse(boon.ReasonBudgetExhausted, "budget %s has %s left, the offer needs %s", g.Budget,
			boon.Money{Minor: max(0, left), Currency: g.Currency}, boon.Money{Minor: committed, Currency: g.Currency})
	}
	return m, nil
}

// reserve is what a budget with a quantile has to have beside what is committed, once this grant is.
func (d *Desk) reserve(tx Tx, g boon.Grant, o boon.Offer, committed int64) (int64, error) {
	b, _ := d.budget(g.Budget)
	if b.Quantile == 0 {
		return 0, nil
	}
	open, err := tx.Count(countVariance + g.Budget)
	worst, _ := d.worst(g, o)
	return ledger.SetAside(b.Quantile, open+ledger.Variance(committed, worst)), err
}

// exposed is what a commitment counts for: under ceilings, in what a budget's grants cost at most, and in the reserve for its quantile.
func (d *Desk) exposed(o boon.Offer, g boon.Grant, committed int64, now time.Time) []quota {
	asked := d.ceilings(o, g, committed, now)
	b, _ := d.budget(g.Budget)
	if b.Commitment != "expected" || committed <= 0 {
		return asked
	}
	unbounded := func(key string, n int64) quota {
		return quota{Limit: boon.Limit{Key: key + g.Budget, Max: math.MaxInt64, Refusal: boon.ReasonBudgetExhausted}, n: n}
	}
	worst, _ := d.worst(g, o)
	if b.Quantile > 0 {
		asked = append(asked, unbounded(countVariance, ledger.Variance(committed, worst)))
	}
	return append(asked, unbounded(countWorst, max(committed, worst)))
}

// insert stores a new grant with its first entry.
func (d *Desk) insert(tx Tx, g boon.Grant, by ledger.Transition, m ledger.Move, order string, now time.Time) error {
	fresh, err := tx.Insert(g)
	if err != nil {
		return err
	}
	if !fresh {
		return boon.Refuse(boon.ReasonUnavailable, "grant %s was issued meanwhile; try again", g.ID)
	}
	row, _ := ledger.Find("", by)
	return d.post(tx, entry(g, row, m, change{by: by, order: order}, now))
}

// Save records that the customer keeps the grant. Saving twice is a no-op.
func (d *Desk) Save(tx Tx, id string, owners []boon.Identifier, now time.Time) (boon.Grant, error) {
	g, err := owned(tx, id, owners)
	if err != nil || g.State == boon.StateSaved {
		return g, err
	}
	if err := alive(g, now); err != nil {
		return g, err
	}
	g, _, err = d.book(tx, g, change{by: ledger.Save}, now)
	return g, err
}

func owned(tx Tx, id string, owners []boon.Identifier) (boon.Grant, error) {
	g, found, err := tx.Grant(id)
	if err != nil {
		return g, err
	}
	if !found {
		return g, boon.Refuse(boon.ReasonNotFound, "there is no grant %s", id)
	}
	if len(owners) > 0 && !slices.Contains(owners, g.Owner) {
		return g, boon.Refuse(boon.ReasonWrongProfile, "grant %s belongs to someone else", id)
	}
	return g, nil
}

// alive refuses an open grant whose time is over although no sweep has come by yet.
func alive(g boon.Grant, now time.Time) error {
	if g.State.Open() && !g.ExpiresAt.IsZero() && !now.Before(g.ExpiresAt) {
		return boon.Refuse(boon.ReasonExpired, "grant %s expired at %s", g.ID, g.ExpiresAt.Format(time.RFC3339))
	}
	return nil
}
