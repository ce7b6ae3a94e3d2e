package decide

import (
	"fmt"
	"strconv"

	"boon"
	"boon/internal/rule"
	"boon/offer"
)

// unpaused: nothing of what a rule or a human stopped, a live grant neither: whether it stays good is the checkout's to say, here it is only not shown.
func (c *computation) unpaused(t *term) *refusal {
	for _, h := range c.in.Standing.Paused {
		if h.Hits(c.aim(t)) {
			return stopped(h)
		}
	}
	return nil
}

func stopped(h boon.Halt) *refusal {
	if h.Bound != "" {
		return &refusal{boon.ReasonFairness, h.Bound, "its outcomes differed too much between groups: paused until a human resumes it: " + h.String()}
	}
	return &refusal{boon.ReasonPaused, string(h.Kind), "paused until a human resumes it: " + h.String()}
}

func (c *computation) aim(t *term) boon.Aim {
	return boon.Aim{Offer: t.offer.ID, Campaign: t.offer.Campaign, Channel: t.placement.Channel,
		Touches: func(category string) bool { return c.touches(t.offer, category) }}
}

// touches reports whether a category holds something that the offer is about: by its scope, its gift, or what it would touch here, which is the
// lines of the cart, and without one the product looked at.
func (c *computation) touches(o *boon.Offer, category string) bool {
	lines := c.in.Request.Cart.Lines
	if len(lines) == 0 && c.in.Request.SKU != "" {
		lines = []boon.Line{{SKU: c.in.Request.SKU}}
	}
	return offer.Touches(*o, lines, c.categoryOf, category)
}

// categoryOf is the category of a product that was read; of others the commit asks.
func (c *computation) categoryOf(sku string) string {
	if p := c.in.product(sku); p != nil {
		return p.Category
	}
	return ""
}

// concerning are the overrides that stand now for the person. Those of others are no input, and in no record.
func (in *Inputs) concerning(all []boon.Override) (mine []boon.Override) {
	for _, o := range all {
		if o.Stands(in.Members, in.Request.At) {
			o.Who = nil
			mine = append(mine, o)
		}
	}
	return mine
}

// override is the first by id that acts on an offer where it would show. A segment that the release does not have holds nobody.
func (c *computation) override(act boon.OverrideAct, t *term) *boon.Override {
	for i := range c.in.Standing.Overrides {
		o := &c.in.Standing.Overrides[i]
		if o.Act == act && o.Covers(t.offer.ID, t.placement.ID) && c.inSegment(o.Segment) {
			return o
		}
	}
	return nil
}

func (c *computation) inSegment(id string) bool {
	if id == "" {
		return true
	}
	p := c.policy.segments[id]
	if p == nil {
		return false
	}
	in, err := p.Eval(&c.row)
	return in && err == nil
}

func segments(env *rule.Env, list []boon.Segment) (map[string]*rule.Program, error) {
	all := make(map[string]*rule.Program, len(list))
	for _, s := range list {
		p, err := env.Compile("segment("+strconv.Quote(s.ID)+")", rule.WantBool)
		if err != nil {
			return nil, fmt.Errorf("compile segment %s: %w", s.ID, err)
		}
		all[s.ID] = p
	}
	return all, nil
}

// unbanned: nothing of what a human banned here, not even from the wallet.
func (c *computation) unbanned(t *term) *refusal {
	o := c.override(boon.OverrideBan, t)
	if o == nil {
		return nil
	}
	return &refusal{boon.ReasonBanned, o.ID, "banned by " + o.By + ": " + o.Reason}
}

// hold makes of a pick that grants one that waits for a human. Its place stays empty: what came next best would be given beside it once it is approved.
func (c *computation) hold(granted boon.Pick) boon.Pick {
	at, o := c.in.Request.At, c.policy.offers[c.policy.position[granted.Offer]]
	return boon.Pick{Placement: granted.Placement, Outcome: boon.OutcomeNone, Reason: boon.ReasonHeld, Propensity: granted.Propensity,
		Detail: "it waits for a human",
		Hold: &boon.Hold{ID: boon.HoldID(granted.Offer, granted.Grant.Owner), State: boon.HoldWaiting, Grant: *granted.Grant, Profile: c.in.ProfileID,
			Placement: granted.Placement, Named: c.in.Request.Identifiers, At: at, ExpiresAt: at.Add(o.Hold)}}
}
