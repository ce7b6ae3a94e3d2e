package boon

import "time"

// Request asks for a decision on one profile. Identifiers are hashed; Trusted says that a server key or a signed token vouches for them.
type Request struct {
	ID          string       `json:"id"` // of the decision to be; equal requests that are repeated carry an equal id
	At          time.Time    `json:"at"`
	Identifiers []Identifier `json:"identifiers"` // first: the owner of what is granted
	Trusted     bool         `json:"trusted"`
	Placements  []string     `json:"placements"`
	Trigger     string       `json:"trigger,omitempty"`
	Context     Context      `json:"context"`
	Cart        Order        `json:"cart"`
	SKU         string       `json:"sku,omitempty"` // the product being looked at
	DryRun      bool         `json:"dryRun,omitempty"`
	Deferred    time.Time    `json:"deferred,omitzero"` // when the trigger fired, where quiet hours put the decision off until At
}

// Outcome is what a placement was given.
type Outcome string

// The outcomes.
const (
	OutcomeOffer   Outcome = "offer"
	OutcomeNudge   Outcome = "nudge"
	OutcomeNone    Outcome = "none"
	OutcomeHoldout Outcome = "holdout"
)

// Verdict is how a candidate fared.
type Verdict string

// The verdicts.
const (
	VerdictWon     Verdict = "won"
	VerdictLost    Verdict = "lost"
	VerdictRefused Verdict = "refused"
)

// Candidate is one (offer, level) of a decision and how it fared. Amounts are minor units of the cart's currency.
type Candidate struct {
	Placement string  `json:"placement"`
	Offer     string  `json:"offer"` // "" is nothing
	Level     Micros  `json:"level,omitempty"`
	Verdict   Verdict `json:"verdict"`
	Reason    Reason  `json:"reason"`
	By        string  `json:"by,omitempty"`     // guardrail, cap or budget that refused
	Detail    string  `json:"detail,omitempty"` // the figures, in a sentence for a merchandiser
	P0        float64 `json:"p0,omitempty"`     // P(buys | nothing)
	P         float64 `json:"p,omitempty"`      // P(buys | this)
	Q         float64 `json:"q,omitempty"`      // P(buys and redeems | this)
	Cost      int64   `json:"cost,omitempty"`   // of the reward when redeemed
	Delta     float64 `json:"delta,omitempty"`  // expected incremental contribution, minor units: an estimate, hence a float
	Score     float64 `json:"score,omitempty"`  // Delta net of shadow prices plus exploration noise
}

// Decision is the answer for one request.
type Decision struct {
	ID          string     `json:"id"`
	At          time.Time  `json:"at"`
	ProfileID   string     `json:"profileId"`
	ReleaseID   string     `json:"releaseId"`
	Personal    bool       `json:"personal"` // false: personal features were not used, since consent is missing
	Picks       []Pick     `json:"picks"`
	Experiments []Assigned `json:"experiments,omitempty"`
	LeftOut     []LeftOut  `json:"leftOut,omitempty"`
}

// LeftOut is what a placement's bound on candidates left out of a decision.
type LeftOut struct {
	Placement string   `json:"placement"`
	Bound     int      `json:"bound"`
	Count     int      `json:"count"`  // offers that nothing had refused so far
	Offers    []string `json:"offers"` // the first of them, the most promising first
}

// Outcome of the whole decision: the strongest of its placements (offer, nudge, holdout, none).
func (d Decision) Outcome() Outcome {
	rank := map[Outcome]int{OutcomeOffer: 3, OutcomeNudge: 2, OutcomeHoldout: 1}
	best := OutcomeNone
	for _, p := range d.Picks {
		if rank[p.Outcome] > rank[best] {
			best = p.Outcome
		}
	}
	return best
}

// Pick is what one placement was given, one entry for each place of its capacity that was filled, or one entry that says why it is empty.
type Pick struct {
	Placement  string     `json:"placement"`
	Outcome    Outcome    `json:"outcome"`
	Reason     Reason     `json:"reason"`
	Detail     string     `json:"detail,omitempty"`
	Offer      string     `json:"offer,omitempty"` // for a holdout: the ghost, what would have been offered
	Reward     RewardType `json:"reward,omitempty"`
	Level      Micros     `json:"level,omitempty"`
	Channel    string     `json:"channel,omitempty"` // of the placement, where something was picked
	Propensity float64    `json:"propensity"`
	Grant      *Grant     `json:"grant,omitempty"` // to issue, or live when Live
	Live       bool       `json:"live,omitempty"`
	Message    Message    `json:"message"`
	Disclosure string     `json:"disclosure,omitempty"` // what the law has a personalised price say where the shopper is
	Hold       *Hold      `json:"hold,omitempty"`       // what waits for a human, where the reason is held
}

// Assigned is one experiment's arm.
type Assigned struct {
	Key string `json:"key"`
	Arm string `json:"arm"`
}
