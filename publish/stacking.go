package publish

import "boon"

var stackingFields = object[boon.Stacking]{
	is("group", identifier("word"), func(s *boon.Stacking) *string { return &s.Group }, "Offers of one group know of each other. A StackingGroup of this id says how they share an order.").otherwise("order"),
	is("policy", word("exclusive", "combine"), func(s *boon.Stacking) *string { return &s.Policy }, "exclusive: the only one of its group on an order.").otherwise("exclusive"),
	is("priority", whole[int64](0, 1e6), func(s *boon.Stacking) *int64 { return &s.Priority }, "Order of application within the group: the smaller comes first, of equal ones the lesser id."),
}

var groupFields = object[boon.StackingGroup]{
	is("id", identifier("id"), func(g *boon.StackingGroup) *string { return &g.ID }, "The `stacking.group` of its offers.").required(),
	is("mode", word(boon.StackAll, boon.StackFirst, boon.StackHighest, boon.StackLowest, boon.StackBest), func(g *boon.StackingGroup) *boon.StackMode { return &g.Mode }, "all: each offer in its turn, where their policies let them combine. first, highest, lowest: one of them, by priority or by what it is worth to the customer. best: the combination that is best for `bestFor`.").otherwise("all"),
	is("bestFor", word(boon.BestForCustomer, boon.BestForMargin), func(g *boon.StackingGroup) *string { return &g.BestFor }, "customer: what is worth most. margin: of the combinations to which nothing can be added, the one that costs the shop least. customer unless said; only with mode best."),
	is("per", word(boon.PerOrder, boon.PerLine), func(g *boon.StackingGroup) *string { return &g.Per }, "What first, highest and lowest choose for: the order, or each line by itself.").otherwise("order"),
	is("price", word(boon.OnRemaining, boon.OnOriginal), func(g *boon.StackingGroup) *string { return &g.Price }, "What a discount is computed on: what earlier ones leave, or the order as it came.").otherwise("remaining"),
	is("minimum", word(boon.MinimumAfter, boon.MinimumBefore), func(g *boon.StackingGroup) *string { return &g.Minimum }, "Whether the offers' minimum, and the condition of a code, are held against what earlier discounts leave or against the order as it came.").otherwise("after"),
	is("priority", whole[int64](0, 1e6), func(g *boon.StackingGroup) *int64 { return &g.Priority }, "Order among groups: the smaller comes first; of equal ones those that discount goods, then the lesser id."),
	is("excludes", list(identifier("StackingGroup id")), func(g *boon.StackingGroup) *[]string { return &g.Excludes }, "Groups that no order carries beside this one, whichever of the two names the other."),
	is("alone", truth, func(g *boon.StackingGroup) *bool { return &g.Alone }, "Excludes every other group."),
}
