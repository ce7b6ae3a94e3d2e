package publish

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"boon"
)

// reviewer looks at a bundle for what only the whole can tell.
type reviewer struct {
	*reading
	b    *boon.Bundle
	skus map[string]bool // nil: no catalogue beside the bundle
	ids  map[string][]string
	half bool // the element looked at does not read well: only what it refers to is asked
}

func review(r *reading, b *boon.Bundle, first Position) {
	v := &reviewer{reading: r, b: b, ids: map[string][]string{}}
	if r.shop.Line == 0 && !r.mayName("Shop") {
		r.problems = append(r.problems, &Problem{Position: first, Message: "the bundle has no Shop; add a document with kind: Shop, id, currency and timezone"})
	}
	for _, k := range kinds {
		for _, e := range k.elements(b) {
			if !idPattern.MatchString(e.id) {
				continue
			}
			v.ids[k.name] = append(v.ids[k.name], e.id)
		}
	}
	v.stackingNames()
	v.loadSKUs(path.Dir(first.File))
	v.each()
	v.codes()
}

// each looks at every element.
func (v *reviewer) each() {
	visit(v, "Budget", v.b.Budgets, func(b boon.Budget) string { return b.ID }, (*reviewer).budget)
	visit(v, "Campaign", v.b.Campaigns, func(c boon.Campaign) string { return c.ID }, (*reviewer).campaign)
	visit(v, "Offer", v.b.Offers, func(o boon.Offer) string { return o.ID }, (*reviewer).offer)
	visit(v, "StackingGroup", v.b.StackingGroups, func(g boon.StackingGroup) string { return g.ID }, (*reviewer).stackingGroup)
	visit(v, "Trigger", v.b.Triggers, func(t boon.Trigger) string { return t.ID }, (*reviewer).trigger)
	visit(v, "Guardrail", v.b.Guardrails, func(g boon.Guardrail) string { return g.ID }, (*reviewer).guardrail)
	visit(v, "StopLoss", v.b.StopLosses, func(s boon.StopLoss) string { return s.ID }, (*reviewer).stopLoss)
	visit(v, "Abuse", v.b.Abuse, func(a boon.Abuse) string { return a.ID }, (*reviewer).abuse)
	visit(v, "Fairness", v.b.Fairness, func(f boon.Fairness) string { return f.ID }, (*reviewer).fairness)
	visit(v, "ContactPolicy", v.b.ContactPolicies, func(p boon.ContactPolicy) string { return p.ID }, (*reviewer).contactPolicy)
	visit(v, "Experiment", v.b.Experiments, func(e boon.Experiment) string { return e.ID }, (*reviewer).experiment)
}

func visit[T any](v *reviewer, kind string, all []T, id func(T) string, look func(*reviewer, string, T)) {
	for _, x := range all {
		if at := kind + "/" + id(x); id(x) != "" {
			v.half = v.broken[at]
			look(v, at, x)
		}
	}
	v.half = false
}

func (v *reviewer) problem(path, format string, args ...any) {
	if !v.half {
		v.tell(path, format, args...)
	}
}

func (v *reviewer) tell(path, format string, args ...any) {
	v.problems = append(v.problems, &Problem{Position: v.at.Of(path), Path: path, Message: fmt.Sprintf(format, args...)})
}

// refer checks that id, when given, names an element of kind.
func (v *reviewer) refer(path, kind, id string) {
	if id == "" || slices.Contains(v.ids[kind], id) || v.mayName(kind) {
		return
	}
	v.tell(path, "there is no %s %q%s", kind, id, suggestion(id, v.ids[kind]))
}

func (v *reviewer) referAll(path, kind string, ids []string) {
	item := func(i int) string { return fmt.Sprintf("%s[%d]", path, i) }
	_, more := v.at[item(len(ids))] // one could not be read, and those after it have moved up
	for i, id := range ids {
		if at := item(i); more {
			v.refer(path, kind, id)
		} else {
			v.refer(at, kind, id)
		}
	}
}

// schedule checks that there is a time between starts and ends.
func (v *reviewer) schedule(path string, starts, ends time.Time) {
	if !starts.IsZero() && !ends.IsZero() && !starts.Before(ends) {
		v.problem(path+".ends", "it ends at %s, which is not after it starts, %s", ends.Format(time.RFC3339), starts.Format(time.RFC3339))
	}
}

func (v *reviewer) campaign(at string, c boon.Campaign) {
	v.refer(at+".budget", "Budget", c.Budget)
	v.funds(at+".budget", c.Budget)
	v.schedule(at, c.Starts, c.Ends)
}

func (v *reviewer) experiment(at string, e boon.Experiment) {
	v.refer(at+".campaign", "Campaign", e.Campaign)
	if len(e.Arms) < 2 {
		v.problem(at+".arms", "an experiment compares two arms or more")
	}
	v.split(at, e)
	seen := map[string]bool{}
	for i, arm := range e.Arms {
		path := fmt.Sprintf("%s.arms[%d]", at, i)
		if seen[arm.ID] {
			v.problem(path+".id", "another arm is called %q", arm.ID)
		}
		seen[arm.ID] = true
		v.arm(path, e, arm)
	}
}

// arm checks that what an arm is given is there to be given.
func (v *reviewer) arm(at string, e boon.Experiment, a boon.Arm) {
	var offers []string
	levels := map[boon.Micros]bool{}
	for _, o := range v.b.Offers {
		if o.Campaign == e.Campaign {
			offers = append(offers, o.ID)
			for _, l := range o.Reward.Levels {
				levels[l] = true
			}
		}
	}
	for i, id := range a.Offers {
		if !slices.Contains(offers, id) {
			v.problem(fmt.Sprintf("%s.offers[%d]", at, i), "the campaign %q has no offer %q%s", e.Campaign, id, suggestion(id, offers))
		}
	}
	for i, l := range a.Values {
		if !levels[l] {
			v.problem(fmt.Sprintf("%s.values[%d]", at, i), "no offer of the campaign %q has the value %s", e.Campaign, l)
		}
	}
}

// loadSKUs reads the ids of products.csv, when one lies beside the bundle.
func (v *reviewer) loadSKUs(folder string) {
	if v.fsys == nil {
		return
	}
	content, err := fs.ReadFile(v.fsys, path.Join(folder, "products.csv"))
	if err != nil {
		return
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(content), "\ufeff"))).ReadAll()
	if err != nil || len(rows) == 0 {
		return
	}
	v.skus = map[string]bool{}
	for column, name := range rows[0] {
		for _, row := range rows[1:] {
			if name == "id" {
				v.skus[row[column]] = true
			}
		}
	}
}

func (v *reviewer) sku(path, sku string) {
	if v.skus != nil && !v.skus[sku] {
		v.problem(path, "products.csv has no product %q", sku)
	}
}
