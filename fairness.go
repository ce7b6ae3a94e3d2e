package boon

import "time"

// Fairness bounds how far apart the outcomes of groups of people may be. What splits people into groups is read to measure by, and by nothing that
// decides.
type Fairness struct {
	ID      string        `json:"id"`
	By      Attribute     `json:"by"`
	Groups  []string      `json:"groups"` // values of By that are compared; who has another, or none, is left out
	Covers  Covers        `json:"covers"` // shop, or each campaign or offer by itself; no ids: every one
	Outcome FairOutcome   `json:"outcome"`
	Ratio   Micros        `json:"ratio"`   // of the worst group's outcome to the best's; below it the bound is passed
	Alpha   Micros        `json:"alpha"`   // probability of an alarm within Over where all groups are treated alike
	Over    time.Duration `json:"over"`    // whole days
	AtLeast int64         `json:"atLeast"` // people in a group before it is compared
	Action  string        `json:"action"`  // alarm | pause
	Refuse  bool          `json:"refuse,omitempty"`
}

// Attribute names what splits people into groups: one of a trait and a part of the context of the call.
type Attribute struct {
	Trait   string `json:"trait,omitempty"`
	Context string `json:"context,omitempty"` // channel | device | country | region | locale | store
}

// String is "trait gender" or "context country".
func (a Attribute) String() string {
	if a.Trait != "" {
		return "trait " + a.Trait
	}
	return "context " + a.Context
}

// FairOutcome is what is compared between groups.
type FairOutcome string

// The outcomes.
const (
	FairOffered FairOutcome = "offered" // share of people who were granted an offer
	FairValue   FairOutcome = "value"   // what budgets set aside for grants, a person
)

// Measure names what a bound counts, so that a bound that splits people otherwise begins anew.
func (f Fairness) Measure() string { return f.ID + "/" + f.By.String() + "/" + f.Covers.Kind }

// Days is the window of a bound.
func (f Fairness) Days() int64 { return int64(f.Over / (24 * time.Hour)) }
