package decide

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"

	"boon"
	"boon/eligibility"
	"boon/model"
	"boon/offer"
)

// Replay computes a recorded decision again from its inputs and lists the parts of the record whose bytes differ; none: every byte is equal.
// The policy and the rates must be those that the record names.
func Replay(body []byte, p *Policy, rates model.Rates) ([]string, error) {
	record, err := DecodeRecord(body)
	if err != nil {
		return nil, err
	}
	if record.Engine != Engine {
		return nil, boon.Refuse(boon.ReasonUnavailable, "the record was made by engine %d, this one is %d", record.Engine, Engine)
	}
	if p.Release.ID != record.Inputs.ReleaseID || rates.ID != record.Inputs.RatesID {
		return nil, fmt.Errorf("replay %s: want release %s and rates %s", record.Decision.ID, record.Inputs.ReleaseID, record.Inputs.RatesID)
	}
	again, err := Compute(p, rates, record.Inputs).Encode()
	if err != nil {
		return nil, err
	}
	if bytes.Equal(body, again) {
		return nil, nil
	}
	return differences(body, again)
}

// differences names the members of two records that differ.
func differences(a, b []byte) ([]string, error) {
	var left, right map[string]json.RawMessage
	if err := json.Unmarshal(a, &left); err != nil {
		return nil, fmt.Errorf("compare records: %w", err)
	}
	if err := json.Unmarshal(b, &right); err != nil {
		return nil, fmt.Errorf("compare records: %w", err)
	}
	names := []string{}
	for name := range left {
		if !bytes.Equal(left[name], right[name]) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		names = append(names, "form")
	}
	sort.Strings(names)
	return names, nil
}

// EmptyWallet holds nothing and issues nothing, for questions that do not depend on it.
type EmptyWallet struct{}

// Held implements Wallet.
func (EmptyWallet) Held(context.Context, []boon.Identifier) ([]boon.Grant, error) { return nil, nil }

// Standing implements Wallet.
func (EmptyWallet) Standing(_ context.Context, capped, budgets []string) (Standing, error) {
	return Standing{Used: make([]int64, len(capped)), Available: make([]int64, len(budgets))}, nil
}

// Issue implements Wallet.
func (EmptyWallet) Issue(_ context.Context, g boon.Grant, _, _ []boon.Identifier) (boon.Grant, error) {
	return g, nil
}

// Queue implements Wallet.
func (EmptyWallet) Queue(context.Context, boon.Hold, []boon.Identifier) error { return nil }

// Eligible asks bans, one offer's eligibility, exclusions and guardrails of a person and a cart: a reason and its detail when they refuse.
func Eligible(ctx context.Context, s Situation, w World, r boon.Request, offerID string) (boon.Reason, string, error) {
	return ask(ctx, s, w, r, offerID, func(c *computation, t *term) *refusal {
		_, refused := c.allowed(t, offer.Levels(t.offer)[0]) // the one that a code gives, whatever arm of an experiment decisions keep to
		return refused
	})
}

// Stands asks the same of what waits for a human, at its level, and whether it still promises to earn, where it did when it was decided: decided is the
// record of that, r the request as it would be now.
func Stands(ctx context.Context, s Situation, w World, r boon.Request, h boon.Hold, decided []boon.Candidate) (boon.Reason, string, error) {
	return ask(ctx, s, w, r, h.Grant.Offer, func(c *computation, t *term) *refusal {
		if p, ok := s.Policy.Release.Bundle.Placement(h.Placement); ok {
			t.placement = &p
		}
		applied, refused := c.allowed(t, h.Grant.Level)
		if refused != nil || !promised(h, decided) || c.valued(t, h.Grant.Level, applied).Delta > 0 {
			return refused
		}
		return &refusal{reason: boon.ReasonUnprofitable, detail: "it is no longer expected to earn more than it costs"}
	})
}

// promised reports whether what waits was expected to earn; a pin and exploring pick what is not.
func promised(h boon.Hold, decided []boon.Candidate) bool {
	return slices.ContainsFunc(decided, func(k boon.Candidate) bool {
		return k.Placement == h.Placement && k.Offer == h.Grant.Offer && k.Level == h.Grant.Level && k.Delta > 0
	})
}

// allowed is what a level takes off the cart, unless its offer cannot or a guardrail bars it.
func (c *computation) allowed(t *term, level boon.Micros) (applied offer.Applied, refused *refusal) {
	if applied, refused = c.apply(t, level); refused == nil {
		refused = c.guarded(t, level, applied)
	}
	return applied, refused
}

func ask(ctx context.Context, s Situation, w World, r boon.Request, offerID string, further func(*computation, *term) *refusal) (boon.Reason, string, error) {
	i, ok := s.Policy.position[offerID]
	if !ok {
		return boon.ReasonNotFound, "the offer is no longer configured", nil
	}
	var in Inputs
	if _, err := snapshot(ctx, &in, s, w, r, eligibility.Hit{Offer: int32(i)}); err != nil {
		return "", "", err
	}
	c := begin(s.Policy, s.Rates, &in)
	defer c.end()
	t := &term{offer: &s.Policy.offers[i], campaign: &s.Policy.campaigns[i], index: i, placement: &boon.Placement{}}
	if ban := c.override(boon.OverrideBan, t); ban != nil {
		return boon.ReasonBanned, fmt.Sprintf("offer %s is banned here: %s", offerID, ban.Reason), nil
	}
	if reason := s.Policy.index.Check(i, &c.row, r.At); reason != "" {
		return reason, s.Policy.index.Explain(i, &c.row, r.At), nil
	}
	refused := c.barred(t)
	if refused == nil {
		refused = further(c, t)
	}
	if refused != nil {
		return refused.reason, refused.detail, nil
	}
	return "", "", nil
}
