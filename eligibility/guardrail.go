package eligibility

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"boon"
	"boon/internal/rule"
)

// stockFields make the suppression of a scarce product one of scarcity, in words and reason.
var stockFields = []string{"product.pressure", "product.days_of_cover", "product.on_hand", "product.in_stock"}

// Rails are the guardrails of one release, compiled. They never change.
type Rails struct{ rails []rail }

type rail struct {
	boon.Guardrail
	where     *rule.Program // nil: always
	asksStock bool
}

// Line is one line that an offer would touch. Amounts are minor units of the cart's currency, of the whole line.
type Line struct {
	SKU       string
	Row       rule.Row    // features as seen from this line: product and cart.category are its own
	List      int64       // before any discount
	Amount    int64       // as it stands in the cart
	Taken     int64       // by other grants that the same order uses, not yet in Amount
	Discount  int64       // by the offer in question; 0 when it touches the line without taking anything off it
	Cost      int64       // of the goods
	CostKnown bool        // false: a category's margin stood in for the cost
	Margin    boon.Micros // of the category, which stood in
	Cover     boon.Cover  // of the product's stock
	Given     bool        // it is given away: asked by guardrails about stock alone
}

// CompileRails checks every guardrail's condition. An error names the guardrail. Those that suppress come first: what may not be offered at all is
// not refused for its depth.
func CompileRails(env *rule.Env, guardrails []boon.Guardrail) (*Rails, error) {
	rails := &Rails{rails: make([]rail, len(guardrails))}
	for i, g := range guardrails {
		rails.rails[i].Guardrail = g
		if g.Where == "" {
			continue
		}
		p, err := env.Compile(g.Where, rule.WantBool)
		if err != nil {
			return nil, fmt.Errorf("guardrail %s: where: %w", g.ID, err)
		}
		rails.rails[i].where, rails.rails[i].asksStock = p, slices.ContainsFunc(stockFields, p.Mentions)
	}
	slices.SortStableFunc(rails.rails, func(a, b rail) int { return cmp.Compare(min(len(b.Suppress), 1), min(len(a.Suppress), 1)) })
	return rails, nil
}

// Check asks every guardrail of every line. The first refusal is max_depth, margin_floor, suppressed, scarce or evaluation_error, with the
// guardrail's id and the figures; "" when the offer may stand. Depth is (list - net) / list and margin (net - cost) / net, where net is what
// remains to be paid.
func (r *Rails) Check(reward boon.RewardType, lines []Line) (reason boon.Reason, by, detail string) {
	for i := range lines {
		if l := &lines[i]; l.Taken+l.Discount > l.Amount && l.Discount > 0 {
			return boon.ReasonMaxDepth, "", fmt.Sprintf("would take line %s below zero", l.SKU)
		}
	}
	for i := range r.rails {
		g := &r.rails[i]
		for j := range lines {
			if reason, detail := g.check(reward, &lines[j]); reason != "" {
				return reason, g.ID, detail
			}
		}
	}
	return "", "", ""
}

func (g *rail) check(reward boon.RewardType, l *Line) (boon.Reason, string) {
	suppresses := slices.Contains(g.Suppress, reward)
	if l.Discount <= 0 && !suppresses {
		return "", ""
	}
	if l.Given && !g.asksStock || !g.concerns(l) {
		return "", ""
	}
	if g.where != nil {
		applies, err := g.where.Eval(l.Row)
		if err != nil {
			return boon.ReasonEvaluation, err.Error()
		}
		if !applies {
			return "", ""
		}
	}
	if suppresses {
		return g.suppressed(reward, l)
	}
	return g.figures(l)
}

// concerns reports whether the line lies in the guardrail's categories.
func (g *rail) concerns(l *Line) bool {
	if len(g.Categories) == 0 {
		return true
	}
	for _, path := range l.Row.Categories() {
		if slices.ContainsFunc(g.Categories, func(category string) bool { return boon.InCategory(path, category) }) {
			return true
		}
	}
	return false
}

func (g *rail) suppressed(reward boon.RewardType, l *Line) (boon.Reason, string) {
	if g.asksStock && l.Cover.Pressure < 0 {
		return boon.ReasonScarce, fmt.Sprintf("no %s while %s is scarce: %s (%s)", reward, l.SKU, g.Where, inStock(l.Cover))
	}
	what := string(reward) + " at all"
	if g.where != nil || len(g.Categories) > 0 {
		what = string(reward) + " on " + l.SKU
	}
	if g.where != nil {
		what += ": " + g.Where
	}
	return boon.ReasonSuppressed, "no " + what
}

