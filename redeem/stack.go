package redeem

import (
	"boon"
	"boon/offer"
)

// stood are redemptions as a plan sees what an order carries. An offer that is no longer known, or that gave points, excludes nothing.
func (d *Desk) stood(tx Tx, beside []boon.Redemption) (all []offer.Stood, err error) {
	for _, r := range beside {
		s := offer.Stood{Lines: r.Lines}
		g, found, err := tx.Grant(r.Grant)
		if err != nil {
			return nil, err
		}
		if found {
			o, err := d.terms(g)
			if broken(err) != nil {
				return nil, err
			}
			if err == nil {
				s.Offer = &o
			}
		}
		all = append(all, s)
	}
	return all, nil
}

func (d *Desk) groups() offer.Groups { return d.Terms.Bundle().StackingGroup }

// joins holds a claim to what the order's redemptions let it have.
func (d *Desk) joins(tx Tx, c claim, beside []boon.Redemption) (claim, error) {
	stood, err := d.stood(tx, beside)
	if err != nil {
		return c, err
	}
	if err := d.standsBeside(c, c.cart.ID, stood); err != nil {
		return c, err
	}
	return d.fit(c, beside, stood)
}

// standsBeside refuses two offers on an order that exclude each other, whichever came first.
func (d *Desk) standsBeside(c claim, order string, stood []offer.Stood) error {
	for _, s := range stood {
		if s.Offer == nil {
			continue
		}
		why := d.groups().Excludes(s.Offer, &c.offer)
		switch g := d.groups()(c.offer.Stacking.Group); {
		case why == "":
		case s.Offer.Stacking.Group == g.ID && (g.Mode == boon.StackAll || g.Mode == boon.StackBest):
			return boon.Refuse(boon.ReasonStacking, "order %s already carries offer %s, and offer %s does not combine with it", order, s.Offer.ID, c.offer.ID)
		default:
			return boon.Refuse(boon.ReasonStacking, "order %s: %s", order, why)
		}
	}
	return nil
}

// fit computes a claim on what the other redemptions of its order left, so that no line is ever discounted by more than its amount.
func (d *Desk) fit(c claim, beside []boon.Redemption, stood []offer.Stood) (claim, error) {
	if len(beside) == 0 {
		return c, nil
	}
	s := d.stack(c.cart, beside)
	s.Stood, c.left = stood, s.Left
	var err error
	if c.applied, err = s.One(d.use(&c)); err != nil {
		return c, err
	}
	return d.charged(c), nil
}

// after gives a claim what other redemptions left of its lines.
func (d *Desk) after(c claim, beside []boon.Redemption) claim {
	if len(beside) > 0 {
		c.left = d.stack(c.cart, beside).Left
	}
	return c
}

// stack is an order with what its redemptions leave of it.
func (d *Desk) stack(cart boon.Order, beside []boon.Redemption) offer.Stack {
	s := offer.Stack{Cart: cart, Groups: d.groups(), VAT: d.Terms.Bundle().Shop.PricesInclude == "vat"}
	left := roomOn(cart, beside)
	for _, l := range left.lines {
		s.Left = append(s.Left, l.left)
	}
	s.Shipping = max(0, left.shipping)
	return s
}

func (d *Desk) use(c *claim) offer.Use {
	p, _ := d.gift(c.offer)
	return offer.Use{ID: c.grant.ID, Offer: &c.offer, Level: c.grant.Level, Gift: p, Holds: c.holds}
}
