package eligibility

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"boon"
	"boon/internal/rule"
)

// Index is the offers of one release, compiled. It never changes.
type Index struct {
	offers     []entry
	running    bitset // offers that are not paused
	where      spread // by placement
	what       spread // by trigger
	dimensions []dimension
	scratches  sync.Pool
}

type entry struct {
	offer     boon.Offer
	campaign  boon.Campaign
	named     string          // "campaign x"
	condition *rule.Program   // nil: everyone
	rest      []*rule.Program // of the condition, what no dimension answers; those that cost least first
}

// compiled is a condition and its parts; offers whose conditions are equal share one.
type compiled struct {
	program *rule.Program
	atoms   []rule.Atom
	rest    []*rule.Program
}

// Compile checks every offer's condition. campaigns[i] is the campaign of offers[i], zero when it has none. An error names the offer.
func Compile(env *rule.Env, offers []boon.Offer, campaigns []boon.Campaign) (*Index, error) {
	if len(campaigns) != len(offers) {
		return nil, fmt.Errorf("index offers: %d campaigns for %d offers", len(campaigns), len(offers))
	}
	x := &Index{offers: make([]entry, len(offers))}
	b := newBuilder(len(offers))
	shared := map[string]*compiled{}
	for i, o := range offers {
		x.offers[i] = entry{offer: o, campaign: campaigns[i], named: "campaign " + campaigns[i].ID}
		if err := x.condition(env, i, shared); err != nil {
			return nil, fmt.Errorf("offer %s: eligibility: %w", o.ID, err)
		}
		var atoms []rule.Atom
		if c := shared[o.Eligibility]; c != nil {
			atoms = c.atoms
		}
		b.add(int32(i), &x.offers[i], atoms)
	}
	x.running = b.running
	x.where, x.what, x.dimensions = b.finish()
	x.scratches.New = func() any { return &scratch{} }
	return x, nil
}

// condition compiles the condition of one offer, once for all that have the same.
func (x *Index) condition(env *rule.Env, i int, shared map[string]*compiled) error {
	e := &x.offers[i]
	source := e.offer.Eligibility
	if source == "" {
		return nil
	}
	c := shared[source]
	if c == nil {
		p, err := env.Compile(source, rule.WantBool)
		if err != nil {
			return err
		}
		c = &compiled{program: p}
		if c.atoms, c.rest, err = p.Parts(); err != nil {
			return err
		}
		shared[source] = c
	}
	e.condition, e.rest = c.program, c.rest
	return nil
}

// Len is the number of offers.
func (x *Index) Len() int { return len(x.offers) }

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
