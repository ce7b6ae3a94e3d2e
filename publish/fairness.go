package publish

import (
	"fmt"
	"strings"
	"time"

	"boon"
)

// Bounds of what is counted for fairness: a person keeps something for each bound, a day's sheet something for each group.
const (
	maxFairness   = 20
	maxFairGroups = 20
	maxFairDays   = 366
)

var fairnessFields = object[boon.Fairness]{
	is("id", identifier("id"), func(f *boon.Fairness) *string { return &f.ID }, idDoc).required(),
	is("by", nested(attributeFields), func(f *boon.Fairness) *boon.Attribute { return &f.By }, "What splits people into groups: one of `trait` and `context`. It is read to measure by, and by nothing that decides.").required(),
	is("groups", list(textual), func(f *boon.Fairness) *[]string { return &f.Groups }, "The values that are compared, 2 to 20. Who has another one, or none, is left out.").required(),
	is("covers", nested(watchedFields), func(f *boon.Fairness) *boon.Covers { return &f.Covers }, "What it watches.").required(),
	is("outcome", word(boon.FairOffered, boon.FairValue), func(f *boon.Fairness) *boon.FairOutcome { return &f.Outcome }, "`offered`: the share of a group's people who were granted an offer. `value`: what budgets set aside for their grants, a person.").otherwise("offered"),
	is("ratio", decimal("share 0.01..1", "0.01", "1"), func(f *boon.Fairness) *boon.Micros { return &f.Ratio }, "The bound: the worst group's outcome by the best's. At the bound it holds; below, it is passed, if chance is not why.").otherwise("0.8"),
	is("over", duration, func(f *boon.Fairness) *time.Duration { return &f.Over }, "The window: whole days, UTC, today among them.").otherwise("30d"),
	is("atLeast", whole[int64](10, 1e9), func(f *boon.Fairness) *int64 { return &f.AtLeast }, "People in a group within the window before it is compared.").otherwise("100"),
	is("alpha", decimal("share 0.0001..0.5", "0.0001", "0.5"), func(f *boon.Fairness) *boon.Micros { return &f.Alpha }, "The probability of an alarm within a window where all groups are treated alike, over all that the bound compares in it.").otherwise(`"0.05"`),
	is("action", word("alarm", "pause"), func(f *boon.Fairness) *string { return &f.Action }, "Both tell a human; `pause` also stops what it covers, until a human resumes it.").otherwise("alarm"),
	honours(func(f *boon.Fairness) *bool { return &f.Refuse }),
}

var attributeFields = object[boon.Attribute]{
	is("trait", textual, func(a *boon.Attribute) *string { return &a.Trait }, "A trait that was told by `identify`, such as gender."),
	is("context", word("channel", "device", "country", "region", "locale", "store"), func(a *boon.Attribute) *string { return &a.Context }, "A part of the context of the call or event that was decided for."),
}

// fairness checks what a bound splits by and names, and that its window can be counted.
func (v *reviewer) fairness(at string, f boon.Fairness) {
	switch by := f.By; {
	case (by.Trait == "") == (by.Context == ""):
		v.problem(at+".by", "give one of trait and context")
	case by.Trait == "fraud_flag" || by.Trait == "tags":
		v.problem(at+".by.trait", "%s is kept otherwise than other traits and cannot split people", by.Trait)
	}
	if n := len(f.Groups); n < 2 || n > maxFairGroups {
		v.problem(at+".groups", "groups are compared with each other: give 2 to %d, not %d", maxFairGroups, n)
	}
	v.watched(at+".covers", f.Covers)
	if day := 24 * time.Hour; f.Over%day != 0 || f.Over > maxFairDays*day {
		v.problem(at+".over", "the window is whole days, 1d to %dd", maxFairDays)
	}
	if f.Refuse && f.Action != "pause" {
		v.problem(at+".honour", "honour is for action: pause; an alarm stops no grant")
	}
	if len(v.b.Fairness) > maxFairness && f.ID == v.b.Fairness[maxFairness].ID {
		v.problem(at, "a bundle has at most %d bounds on fairness; this is one more", maxFairness)
	}
}

// partial warns of conditions that read what a bound splits people by.
func partial(b boon.Bundle) (all []string) {
	for _, f := range b.Fairness {
		warn := func(what, condition string) {
			for _, name := range spellings(f.By) {
				if strings.Contains(condition, name) {
					all = append(all, fmt.Sprintf("%s: its condition reads %s, by which Fairness/%s splits people: their outcomes will differ by it", what, name, f.ID))
				}
			}
		}
		for _, o := range b.Offers {
			warn("Offer/"+o.ID, o.Eligibility)
		}
		for _, s := range b.Segments {
			warn("Segment/"+s.ID, s.Where)
		}
	}
	return all
}

// spellings are how a condition calls what splits people.
func spellings(a boon.Attribute) []string {
	if a.Trait != "" {
		return []string{fmt.Sprintf("profile.traits[%q]", a.Trait), "profile.traits['" + a.Trait + "']"}
	}
	return []string{"context." + a.Context, "profile." + a.Context}
}
