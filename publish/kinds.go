package publish

import (
	"cmp"
	"slices"
	"strings"

	"boon"

	"go.yaml.in/yaml/v3"
)

// kind is one kind of document.
type kind struct {
	name, doc string
	rows      []row
	read      func(value, *boon.Bundle)
	elements  func(*boon.Bundle) []element
}

// element is one document's content: the noun, and how it is written.
type element struct {
	id   string
	noun any
	node *yaml.Node
}

var kinds = []kind{
	{
		name: "Shop", rows: shopFields.rows(),
		doc:      "What is true of the whole shop. A bundle has exactly one.",
		read:     readShop,
		elements: shopElement,
	},
	listed("Budget", "Funds grants. Every offer but a nudge draws on one.", budgetFields, func(b *boon.Bundle) *[]boon.Budget { return &b.Budgets }, func(x *boon.Budget) *string { return &x.ID }),
	listed("Campaign", "Groups offers under one budget and one holdout.", campaignFields, func(b *boon.Bundle) *[]boon.Campaign { return &b.Campaigns }, func(x *boon.Campaign) *string { return &x.ID }),
	listed("Channel", "What a message by a channel costs and which consent it needs. Its id is the channel.", channelFields, func(b *boon.Bundle) *[]boon.Channel { return &b.Channels }, func(x *boon.Channel) *string { return &x.ID }),
	listed("ContactPolicy", "Bounds how often, when and by how many ways at once one person is contacted. A bundle has one at most (docs/contact-policy.md).", contactFields, func(b *boon.Bundle) *[]boon.ContactPolicy { return &b.ContactPolicies }, func(x *boon.ContactPolicy) *string { return &x.ID }),
	listed("Placement", "Where an offer can show.", placementFields, func(b *boon.Bundle) *[]boon.Placement { return &b.Placements }, func(x *boon.Placement) *string { return &x.ID }),
	listed("Offer", "One thing that can be offered, with the menu of how much of it.", offerFields, func(b *boon.Bundle) *[]boon.Offer { return &b.Offers }, func(x *boon.Offer) *string { return &x.ID }),
	listed("StackingGroup", "Says how the offers that name it share an order: docs/stacking.md has examples. A group without a document goes by the policies of its offers.", groupFields, func(b *boon.Bundle) *[]boon.StackingGroup { return &b.StackingGroups }, func(x *boon.StackingGroup) *string { return &x.ID }),
	listed("Trigger", "A named pattern over the event stream.", triggerFields, func(b *boon.Bundle) *[]boon.Trigger { return &b.Triggers }, func(x *boon.Trigger) *string { return &x.ID }),
	listed("Segment", "Names a condition, usable in expressions as `segment(\"id\")`.", segmentFields, func(b *boon.Bundle) *[]boon.Segment { return &b.Segments }, func(x *boon.Segment) *string { return &x.ID }),
	listed("Guardrail", "A rule that no score can beat, asked of every line that an offer would touch.", guardrailFields, func(b *boon.Bundle) *[]boon.Guardrail { return &b.Guardrails }, func(x *boon.Guardrail) *string { return &x.ID }),
	listed("StopLoss", "Watches a live figure, and stops an offer that goes wrong (docs/stop-loss.md).", stopLossFields, func(b *boon.Bundle) *[]boon.StopLoss { return &b.StopLosses }, func(x *boon.StopLoss) *string { return &x.ID }),
	listed("Abuse", "Marks customers whose behaviour looks like abuse, and may refuse them.", abuseFields, func(b *boon.Bundle) *[]boon.Abuse { return &b.Abuse }, func(x *boon.Abuse) *string { return &x.ID }),
	listed("Fairness", "Bounds how far apart the outcomes of groups of people may be, and tells a human, or pauses, when they are further (docs/fairness.md).", fairnessFields, func(b *boon.Bundle) *[]boon.Fairness { return &b.Fairness }, func(x *boon.Fairness) *string { return &x.ID }),
	listed("Holdout", "Keeps a share of profiles without any offer, for ever.", holdoutFields, func(b *boon.Bundle) *[]boon.Holdout { return &b.Holdouts }, func(x *boon.Holdout) *string { return &x.ID }),
	listed("Experiment", "Splits units over arms. What it says is fixed once it runs.", experimentFields, func(b *boon.Bundle) *[]boon.Experiment { return &b.Experiments }, func(x *boon.Experiment) *string { return &x.ID }),
}

