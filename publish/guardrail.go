package publish

import (
	"cmp"
	"fmt"
	"slices"

	"boon"
)

var guardrailFields = object[boon.Guardrail]{
	is("id", identifier("id"), func(g *boon.Guardrail) *string { return &g.ID }, idDoc).required(),
	is("where", expression, func(g *boon.Guardrail) *string { return &g.Where }, "CEL; when it is asked. Without it: always."),
	is("categories", list(textual), func(g *boon.Guardrail) *[]string { return &g.Categories }, "Category paths, with what lies below them, of the lines that it is asked of. Without it: all."),
	is("maxDepth", optional(share), func(g *boon.Guardrail) **boon.Micros { return &g.MaxDepth }, "The most that may come off a line's list amount, with the discounts that it carries already."),
	is("bands", records(nested(bandFields)), func(g *boon.Guardrail) *[]boon.MarginBand { return &g.Bands }, "Instead of `maxDepth`: the depth by what the line's goods earn of their list price. The band of the highest margin that is reached counts; below all of them there is no discount."),
	is("overstock", optional(nested(overstockFields)), func(g *boon.Guardrail) **boon.Overstock { return &g.Overstock }, "A greater depth for what is overstocked (docs/economics.md)."),
	is("minMargin", optional(share), func(g *boon.Guardrail) **boon.Micros { return &g.MinMargin }, "The least margin after the discount, as a share of what remains to be paid."),
	is("suppress", list(rewardWord), func(g *boon.Guardrail) *[]boon.RewardType { return &g.Suppress }, "Reward types that are not offered here."),
}

var bandFields = object[boon.MarginBand]{
	is("margin", share, func(b *boon.MarginBand) *boon.Micros { return &b.Margin }, "From this margin on: (list - cost) / list, or the shop's margin of the category where a product has no cost.").required(),
	is("maxDepth", share, func(b *boon.MarginBand) *boon.Micros { return &b.MaxDepth }, "The most that may come off.").required(),
}

var overstockFields = object[boon.Overstock]{
	is("from", decimal("share 0..1, above 0", "0.000001", "1"), func(o *boon.Overstock) *boon.Micros { return &o.From }, "From this stock pressure on: 0.5 is half as many days of cover again as are aimed at, 1 twice as many.").required(),
	is("maxDepth", share, func(o *boon.Overstock) *boon.Micros { return &o.MaxDepth }, "The most that may come off then, where the guardrail would allow less.").required(),
}

// ordered puts the bands of every guardrail by their margins.
func ordered(guardrails []boon.Guardrail) {
	for i := range guardrails {
		slices.SortStableFunc(guardrails[i].Bands, func(x, y boon.MarginBand) int { return cmp.Compare(x.Margin, y.Margin) })
	}
}

func (v *reviewer) guardrail(at string, g boon.Guardrail) {
	if g.MaxDepth == nil && len(g.Bands) == 0 && g.MinMargin == nil && len(g.Suppress) == 0 {
		v.problem(at, "the guardrail forbids nothing; give it maxDepth, bands, minMargin or suppress")
	}
	if g.MaxDepth != nil && len(g.Bands) > 0 {
		v.problem(at+".bands", "the guardrail has a maxDepth; bands stand in its place")
	}
	v.overstock(at+".overstock", g)
	for i := 1; i < len(g.Bands); i++ {
		low, high := g.Bands[i-1], g.Bands[i]
		path := fmt.Sprintf("%s.bands[%d]", at, i)
		if low.Margin == high.Margin {
			v.problem(path, "two bands begin at a margin of %s", high.Margin)
		}
		if high.MaxDepth < low.MaxDepth {
			v.problem(path, "a margin of %s allows %s, less than the %s of a lower margin", high.Margin, high.MaxDepth, low.MaxDepth)
		}
	}
}

// overstock must have a depth to raise, and raise it.
func (v *reviewer) overstock(at string, g boon.Guardrail) {
	switch o := g.Overstock; {
	case o == nil:
	case g.MaxDepth == nil && len(g.Bands) == 0:
		v.problem(at, "there is no depth to raise; give the guardrail maxDepth or bands")
	case g.MaxDepth != nil && o.MaxDepth <= *g.MaxDepth:
		v.problem(at+".maxDepth", "%s is not more than the guardrail's own maxDepth of %s", o.MaxDepth, *g.MaxDepth)
	}
}
