package decide

import "boon"

// insensitive: offers leave alone what the shop calls sensitive, unless they say that they may be about it.
func (c *computation) insensitive(t *term) *refusal {
	if t.offer.Sensitive {
		return nil
	}
	for _, category := range c.shop.Sensitive {
		if c.touches(t.offer, category) {
			return &refusal{boon.ReasonSensitive, category, "it is about goods of the sensitive category " + category}
		}
	}
	return nil
}

// disclose puts beside each personalised offer what has to be said where the shopper is.
func (c *computation) disclose() {
	text := c.disclosure()
	if text == "" || !c.in.Personal {
		return
	}
	for i := range c.decision.Picks {
		if p := &c.decision.Picks[i]; p.Outcome == boon.OutcomeOffer {
			p.Disclosure = text
		}
	}
}

func (c *computation) disclosure() string {
	where := c.in.Request.Context
	for _, place := range []string{where.Region, where.Country, "default"} {
		if text, ok := c.shop.Disclosures[place]; ok {
			return text
		}
	}
	return ""
}
