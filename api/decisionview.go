package api

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"boon"
)

type decisionAnswer struct {
	DecisionID   string            `json:"decisionId"`
	ProfileID    string            `json:"profileId"`
	Release      string            `json:"release"`
	Personalized bool              `json:"personalized" doc:"false: consent is missing, personal features were not used"`
	Placements   []placementAnswer `json:"placements"`
	Experiments  []boon.Assigned   `json:"experiments"`
	LeftOut      []boon.LeftOut    `json:"leftOut,omitempty" doc:"what the shop's bound on candidates left out, by placement: how many offers, and the ids of the most promising"`
	Explain      []candidateAnswer `json:"explain,omitempty"`
}

type placementAnswer struct {
	Placement  string       `json:"placement"`
	Outcome    boon.Outcome `json:"outcome" doc:"offer, nudge, none or holdout"`
	Reason     boon.Reason  `json:"reason"`
	Detail     string       `json:"detail,omitempty"`
	Offer      *offerAnswer `json:"offer,omitempty"`
	Grant      *shownGrant  `json:"grant,omitempty"`
	Why        string       `json:"why,omitempty" doc:"why this shopper gets it, to show to the shopper"`
	Disclosure string       `json:"disclosure,omitempty" doc:"what has to stand beside a personalised price where the shopper is"`
	Propensity float64      `json:"propensity"`
}

type offerAnswer struct {
	ID      string       `json:"id"`
	Reward  rewardAnswer `json:"reward"`
	Message boon.Message `json:"message"`
}

type rewardAnswer struct {
	Type  boon.RewardType `json:"type"`
	Value boon.Micros     `json:"value" doc:"per cent, money or points, by type"`
}

type shownGrant struct {
	ID        string    `json:"id"`
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expiresAt"`
	Live      bool      `json:"live,omitempty" doc:"it was in the wallet already"`
}

type candidateAnswer struct {
	Placement string       `json:"placement"`
	Offer     string       `json:"offer" doc:"empty: nothing"`
	Value     boon.Micros  `json:"value"`
	Verdict   boon.Verdict `json:"verdict"`
	Reason    boon.Reason  `json:"reason"`
	By        string       `json:"by,omitempty" doc:"the guardrail, cap or budget that refused"`
	Detail    string       `json:"detail,omitempty"`
	P0        float64      `json:"p0"`
	P         float64      `json:"p"`
	Q         float64      `json:"q"`
	Cost      string       `json:"cost"`
	Delta     string       `json:"delta" doc:"expected incremental contribution, an estimate"`
}

func answerDecision(d Decided, explain bool, currency boon.Currency) decisionAnswer {
	out := decisionAnswer{
		DecisionID: d.Decision.ID, ProfileID: d.Decision.ProfileID, Release: d.Decision.ReleaseID, Personalized: d.Decision.Personal,
		Placements: make([]placementAnswer, len(d.Decision.Picks)), Experiments: d.Decision.Experiments,
		LeftOut: d.Decision.LeftOut,
	}
	if out.Experiments == nil {
		out.Experiments = []boon.Assigned{}
	}
	for i := range d.Decision.Picks {
		out.Placements[i] = answerPick(&d.Decision.Picks[i])
	}
	if explain {
		out.Explain = answerCandidates(d.Candidates(), currency)
	}
	return out
}

// answerPick hides a holdout's ghost: who sees what would have been offered is no control any more.
func answerPick(p *boon.Pick) placementAnswer {
	out := placementAnswer{Placement: p.Placement, Outcome: p.Outcome, Reason: p.Reason, Detail: p.Detail, Propensity: p.Propensity}
	if p.Outcome != boon.OutcomeOffer && p.Outcome != boon.OutcomeNudge {
		return out
	}
	out.Why, out.Disclosure = p.Message.Why, p.Disclosure
	p.Message.Why = ""
	out.Offer = &offerAnswer{p.Offer, rewardAnswer{p.Reward, p.Level}, p.Message}
	if g := p.Grant; g != nil && p.Outcome == boon.OutcomeOffer {
		out.Grant = &shownGrant{g.ID, g.Code, g.ExpiresAt, p.Live}
	}
	return out
}

func answerCandidates(candidates []boon.Candidate, currency boon.Currency) []candidateAnswer {
	list := make([]candidateAnswer, len(candidates))
	for i, c := range candidates {
		list[i] = candidateAnswer{
			Placement: c.Placement, Offer: c.Offer, Value: c.Level, Verdict: c.Verdict, Reason: c.Reason, By: c.By, Detail: c.Detail,
			P0: c.P0, P: c.P, Q: c.Q, Cost: boon.Money{Minor: c.Cost, Currency: currency}.Text(), Delta: estimate(c.Delta, currency),
		}
	}
	return list
}

// estimate writes an expected amount, which is no money, to a hundredth of the minor unit.
func estimate(minor float64, currency boon.Currency) string {
	digits := currency.Exponent()
	return strconv.FormatFloat(minor/math.Pow10(digits), 'f', digits+2, 64)
}

func index(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }
