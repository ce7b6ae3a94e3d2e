package publish

import "boon"

// hold checks that a human can still decide: no code lets the shopper past, and there is something to grant.
func (v *reviewer) hold(at string, o boon.Offer) {
	switch {
	case o.Hold == 0:
	case o.Reward.Type == boon.RewardNudge:
		v.problem(at+".hold", "a nudge grants nothing, so nothing waits")
	case o.Codes.Mode != "auto":
		v.problem(at+".hold", "a %s code would pass by whoever holds the offer; use codes: {mode: auto}", o.Codes.Mode)
	case !o.BrandSensitive:
		v.problem(at+".hold", "only a brand-sensitive offer is held; say brandSensitive: true")
	}
}