func kindNames() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}

// listed is a kind of which a bundle holds many, each with an id of its own.
func listed[T any](name, doc string, o object[T], at func(*boon.Bundle) *[]T, id func(*T) *string) kind {
	return kind{
		name: name, doc: doc, rows: o.rows(),
		read: func(v value, b *boon.Bundle) {
			v = v.claim(name)
			var x T
			if o.read(v, &x); *id(&x) == "" {
				v.lost[name] = true
			}
			*id(&x) = strings.TrimPrefix(v.path, name+"/")
			*at(b) = append(*at(b), x)
		},
		elements: func(b *boon.Bundle) []element {
			var all []element
			for _, x := range *at(b) {
				all = append(all, element{*id(&x), x, o.write(&x, b.Shop.Currency)})
			}
			return all
		},
	}
}

// claim takes v's place among the elements read. One whose id is taken already is read on under a number, for what else is wrong with it. An element
// without an id is complained of later.
func (v value) claim(kind string) value {
	if first, taken := v.at[v.path]; taken && lookup(v.node, "id") != nil {
		v.doc = kind + "/" + v.numbered()
		where := v
		where.node = lookup(v.node, "id")
		where.problem("the id is taken: %s:%d has the same", first.File, first.Line)
		v.path = v.doc
	}
	v.at[v.path] = v.position()
	return v
}

func readShop(v value, b *boon.Bundle) {
	if v.shop.Line > 0 {
		v.problem("a bundle has one Shop; the first is in %s, line %d", v.shop.File, v.shop.Line)
		return
	}
	v.shop = v.position()
	v.at[v.path] = v.shop
	shopFields.read(v, &b.Shop)
}

// shopElement is empty for a bundle without a shop, as there is before the first release.
func shopElement(b *boon.Bundle) []element {
	if b.Shop.ID == "" {
		return nil
	}
	return []element{{b.Shop.ID, b.Shop, shopFields.write(&b.Shop, b.Shop.Currency)}}
}

// canonical sorts what has no order of its own, and gives offers the budget of their campaign.
func canonical(b *boon.Bundle) {
	byID(b.Budgets, func(x boon.Budget) string { return x.ID })
	byID(b.Campaigns, func(x boon.Campaign) string { return x.ID })
	byID(b.Channels, func(x boon.Channel) string { return x.ID })
	byID(b.Placements, func(x boon.Placement) string { return x.ID })
	byID(b.Offers, func(x boon.Offer) string { return x.ID })
	byID(b.StackingGroups, func(x boon.StackingGroup) string { return x.ID })
	byID(b.Triggers, func(x boon.Trigger) string { return x.ID })
	byID(b.Segments, func(x boon.Segment) string { return x.ID })
	byID(b.Guardrails, func(x boon.Guardrail) string { return x.ID })
	ordered(b.Guardrails)
	byID(b.StopLosses, func(x boon.StopLoss) string { return x.ID })
	byID(b.Abuse, func(x boon.Abuse) string { return x.ID })
	byID(b.Fairness, func(x boon.Fairness) string { return x.ID })
	byID(b.Holdouts, func(x boon.Holdout) string { return x.ID })
	byID(b.Experiments, func(x boon.Experiment) string { return x.ID })
	for i := range b.Offers {
		o := &b.Offers[i]
		slices.Sort(o.Reward.Levels)
		if c, ok := b.Campaign(o.Campaign); ok && o.Budget == "" && o.Reward.Type != boon.RewardNudge {
			o.Budget = c.Budget
		}
	}
}

func byID[T any](all []T, id func(T) string) {
	slices.SortStableFunc(all, func(a, b T) int { return cmp.Compare(id(a), id(b)) })
}
