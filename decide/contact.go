package decide

import (
	"fmt"
	"slices"
	"time"

	"boon"
	"boon/contact"
	"boon/internal/zone"
)

// reach is what a decision knows of how its person was contacted. The contacts are put together when the first limit asks.
type reach struct {
	zone     *time.Location
	past     []contact.Contact // what was read, then what this decision picks
	gathered bool
	waved    []contact.Waved
	filled   []string // placements of this decision that reach the person
}

// zoneOf is where a person's days turn: where the request comes from, else where they were last seen, else the shop's zone.
func zoneOf(r *boon.Request, lastSeen string, shop *boon.Shop) string {
	return zone.First(r.Context.Timezone, lastSeen, shop.Timezone).String()
}

// contacts are those of the past and those of this decision.
func (c *computation) contacts() []contact.Contact {
	if c.reach.gathered {
		return c.reach.past
	}
	c.reach.gathered = true
	for i := range c.in.Held {
		h := &c.in.Held[i]
		c.reach.past = append(c.reach.past, contact.Contact{Offer: h.Offer, Group: c.policy.group(h.Offer), Channel: h.Channel, At: h.IssuedAt})
	}
	for _, s := range c.in.Shown {
		again := c.policy.monetary(s.Offer)
		c.reach.past = append(c.reach.past, contact.Contact{Offer: s.Offer, Group: c.policy.group(s.Offer), Channel: s.Channel, At: s.At, Again: again})
	}
	return c.reach.past
}

// group is the stacking group of an offer; of one that is no longer configured none.
func (p *Policy) group(offer string) string {
	if i, ok := p.position[offer]; ok {
		return p.offers[i].Stacking.Group
	}
	return ""
}

func (p *Policy) monetary(offer string) bool {
	i, ok := p.position[offer]
	return ok && p.offers[i].Reward.Type != boon.RewardNudge
}

// contact is the one that picking the offer would be.
func (c *computation) contact(t *term) contact.Contact {
	return contact.Contact{Offer: t.offer.ID, Group: t.offer.Stacking.Group, Channel: t.placement.Channel, At: c.in.Request.At, Again: t.live != nil}
}

// consented: a message needs consent to its channel, and to what the shop says that the channel needs.
func (c *computation) consented(t *term) *refusal {
	for _, purpose := range c.policy.needs[t.placement.Channel] {
		if why := c.in.denied(purpose); why != "" {
			return &refusal{boon.ReasonConsentMissing, purpose.String(), "no consent to " + purpose.String() + ": " + why}
		}
	}
	return nil
}

// awake: no message at night, of a live grant neither.
func (c *computation) awake(t *term) *refusal {
	if why := contact.Quiet(c.policy.contact.Quiet(), t.placement.Channel, c.in.Request.At, c.reach.zone); why != "" {
		return &refusal{boon.ReasonQuietHours, t.placement.Channel, why}
	}
	return nil
}

// welcome: what the person waved away stays away for a while, a live grant too: it stays good, it is only not shown.
func (c *computation) welcome(t *term) *refusal {
	rules := c.policy.contact.Dismissals
	if len(rules) == 0 || len(c.in.Dismissed) == 0 {
		return nil
	}
	if why := contact.Suppressed(rules, c.waved(), t.offer.ID, t.offer.Stacking.Group, c.in.Request.At, c.reach.zone); why != "" {
		return &refusal{boon.ReasonDismissed, "", why}
	}
	return nil
}

// waved is what the person waved away.
func (c *computation) waved() []contact.Waved {
	if c.reach.waved == nil {
		for _, d := range c.in.Dismissed {
			c.reach.waved = append(c.reach.waved, contact.Waved{Offer: d.Offer, Group: c.policy.group(d.Offer), At: d.At})
		}
	}
	return c.reach.waved
}

// notTooOften: by the offer's own frequency and by the contact policy. A live grant on a page was counted when it was given; told by a message it is one
// contact more.
func (c *computation) notTooOften(t *term) *refusal {
	limits := c.policy.contact.Frequency
	switch {
	case t.live == nil && len(t.offer.Frequency) > 0:
		if x := contact.TooOften(t.offer.Frequency, c.contacts(), t.offer.ID, c.in.Request.At, c.reach.zone); x != nil {
			return &refusal{boon.ReasonFrequency, x.By(), x.String()}
		}
	case t.live != nil && !boon.ReachesOut(t.placement.Channel):
		return nil
	}
	if len(limits) == 0 {
		return nil
	}
	if r := c.refusedWith(t); r != nil {
		return r
	}
	if x := contact.Frequent(limits, c.contacts(), c.contact(t), c.reach.zone); x != nil {
		return &refusal{boon.ReasonFrequency, x.Limit, x.String()}
	}
	return nil
}

// refusedWith: a limit that had no room at the commit for one offer has none for another that shares its places.
func (c *computation) refusedWith(t *term) *refusal {
	for _, r := range c.in.Refused {
		if r.Limit == "" {
			continue
		}
		for i, l := range c.policy.contact.Frequency {
			if next := c.contact(t); l.Covers(next.Group, next.Channel) && contact.Key(i, l.Each, next) == r.Limit {
				return &refusal{boon.ReasonFrequency, r.Limit, r.Detail}
			}
		}
	}
	return nil
}

// byChannel: an offer that names channels goes by these, and by the first of them that is open to this person now.
func (c *computation) byChannel(t *term) *refusal {
	rank := slices.Index(t.offer.Channels, t.placement.Channel)
	switch {
	case len(t.offer.Channels) == 0 || rank == 0:
		return nil
	case rank < 0:
		return &refusal{boon.ReasonPlacementMismatch, "", fmt.Sprintf("goes by %v only", t.offer.Channels)}
	}
	for _, name := range c.in.Request.Placements {
		other, ok := c.policy.Release.Bundle.Placement(name)
		at := slices.Index(t.offer.Channels, other.Channel)
		if !ok || at < 0 || at >= rank || (len(t.offer.Placements) > 0 && !slices.Contains(t.offer.Placements, name)) {
			continue
		}
		better := *t
		better.placement = &other
		if c.open(&better) {
			return &refusal{boon.ReasonChannelTaken, other.Channel, "it may go by " + other.Channel + " now, which the offer names before " + t.placement.Channel}
		}
	}
	return nil
}

// open reports whether nothing that is of the channel speaks against a placement.
func (c *computation) open(t *term) bool {
	return c.consented(t) == nil && c.awake(t) == nil && c.oneMessage(t) == nil && c.notTooOften(t) == nil
}

// oneMessage: where a trigger asks, what reaches out goes only if no other placement of the decision has reached the person. Who calls and names several
// placements means each of them.
func (c *computation) oneMessage(t *term) *refusal {
	most := int(max(1, c.policy.contact.Messages))
	if c.in.Request.Trigger == "" || !boon.ReachesOut(t.placement.Channel) || len(c.reach.filled) < most {
		return nil
	}
	return &refusal{boon.ReasonChannelTaken, c.reach.filled[0], fmt.Sprintf("this decision already reaches the shopper at %v", c.reach.filled)}
}

// reaches notes a pick as a contact, so that the rest of the decision counts it.
func (c *computation) reaches(t *term) {
	if len(c.policy.contact.Frequency) > 0 && (t.live == nil || boon.ReachesOut(t.placement.Channel)) {
		c.reach.past = append(c.contacts(), c.contact(t))
	}
	if !slices.Contains(c.reach.filled, t.placement.ID) {
		c.reach.filled = append(c.reach.filled, t.placement.ID)
	}
}
