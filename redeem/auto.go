package redeem

import (
	"cmp"
	"slices"
	"time"

	"boon"
)

// AutoRedeem redeems the open grant that takes most off this order, ties to the smaller id. It says false when none applies.
func (d *Desk) AutoRedeem(tx Tx, owners []boon.Identifier, order boon.Order, now time.Time) (boon.Redemption, bool, error) {
	all, err := tx.Owned(owners)
	if err != nil {
		return boon.Redemption{}, false, err
	}
	beside, err := others(tx, order.ID, "")
	if err != nil {
		return boon.Redemption{}, false, err
	}
	var claims []claim
	for _, g := range all {
		c, ok := d.usable(g, order, now)
		if !ok {
			continue
		}
		c.owners = owners
		if err := unpaused(tx, d.aim(g, c.offer, order), true); broken(err) != nil {
			return boon.Redemption{}, false, err
		} else if err != nil {
			continue
		}
		if c, err = d.joins(tx, c, beside); err == nil {
			claims = append(claims, c)
		} else if broken(err) != nil {
			return boon.Redemption{}, false, err
		}
	}
	if len(claims) == 0 {
		return boon.Redemption{}, false, nil
	}
	best := slices.MinFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(b.applied.Total, a.applied.Total), cmp.Compare(a.grant.ID, b.grant.ID))
	})
	var r boon.Redemption
	err = tx.Try(func(tx Tx) (err error) {
		r, err = d.spend(tx, best, order.ID, false, now)
		return err
	})
	if err != nil {
		return r, false, broken(err)
	}
	_, err = d.overdue(tx, owners, order.ID, now)
	return r, err == nil, err
}

func (d *Desk) usable(g boon.Grant, order boon.Order, now time.Time) (claim, bool) {
	if !g.State.Open() || g.State == boon.StateReserved || alive(g, now) != nil || g.Currency != order.Currency || order.ID == "" {
		return claim{}, false
	}
	o, err := d.terms(g)
	if err != nil || o.Reward.Type == boon.RewardNudge {
		return claim{}, false
	}
	c, err := d.apply(claim{grant: g, offer: o, cart: order})
	return c, err == nil
}
