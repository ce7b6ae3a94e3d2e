package redeem

import (
	"boon"
	"boon/offer"
)

// insensitive refuses a decision's grant of what is about sensitive goods: a decision does not read every product that a scope names.
func (d *Desk) insensitive(g boon.Grant, o boon.Offer) error {
	if o.Sensitive || g.Decision == "" {
		return nil
	}
	for _, category := range d.Terms.Bundle().Shop.Sensitive {
		if offer.Touches(o, nil, d.categoryOf, category) {
			return boon.Refuse(boon.ReasonNotEligible, "offer %s is about goods of the sensitive category %s", o.ID, category)
		}
	}
	return nil
}
