package decide

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"boon"
	"boon/offer"
)

// namedLeftOut is how many of the offers left out a decision names.
const namedLeftOut = 10

// promising is an offer that nothing has refused yet, before it is held against the cart.
type promising struct {
	term  *term
	delta float64
}

// examine asks what is cheap to ask of every offer. When more stand than the shop values for a placement, the most promising go on.
func (c *computation) examine(terms []term) {
	standing := 0
	for i := range terms {
		if terms[i].refused = c.refuseOffer(&terms[i]); terms[i].refused == nil {
			standing++
		}
	}
	if bound := c.shop.Candidates; bound > 0 && standing > bound {
		c.leaveOut(terms, bound)
	}
}

// leaveOut keeps what is pinned or in the wallet, and of the others the most promising, up to the bound; ids break ties.
func (c *computation) leaveOut(terms []term, bound int) {
	var others []promising
	for i := range terms {
		switch t := &terms[i]; {
		case t.refused != nil:
		case c.goesBefore(t):
			bound--
		default:
			others = append(others, promising{t, c.promise(t)})
		}
	}
	slices.SortFunc(others, func(a, b promising) int {
		return cmp.Or(cmp.Compare(b.delta, a.delta), strings.Compare(a.term.offer.ID, b.term.offer.ID))
	})
	if left := others[min(max(bound, 0), len(others)):]; len(left) > 0 {
		c.sayLeftOut(left)
	}
}

// goesBefore: pinned, or in the wallet already.
func (c *computation) goesBefore(t *term) bool {
	return t.offer.Pinned || t.live != nil || c.override(boon.OverridePin, t) != nil
}

// promise is what the best level of an offer is expected to earn on what its scope holds of the basket: nothing is spread over lines and no
// guardrail is asked. What the cart is too small for comes last.
func (c *computation) promise(t *term) float64 {
	amount := c.amountIn(&t.offer.Scope)
	best := math.Inf(-1)
	if len(c.in.Request.Cart.Lines) > 0 && amount < t.offer.Minimum {
		return best
	}
	for _, level := range c.levels(t) {
		best = max(best, c.valued(t, level, offer.Applied{Total: c.expected(t.offer, level, amount)}).Delta)
	}
	return best
}

// amountIn is what a scope holds of the basket, minor units.
func (c *computation) amountIn(s *boon.Scope) (amount int64) {
	cart := &c.in.Request.Cart
	if s.Kind == "all" || len(cart.Lines) == 0 {
		return c.basket.amount
	}
	for i := range cart.Lines {
		if l := &cart.Lines[i]; offer.Matches(s, l.SKU, l.Category) {
			amount += l.Amount(cart.Currency)
		}
	}
	return amount
}

// sayLeftOut notes in the decision how many fell, and which first; explain names each.
func (c *computation) sayLeftOut(left []promising) {
	bound, placement := c.shop.Candidates, left[0].term.placement.ID
	fell := &refusal{boon.ReasonLeftOut, "candidates", fmt.Sprintf("the shop values %d offers for a placement, and so many go before this one", bound)}
	said := boon.LeftOut{Placement: placement, Bound: bound, Count: len(left)}
	for i, p := range left {
		p.term.refused = fell
		if i < namedLeftOut {
			said.Offers = append(said.Offers, p.term.offer.ID)
		}
	}
	c.decision.LeftOut = append(c.decision.LeftOut, said)
}

// allRefused says of a placement at which nothing stands whether everything was asked.
func (c *computation) allRefused(placement string) string {
	for _, l := range c.decision.LeftOut {
		if l.Placement == placement {
			return fmt.Sprintf("each offer that was valued was refused, and %d were left out; explain says why", l.Count)
		}
	}
	return "each offer was refused; explain says why"
}
