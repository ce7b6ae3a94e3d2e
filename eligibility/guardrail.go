package eligibility

import (
	"fmt"
	"math/bits"
	"slices"

	"boon"
	"boon/internal/rule"
)

// pressureField makes a suppression one of scarcity, in words and reason.
const pressureField = "product.pressure"

// Rails are the guardrails of one release, compiled. They never change.
type Rails struct{ rails []rail }

type rail struct {
	boon.Guardrail
	where  *rule.Program // nil: always
	scarce bool
}

// Line is one line that an offer would touch. Amounts are minor units of the cart's currency, of the whole line.
type Line struct {
	SKU       string
	Row       rule.Row // features as seen from this line: product and cart.category are its own
	List      int64    // before any discount
	Amount    int64    // as it stands in the cart
	Taken     int64    // by other grants that the same order uses, not yet in Amount
	Discount  int64    // by the offer in question; 0 when it touches the line without taking anything off it
	Cost      int64    // of the goods
	CostKnown bool     // false: a category's margin stood in for the cost
}

// CompileRails checks every guardrail's condition. An error names the guardrail.
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
		rails.rails[i].where, rails.rails[i].scarce = p, p.Mentions(pressureField)
	}
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

func (g *rail) suppressed(reward boon.RewardType, l *Line) (boon.Reason, string) {
	if g.scarce {
		return boon.ReasonScarce, fmt.Sprintf("no %s while %s is scarce: %s", reward, l.SKU, g.Where)
	}
	if g.where == nil {
		return boon.ReasonSuppressed, fmt.Sprintf("no %s at all", reward)
	}
	return boon.ReasonSuppressed, fmt.Sprintf("no %s on %s: %s", reward, l.SKU, g.Where)
}

func (g *rail) figures(l *Line) (boon.Reason, string) {
	net := l.Amount - l.Taken - l.Discount
	if g.MaxDepth != nil && shareBelow(*g.MaxDepth, l.List-net, l.List) {
		return boon.ReasonMaxDepth, fmt.Sprintf("would take %s %s below its list price, the most is %s", l.SKU, percent(l.List-net, l.List), perCent(*g.MaxDepth))
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
