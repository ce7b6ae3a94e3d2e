package redeem

import (
	"time"

	"boon"
	"boon/contact"
	"boon/internal/zone"
)

// contacted refuses a grant that its owner would be given too often: by the offer's own frequency, and, where a decision gives it, by the contact
// policy. owned are the owner's grants as of this transaction, so the count of grants is exact; nudges are counted as the decision saw them.
func (d *Desk) contacted(g boon.Grant, o boon.Offer, owned []boon.Grant, now time.Time) error {
	b := d.Terms.Bundle()
	limits := b.ContactPolicy().Frequency
	if g.Channel == "" {
		limits = nil
	}
	if len(o.Frequency)+len(limits) == 0 {
		return nil
	}
	local := zone.First(g.Timezone, b.Shop.Timezone)
	past := d.contacts(owned, g.Shown)
	if x := contact.TooOften(o.Frequency, past, o.ID, now, local); x != nil {
		return boon.Refuse(boon.ReasonFrequency, "%s", x)
	}
	next := contact.Contact{Offer: o.ID, Group: o.Stacking.Group, Channel: g.Channel, At: now}
	if x := contact.Frequent(limits, past, next, local); x != nil {
		return &boon.Error{Reason: boon.ReasonFrequency, Detail: x.String(), Field: x.Limit}
	}
	return nil
}

// contacts are the grants of a person, in whatever state, and what was shown besides.
func (d *Desk) contacts(owned []boon.Grant, shown []boon.Shown) []contact.Contact {
	all := make([]contact.Contact, 0, len(owned)+len(shown))
	for i := range owned {
		g := &owned[i]
		all = append(all, contact.Contact{Offer: g.Offer, Group: d.group(g.Offer), Channel: g.Channel, At: g.IssuedAt})
	}
	for _, s := range shown {
		all = append(all, contact.Contact{Offer: s.Offer, Group: d.group(s.Offer), Channel: s.Channel, At: s.At, Again: true})
	}
	return all
}

// group is the stacking group of an offer as it is configured now; one that no longer is has none.
func (d *Desk) group(id string) string {
	o, _ := d.Terms.Offer("", id)
	return o.Stacking.Group
}
