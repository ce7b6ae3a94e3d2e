package decide

import (
	"boon"
	"boon/offer"
)

// unpaused: nothing new of what a rule or a human stopped. A live grant is shown on, unless the pause refuses those too or stops where it would show.
func (c *computation) unpaused(t *term) *refusal {
	for _, h := range c.in.Standing.Paused {
		if shows := t.live != nil && !h.Refuse && h.Kind != boon.PauseChannel; !shows && h.Hits(c.aim(t)) {
			return &refusal{boon.ReasonPaused, string(h.Kind), "paused until a human resumes it: " + h.String()}
		}
	}
	return nil
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
