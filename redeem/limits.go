package redeem

import (
	"cmp"
	"math"
	"slices"
	"time"

	"boon"
	"boon/experiment"
	"boon/ledger"
)

// quota is what a new grant asks for of a counter.
type quota struct {
	boon.Limit
	n    int64
	of   string       // what there are so many of, for whoever is refused
	full func() error // says that it is full where that takes other words
}

// caps are the places that a grant takes under the caps of its offer and its campaign, whoever asked for it and however. ids are the identifiers
// that count under a cap per identifier.
func (d *Desk) caps(o boon.Offer, g boon.Grant, ids []boon.Identifier, now time.Time) []quota {
	name := "offer " + o.ID
	all := d.capped([]quota{{Limit: d.placesLimit(o, g.Arm), n: 1, of: inArm(name, g.Arm)}}, name, "offer/"+o.ID, "id/"+o.ID, o.Caps, ids, now)
	if c, ok := d.Terms.Bundle().Campaign(o.Campaign); ok && c.Caps != (boon.Caps{}) {
		name = "campaign " + c.ID
		if c.Caps.Total > 0 {
			all = append(all, quota{Limit: boon.Limit{Key: "caps/campaign/" + c.ID + "/total", Max: c.Caps.Total, Refusal: boon.ReasonCapTotal}, n: 1, of: name})
		}
		all = d.capped(all, name, "campaign/"+c.ID, "id/campaign/"+c.ID, c.Caps, ids, now)
	}
	return all
}

// capped adds the places per period and per identifier of what has a name.
func (d *Desk) capped(all []quota, name, subject, identified string, c boon.Caps, ids []boon.Identifier, now time.Time) []quota {
	for _, per := range []struct {
		period boon.Period
		max    int64
	}{{boon.PeriodDay, c.PerDay}, {boon.PeriodWeek, c.PerWeek}, {boon.PeriodMonth, c.PerMonth}} {
		if per.max > 0 {
			key := "caps/" + subject + "/" + ledger.PeriodKey(per.period, now, d.zone())
			all = append(all, quota{Limit: boon.Limit{Key: key, Max: per.max, Refusal: boon.ReasonCapPeriod}, n: 1, of: name + " for this " + string(per.period)})
		}
	}
	if c.PerIdentifier > 0 {
		for i, id := range ids {
			if !slices.Contains(ids[:i], id) {
				key := identified + "/" + id.String()
				all = append(all, quota{Limit: boon.Limit{Key: key, Max: c.PerIdentifier, Refusal: boon.ReasonCapIdentifier}, n: 1, of: name + " for this identifier"})
			}
		}
	}
	return all
}

// PlacesKey is the counter of the places taken under an offer's total cap, or, followed by / and an arm, under the arm's part of it.
func PlacesKey(offer string) string { return "places/" + offer }

func placesKey(offer, arm string) string {
	if arm == "" {
		return PlacesKey(offer)
	}
	return PlacesKey(offer) + "/" + arm
}

func inArm(name, arm string) string {
	if arm == "" {
		return name
	}
	return name + " in arm " + arm
}

func (d *Desk) placesLimit(o boon.Offer, arm string) boon.Limit {
	l := boon.Limit{Key: placesKey(o.ID, arm), Max: o.Caps.Total, Refusal: boon.ReasonCapTotal}
	switch {
	case l.Max <= 0:
		l.Max = math.MaxInt64
	case arm != "":
		e, _ := d.splitting(o.Campaign)
		l.Max = portion(e, arm, l.Max)
	}
	return l
}

// vacant asks for places before the budget is asked, so that a full offer is refused as full.
func vacant(tx Tx, asked []quota) error {
	for _, q := range asked {
		n, err := tx.Count(q.Key)
		if err != nil {
			return err
		}
		if n > q.Max-q.n {
			return q.refuse()
		}
	}
	return nil
}

// takeAll takes what was asked for, all or nothing, in the order of the keys, so that no two takers wait for each other in turn. It returns what
// the grant has to give back, besides its place under the total cap.
func takeAll(tx Tx, asked []quota) (taken []boon.Place, err error) {
	if len(asked) == 1 {
		return nil, take(tx, asked[0])
	}
	slices.SortFunc(asked, func(a, b quota) int { return cmp.Compare(a.Key, b.Key) })
	err = tx.Try(func(tx Tx) error {
		for _, q := range asked {
			if err := take(tx, q); err != nil {
				return err
			}
			if recorded(q.Key) {
				taken = append(taken, boon.Place{Key: q.Key, N: q.n})
			}
		}
		return nil
	})
	return taken, err
}

func take(tx Tx, q quota) error {
	ok, err := tx.Take(q.Limit, q.n)
	if err == nil && !ok {
		return q.refuse()
	}
	return err
}

func (q quota) refuse() error {
	if q.full != nil {
		return q.full()
	}
	return boon.Refuse(q.Refusal, "all %d of %s are taken", q.Max, q.of)
}

// splitting is the experiment that splits a campaign's budget and caps over its arms.
func (d *Desk) splitting(campaign string) (boon.Experiment, bool) {
	if campaign == "" {
		return boon.Experiment{}, false
	}
	for _, e := range d.Terms.Bundle().Experiments {
		if e.Split && e.Campaign == campaign {
			return e, true
		}
	}
	return boon.Experiment{}, false
}

// arm is that of a person in the experiment that splits an offer's campaign; "" when none does.
func (d *Desk) arm(o boon.Offer, g boon.Grant, owners []boon.Identifier) string {
	e, ok := d.splitting(o.Campaign)
	if !ok || g.Arm != "" {
		return g.Arm
	}
	unit := g.Owner.String()
	if d.Unit != nil {
		unit = d.Unit(append([]boon.Identifier{g.Owner}, owners...))
	}
	a, _ := experiment.Assign(e, unit)
	return a.ID
}

// portion is an arm's part of a whole, by weight and largest remainder. The control arm gets nothing, so it needs nothing.
func portion(e boon.Experiment, arm string, whole int64) int64 {
	weights := make([]int64, len(e.Arms))
	for i, a := range e.Arms {
		if a.ID != "control" {
			weights[i] = a.Weight
		}
	}
	for i, part := range boon.Spread(whole, weights) {
		if e.Arms[i].ID == arm {
			return part
		}
	}
	return 0
}
