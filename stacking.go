package boon

// Stacking says whether an order may carry this offer beside others of its group.
type Stacking struct {
	Group    string `json:"group,omitempty"`
	Policy   string `json:"policy,omitempty"`   // exclusive | combine
	Priority int64  `json:"priority,omitempty"` // of application within the group; the smaller comes first
}

// StackMode is how a group of offers shares an order.
type StackMode string

// Modes.
const (
	StackAll     StackMode = "all"     // each in its turn, where the offers' policies let it
	StackFirst   StackMode = "first"   // the first that applies
	StackHighest StackMode = "highest" // the one that takes most off
	StackLowest  StackMode = "lowest"  // the one that takes least off
	StackBest    StackMode = "best"    // the combination that is best for BestFor
)

// What a group is asked to be best for, what its offers are computed on, where its mode holds, and what a minimum is held against.
const (
	BestForCustomer = "customer"
	BestForMargin   = "margin"
	OnRemaining     = "remaining"
	OnOriginal      = "original"
	PerOrder        = "order"
	PerLine         = "line"
	MinimumAfter    = "after"
	MinimumBefore   = "before"
)

// StackingGroup is how the offers that name it stack on one order.
type StackingGroup struct {
	ID       string    `json:"id"`
	Mode     StackMode `json:"mode"`
	BestFor  string    `json:"bestFor,omitempty"`  // mode best: customer | margin
	Per      string    `json:"per,omitempty"`      // order | line: what the modes first, highest and lowest choose for
	Price    string    `json:"price,omitempty"`    // remaining | original: what an offer is computed on
	Minimum  string    `json:"minimum,omitempty"`  // after | before the discounts that came first
	Priority int64     `json:"priority,omitempty"` // among groups; the smaller comes first
	Excludes []string  `json:"excludes,omitempty"` // groups that no order carries beside this one
	Alone    bool      `json:"alone,omitempty"`    // excludes every other group
}

// StackingGroup is the group of an id. One that no document describes lets its offers stack as their policies say, each computed on the order as it
// came and held to what is left of it.
func (b *Bundle) StackingGroup(id string) StackingGroup {
	for _, g := range b.StackingGroups {
		if g.ID == id {
			return g
		}
	}
	return StackingGroup{ID: id, Mode: StackAll, Per: PerOrder, Price: OnOriginal, Minimum: MinimumBefore}
}
