package decide

import (
	"context"
	"errors"
	"fmt"

	"boon"
	"boon/feature"
	"boon/model"
)

// Situation is what decides beside the world: the compiled release, the rates of the running epoch, the population as of then, and a seed.
type Situation struct {
	Policy *Policy
	Rates  model.Rates
	Cuts   feature.Cuts
	Seed   uint64
}

// maxAttempts bounds how often a choice is made again after the commit refused it.
const maxAttempts = 8

// Decide takes a decision: reads once, computes, and issues what was picked. keep is called with the record before a grant is issued, so that
// what is granted can always be explained; the last record kept is the one that holds. A dry run issues and keeps nothing. The record is lent to keep,
// which writes it down; the one returned is without its candidates.
func Decide(ctx context.Context, s Situation, w World, r boon.Request, keep func(Record) error) (*Record, error) {
	record := &Record{Engine: Engine}
	in := &record.Inputs
	matched, err := snapshot(ctx, in, s, w, r)
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	for range maxAttempts {
		if err := record.decide(s, matched, keep); err != nil {
			return nil, fmt.Errorf("keep record: %w", err)
		}
		if r.DryRun {
			return record, nil
		}
		refused, err := issue(ctx, w.Wallet, in, record.Decision.Picks)
		if err != nil {
			return nil, err
		}
		if refused == nil {
			return record, nil
		}
		in.Refused = append(in.Refused, *refused)
	}
	return nil, boon.Refuse(boon.ReasonUnavailable, "the limits of every pick were taken meanwhile; try again")
}

// decide computes the decision and keeps it. The candidates stand in the computation's room: only keep sees them.
func (r *Record) decide(s Situation, matched matches, keep func(Record) error) error {
	c := begin(s.Policy, s.Rates, &r.Inputs)
	defer c.end()
	c.matched = matched
	c.decide()
	r.Decision = c.decision
	if r.Inputs.Request.DryRun {
		return nil
	}
	whole := *r
	whole.Candidates = c.candidates
	return keep(whole)
}

// issue makes the grants of the picks. The first that a limit refuses comes back; the grants issued before it stay, and are found live.
func issue(ctx context.Context, wallet Wallet, in *Inputs, picks []boon.Pick) (*Refused, error) {
	for i := range picks {
		offer, err := give(ctx, wallet, in, &picks[i])
		var refusal *boon.Error
		if errors.As(err, &refusal) && limits[refusal.Reason] {
			return &Refused{offer, refusal.Reason, refusal.Detail, refusal.Field}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("issue grant: %w", err)
		}
	}
	return nil, nil
}

// give makes the grant of a pick, or lets it wait, and names its offer.
func give(ctx context.Context, wallet Wallet, in *Inputs, p *boon.Pick) (offer string, err error) {
	switch {
	case p.Hold != nil:
		return p.Hold.Grant.Offer, wallet.Queue(ctx, *p.Hold, in.Members)
	case p.Grant == nil || p.Live:
		return p.Offer, nil
	}
	grant, err := wallet.Issue(ctx, *p.Grant, in.Members, in.Request.Identifiers)
	if err == nil {
		p.Grant = &grant
	}
	return p.Offer, err
}

// limits are the refusals of a commit after which another choice may stand.
var limits = map[boon.Reason]bool{
	boon.ReasonCapTotal: true, boon.ReasonCapProfile: true, boon.ReasonCapIdentifier: true, boon.ReasonCapPeriod: true, boon.ReasonFrequency: true,
	boon.ReasonBudgetExhausted: true, boon.ReasonPaused: true, boon.ReasonBanned: true, boon.ReasonHeld: true, boon.ReasonNotEligible: true, boon.ReasonExpired: true,
}