// inStock puts a stock into words.
func inStock(c boon.Cover) string {
	demand := c.Demand.String() + " a day"
	if c.Sold {
		demand = rounded(c.Demand, 2) + " a day by the shop's own orders"
	}
	return fmt.Sprintf("%d on hand, %s, %s days of cover, %s aimed at, pressure %s", c.OnHand, demand, rounded(c.Days, 1), rounded(c.Target, 1), rounded(c.Pressure, 2))
}

func rounded(m boon.Micros, digits int) string {
	unit := int64(1)
	for range digits {
		unit *= 10
	}
	return boon.Micros(boon.MulDiv(int64(m), unit, int64(boon.Unit)) * int64(boon.Unit) / unit).String()
}

func (g *rail) figures(l *Line) (boon.Reason, string) {
	net := l.Amount - l.Taken - l.Discount
	if most, bounded := g.depth(l); bounded && shareBelow(most, l.List-net, l.List) {
		return boon.ReasonMaxDepth, fmt.Sprintf("would take %s %s below its list price, the most is %s%s", l.SKU, percent(l.List-net, l.List), perCent(most), g.because(l))
	}
	if g.MinMargin != nil && shareAbove(*g.MinMargin, net-l.Cost, net) {
		estimated := ""
		if !l.CostKnown {
			estimated = " (cost estimated by category)"
		}
		return boon.ReasonMarginFloor, fmt.Sprintf("would leave a margin of %s on %s, the least is %s%s", percent(net-l.Cost, net), l.SKU, perCent(*g.MinMargin), estimated)
	}
	return "", ""
}

// depth is how much of the line's list amount may come off: what the guardrail or its margin band allows, and no less than the overstock's depth
// where there is too much. Once more stock or more margin has raised it, still more does not lower it.
func (g *rail) depth(l *Line) (most boon.Micros, bounded bool) {
	switch {
	case g.MaxDepth != nil:
		most = *g.MaxDepth
	case len(g.Bands) > 0:
		most = g.band(l)
	default:
		return 0, false
	}
	if g.overstocked(l) {
		most = max(most, g.Overstock.MaxDepth)
	}
	return most, true
}

func (g *rail) overstocked(l *Line) bool {
	return g.Overstock != nil && l.Cover.Pressure >= g.Overstock.From
}

// band is the depth of the highest margin that the line's goods reach; nothing may come off below all of them.
func (g *rail) band(l *Line) (most boon.Micros) {
	for _, b := range g.Bands {
		if !l.earns(b.Margin) {
			break
		}
		most = b.MaxDepth
	}
	return most
}

// earns reports whether the goods earn a share of their list amount. An estimated cost was rounded, so the margin that it was made of is asked.
func (l *Line) earns(margin boon.Micros) bool {
	if !l.CostKnown {
		return l.Margin >= margin
	}
	return !shareAbove(margin, l.List-l.Cost, l.List)
}

// because says what a depth depends on.
func (g *rail) because(l *Line) string {
	var why []string
	if len(g.Bands) > 0 && l.CostKnown {
		why = append(why, "at a margin of "+percent(l.List-l.Cost, l.List))
	} else if len(g.Bands) > 0 {
		why = append(why, "at its category's margin of "+perCent(l.Margin))
	}
	if o := g.Overstock; g.overstocked(l) {
		why = append(why, fmt.Sprintf("overstocked: %s", inStock(l.Cover)))
	} else if o != nil {
		why = append(why, fmt.Sprintf("%s from a stock pressure of %s on, it is %s", perCent(o.MaxDepth), o.From, rounded(l.Cover.Pressure, 2)))
	}
	if len(why) == 0 {
		return ""
	}
	return " (" + strings.Join(why, "; ") + ")"
}

// shareBelow is share < part/whole and shareAbove is share > part/whole, exactly; whole must not be negative.
func shareBelow(share boon.Micros, part, whole int64) bool {
	return productLess(int64(share), whole, part, int64(boon.Unit))
}

func shareAbove(share boon.Micros, part, whole int64) bool {
	return productLess(part, int64(boon.Unit), int64(share), whole)
}

// productLess is a*b < c*d through 128 bits.
func productLess(a, b, c, d int64) bool {
	negLeft, negRight := (a < 0) != (b < 0) && b != 0 && a != 0, (c < 0) != (d < 0) && c != 0 && d != 0
	if negLeft != negRight {
		return negLeft
	}
	hiL, loL := bits.Mul64(magnitude(a), magnitude(b))
	hiR, loR := bits.Mul64(magnitude(c), magnitude(d))
	less := hiL < hiR || (hiL == hiR && loL < loR)
	if negLeft {
		return hiL > hiR || (hiL == hiR && loL > loR)
	}
	return less
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func percent(part, whole int64) string {
	if whole <= 0 {
		return "less than 0%"
	}
	return boon.FormatDecimal(boon.MulDiv(part, 1000, whole), 1) + "%"
}

func perCent(share boon.Micros) string { return (100 * share).String() + "%" }
