package eligibility

import (
	"fmt"
	"slices"
	"time"

	"boon"
	"boon/internal/rule"
)

// Index is the offers of one release, compiled. It never changes.
type Index struct {
	offers    []entry
	placement map[string]*shelf
	elsewhere *shelf // for placements that no offer names
}

type entry struct {
	offer     boon.Offer
	campaign  boon.Campaign
	named     string        // "campaign x"
	condition *rule.Program // nil: everyone
}

// shelf holds the candidates of one placement: by trigger, and those that need none.
type shelf struct {
	untriggered []int
	triggered   map[string][]int
}

// Compile checks every offer's condition. campaigns[i] is the campaign of offers[i], zero when it has none. An error names the offer.
func Compile(env *rule.Env, offers []boon.Offer, campaigns []boon.Campaign) (*Index, error) {
	if len(campaigns) != len(offers) {
		return nil, fmt.Errorf("index offers: %d campaigns for %d offers", len(campaigns), len(offers))
	}
	x := &Index{offers: make([]entry, len(offers)), placement: map[string]*shelf{}}
	shared := map[string]*rule.Program{} // equal conditions are compiled once
	for i, o := range offers {
		x.offers[i] = entry{offer: o, campaign: campaigns[i], named: "campaign " + campaigns[i].ID}
		if o.Eligibility == "" {
			continue
		}
		if shared[o.Eligibility] == nil {
			p, err := env.Compile(o.Eligibility, rule.WantBool)
			if err != nil {
				return nil, fmt.Errorf("offer %s: eligibility: %w", o.ID, err)
			}
			shared[o.Eligibility] = p
		}
		x.offers[i].condition = shared[o.Eligibility]
	}
	x.arrange()
	return x, nil
}

// arrange precomputes the candidates of every placement and trigger that some offer names.
func (x *Index) arrange() {
	for _, e := range x.offers {
		for _, p := range e.offer.Placements {
			x.placement[p] = nil
		}
	}
	for name := range x.placement {
		x.placement[name] = x.shelve(func(o boon.Offer) bool { return len(o.Placements) == 0 || slices.Contains(o.Placements, name) })
	}
	x.elsewhere = x.shelve(func(o boon.Offer) bool { return len(o.Placements) == 0 })
}

func (x *Index) shelve(fits func(boon.Offer) bool) *shelf {
	s := &shelf{triggered: map[string][]int{}}
	var here []int
	for i, e := range x.offers {
		if !fits(e.offer) {
			continue
		}
		here = append(here, i)
		if len(e.offer.Triggers) == 0 {
			s.untriggered = append(s.untriggered, i)
		}
		for _, t := range e.offer.Triggers {
			s.triggered[t] = nil
		}
	}
	for t := range s.triggered {
		for _, i := range here {
			if triggers := x.offers[i].offer.Triggers; len(triggers) == 0 || slices.Contains(triggers, t) {
				s.triggered[t] = append(s.triggered[t], i)
			}
		}
	}
	return s
}

// Len is the number of offers.
func (x *Index) Len() int { return len(x.offers) }

// Candidates are the offers that fit a placement and a trigger ("" for none), by index, ascending. The caller must not change the slice.
func (x *Index) Candidates(placement, trigger string) []int {
	s, ok := x.placement[placement]
	if !ok {
		s = x.elsewhere
	}
	if list, ok := s.triggered[trigger]; ok {
		return list
	}
	return s.untriggered
}

// Fits says why an offer is not a candidate for a placement and a trigger; "" when it is.
func (x *Index) Fits(i int, placement, trigger string) (boon.Reason, string) {
	o := &x.offers[i].offer
	switch {
	case len(o.Placements) > 0 && !slices.Contains(o.Placements, placement):
		return boon.ReasonPlacementMismatch, fmt.Sprintf("shows at %v only", o.Placements)
	case len(o.Triggers) > 0 && !slices.Contains(o.Triggers, trigger):
		return boon.ReasonTriggerMismatch, fmt.Sprintf("waits for %v", o.Triggers)
	}
	return "", ""
}

// Check says why an offer that fits is not for this shopper now: paused, not_started, ended, not_eligible or evaluation_error; "" when it is.
func (x *Index) Check(i int, row rule.Row, now time.Time) boon.Reason {
	e := &x.offers[i]
	if reason, _, _ := e.running(now); reason != "" || e.condition == nil {
		return reason
	}
	ok, err := e.condition.Eval(row)
	switch {
	case err != nil:
		return boon.ReasonEvaluation
	case !ok:
		return boon.ReasonNotEligible
	}
	return ""
}

// Explain puts into words what Check found: who is paused, the date, or the first part of the condition that is false. It is for people, and not
// for the hot path.
func (x *Index) Explain(i int, row rule.Row, now time.Time) string {
	e := &x.offers[i]
	reason, who, at := e.running(now)
	switch reason {
	case boon.ReasonPaused:
		return who + " is paused"
	case boon.ReasonNotStarted:
		return who + " starts at " + at.Format(time.RFC3339)
	case boon.ReasonEnded:
		return who + " ended at " + at.Format(time.RFC3339)
	}
	if e.condition == nil {
		return ""
	}
	if _, err := e.condition.Eval(row); err != nil {
		return err.Error()
	}
	return e.condition.Explain(row)
}

// running says which of offer and campaign does not run now, and the date that it is about.
func (e *entry) running(now time.Time) (reason boon.Reason, who string, at time.Time) {
	o, c := &e.offer, &e.campaign
	switch {
	case o.Paused:
		return boon.ReasonPaused, "the offer", now
	case c.Paused:
		return boon.ReasonPaused, e.named, now
	case now.Before(o.Starts):
		return boon.ReasonNotStarted, "the offer", o.Starts
	case now.Before(c.Starts):
		return boon.ReasonNotStarted, e.named, c.Starts
	case over(o.Ends, now):
		return boon.ReasonEnded, "the offer", o.Ends
	case over(c.Ends, now):
		return boon.ReasonEnded, e.named, c.Ends
	}
	return "", "", now
}

func over(end, now time.Time) bool { return !end.IsZero() && !now.Before(end) }
