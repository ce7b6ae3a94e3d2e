package boon

import "time"

// Bundle is a shop's whole configuration, as written. publish turns it into a Release.
type Bundle struct {
	Shop        Shop         `json:"shop"`
	Budgets     []Budget     `json:"budgets,omitempty"`
	Campaigns   []Campaign   `json:"campaigns,omitempty"`
	Placements  []Placement  `json:"placements,omitempty"`
	Offers      []Offer      `json:"offers,omitempty"`
	Triggers    []Trigger    `json:"triggers,omitempty"`
	Guardrails  []Guardrail  `json:"guardrails,omitempty"`
	Holdouts    []Holdout    `json:"holdouts,omitempty"`
	Experiments []Experiment `json:"experiments,omitempty"`
	Segments    []Segment    `json:"segments,omitempty"`
	Channels    []Channel    `json:"channels,omitempty"`
	StopLosses  []StopLoss   `json:"stopLosses,omitempty"`
	Abuse       []Abuse      `json:"abuse,omitempty"`
	Fairness    []Fairness   `json:"fairness,omitempty"`

	ContactPolicies []ContactPolicy `json:"contactPolicies,omitempty"` // one at most
	StackingGroups  []StackingGroup `json:"stackingGroups,omitempty"`
}

// Release is one immutable published configuration. Its ID is the content's digest, so a record that names it names these very bytes.
type Release struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Author string    `json:"author,omitempty"`
	Bundle Bundle    `json:"bundle"`
}

// Shop holds what is true of the whole shop.
type Shop struct {
	ID            string            `json:"id"`
	Currency      Currency          `json:"currency"`
	Timezone      string            `json:"timezone"`
	PricesInclude string            `json:"pricesInclude"`     // "none" | "vat"
	Regime        map[string]string `json:"regime,omitempty"`  // country or "default" -> "opt-in" | "opt-out"
	Margins       map[string]Micros `json:"margins,omitempty"` // category or "default" -> margin share, where a product has no cost
	Cost          ShopCost          `json:"cost"`
	TargetDays    Micros            `json:"targetDays,omitempty"`    // days of cover aimed at
	Candidates    int               `json:"candidates,omitempty"`    // offers that a decision values for a placement; 0: no bound
	PriceDrop     Micros            `json:"priceDrop,omitempty"`     // share by which a price falls before who watches the product hears of it; 0: a twentieth
	CompetitorAge time.Duration     `json:"competitorAge,omitempty"` // how long a competitor's price counts after it was seen; 0: 48 hours
	Horizon       time.Duration     `json:"horizon,omitempty"`       // of net contribution; default 7 days
	Origins       []string          `json:"origins,omitempty"`       // CORS
	Identity      IdentityRules     `json:"identity"`
	Priors        map[string]Micros `json:"priors,omitempty"` // "order", "elasticity", "redeem", "nudge", "weight" (see model), "explore" (see decide)
	GPC           []Purpose         `json:"gpc,omitempty"`    // what Global Privacy Control denies besides sale
	Approvals     Approvals         `json:"approvals,omitzero"`
	Alarms        Alarms            `json:"alarms,omitzero"`
	Sensitive     []string          `json:"sensitive,omitempty"`   // categories that offers leave alone and of which no interest is read
	Disclosures   map[string]string `json:"disclosures,omitempty"` // region, country or "default" -> what a personalised price has to say there
}

// ShopCost is what an order costs besides the goods.
type ShopCost struct {
	PaymentFee Micros `json:"paymentFee"` // share of what is paid
	Shipping   int64  `json:"shipping"`   // minor units an order that ships
	ReturnRate Micros `json:"returnRate"` // share of revenue that comes back
}

// IdentityRules bound what may be linked.
type IdentityRules struct {
	MaxUsersPerIdentifier int      `json:"maxUsersPerIdentifier,omitempty"` // beyond it the identifier is blocked; default 5
	Blocked               []string `json:"blocked,omitempty"`               // raw values that never identify anyone, besides the built-in ones
}

// Period is the time after which a budget is filled anew.
type Period string

// The periods, in the shop's time zone.
const (
	PeriodTotal Period = "total"
	PeriodDay   Period = "day"
	PeriodWeek  Period = "week"
	PeriodMonth Period = "month"
)

// Budget funds grants, or, with Covers, funds nothing and is a ceiling over what grants may commit or cost. Amount is minor units of Currency.
type Budget struct {
	ID         string   `json:"id"`
	Currency   Currency `json:"currency"`
	Amount     int64    `json:"amount"`
	Period     Period   `json:"period"`
	Commitment string   `json:"commitment"`         // "worst_case" | "expected"
	Quantile   Micros   `json:"quantile,omitempty"` // expected: probability with which what grants cost stays within the amount; 0: their expected cost alone
	Covers     *Covers  `json:"covers,omitempty"`
	Measure    string   `json:"measure,omitempty"` // of a ceiling: "spend" | "liability"; "" is spend
}

// Covers says which grants a ceiling is over.
type Covers struct {
	Kind string   `json:"kind"` // shop | campaign | offer | category
	IDs  []string `json:"ids,omitempty"`
}

// Campaign groups offers under one budget and one holdout.
type Campaign struct {
	ID      string    `json:"id"`
	Budget  string    `json:"budget,omitempty"`
	Holdout Micros    `json:"holdout,omitempty"` // share of profiles
	Starts  time.Time `json:"starts,omitzero"`
	Ends    time.Time `json:"ends,omitzero"`
	Paused  bool      `json:"paused,omitempty"`
	Caps    Caps      `json:"caps,omitzero"` // over all its offers together
}

// Placement is where an offer can show.
type Placement struct {
	ID       string `json:"id"`
	Channel  string `json:"channel"`
	Capacity int    `json:"capacity"` // offers at once
}

// RewardType is what an offer gives.
type RewardType string

// The reward types.
const (
	RewardPercentage   RewardType = "percentage"
	RewardFixed        RewardType = "fixed"
	RewardPoints       RewardType = "points"
	RewardGift         RewardType = "gift"
	RewardFreeShipping RewardType = "free_shipping"
	RewardNudge        RewardType = "nudge"
)

// NudgePayment is the nudge that answers payment trouble.
const NudgePayment = "payment_method"

// Reward is what an offer gives and the menu of how much. A level means per cent, major units of money, or points, by type;
// gift, free_shipping and nudge have one level, 0.
type Reward struct {
	Type        RewardType `json:"type"`
	Levels      []Micros   `json:"levels,omitempty"`
	MaxDiscount int64      `json:"maxDiscount,omitempty"` // minor units; 0: no maximum
	PointValue  Micros     `json:"pointValue,omitempty"`  // major units a point
	SKU         string     `json:"sku,omitempty"`         // gift
	Nudge       string     `json:"nudge,omitempty"`       // social_proof | financing | shipping_threshold | payment_method
	VendorShare Micros     `json:"vendorShare,omitempty"` // share of the cost that a vendor pays

	ValidFor time.Duration `json:"validFor,omitempty"` // points: what is not spent by then lapses; 0: never
}

// Scope is what an offer applies to.
type Scope struct {
	Kind       string   `json:"kind"` // all | category | sku | bundle
	Categories []string `json:"categories,omitempty"`
	SKUs       []string `json:"skus,omitempty"`
	Each       int64    `json:"each,omitempty"` // bundle: units of each SKU that make one
}

// Caps bound how often an offer is acquired; 0: no bound. A grant takes its places when it is issued and gives them back when it dies unredeemed.
// Days, weeks and months are the shop's, by when the grant is issued.
type Caps struct {
	Total         int64 `json:"total,omitempty"`
	PerProfile    int64 `json:"perProfile,omitempty"`
	PerIdentifier int64 `json:"perIdentifier,omitempty"` // of every account, e-mail, phone and device that is known of the one who asks
	PerDay        int64 `json:"perDay,omitempty"`
	PerWeek       int64 `json:"perWeek,omitempty"`
	PerMonth      int64 `json:"perMonth,omitempty"`
}

// Message is what the shopper reads: Go template text with tokens (see offer).
type Message struct {
	Title string `json:"title,omitempty"`
	Body  string `json:"body,omitempty"`
	Why   string `json:"why,omitempty"` // why this shopper gets it; "": derived from what its condition reads
}

// Codes says how a grant gets its code.
type Codes struct {
	Mode string   `json:"mode,omitempty"` // auto | public | pool
	Code string   `json:"code,omitempty"` // public
	Pool []string `json:"pool,omitempty"` // pool: the codes of a file beside the bundle
	// Generate makes a pool's codes from the instance's key; Imported takes them from files that were imported.
	Generate Generate `json:"generate,omitzero"`
	Imported bool     `json:"imported,omitempty"`
}

// Generate describes the codes of a generated pool: Prefix, then Length characters, the last of which checks them.
type Generate struct {
	Count  int64  `json:"count"`
	Length int64  `json:"length"`
	Prefix string `json:"prefix,omitempty"`
}

// Offer is one thing that can be offered.
type Offer struct {
	ID             string        `json:"id"`
	Campaign       string        `json:"campaign,omitempty"`
	Budget         string        `json:"budget,omitempty"` // resolved: its own, else its campaign's
	Reward         Reward        `json:"reward"`
	Scope          Scope         `json:"scope"`
	Eligibility    string        `json:"eligibility,omitempty"` // CEL; empty: everyone
	Triggers       []string      `json:"triggers,omitempty"`    // empty: any
	Placements     []string      `json:"placements,omitempty"`
	Channels       []string      `json:"channels,omitempty"` // in the order to try; empty: the placement's
	Starts         time.Time     `json:"starts,omitzero"`
	Ends           time.Time     `json:"ends,omitzero"`
	Duration       time.Duration `json:"duration"` // life of a grant
	Caps           Caps          `json:"caps"`
	Frequency      []Frequency   `json:"frequency,omitempty"`
	Stacking       Stacking      `json:"stacking"`
	Uses           int64         `json:"uses,omitempty"`     // redemptions a grant; default 1
	Minimum        int64         `json:"minimum,omitempty"`  // minor units that the scope must hold
	Clawback       bool          `json:"clawback,omitempty"` // a return that leaves less than Minimum takes back the rest of the discount
	OnReturn       string        `json:"onReturn,omitempty"` // "reinstate": a use that is taken back whole can be used again
	BrandSensitive bool          `json:"brandSensitive,omitempty"`
	Sensitive      bool          `json:"sensitive,omitempty"` // may be about the shop's sensitive categories
	Hold           time.Duration `json:"hold,omitempty"`      // what decisions grant waits so long for a human; 0: it does not wait
	Pinned         bool          `json:"pinned,omitempty"`    // wins over every unpinned offer that is allowed
	Paused         bool          `json:"paused,omitempty"`
	Message        Message       `json:"message"`
	Codes          Codes         `json:"codes"`
}

// Guardrail is a rule that no score can beat. It is asked of every line an offer would touch.
type Guardrail struct {
	ID         string       `json:"id"`
	Where      string       `json:"where,omitempty"`      // CEL; empty: always
	Categories []string     `json:"categories,omitempty"` // paths; empty: all
	MaxDepth   *Micros      `json:"maxDepth,omitempty"`   // share of the line's list amount, existing discounts included
	Bands      []MarginBand `json:"bands,omitempty"`      // instead of MaxDepth; by Margin, ascending
	Overstock  *Overstock   `json:"overstock,omitempty"`
	MinMargin  *Micros      `json:"minMargin,omitempty"` // share of what remains to be paid
	Suppress   []RewardType `json:"suppress,omitempty"`
}

// MarginBand is how deep a discount may go on goods that earn at least Margin of their list price. What earns less than every band gets none.
type MarginBand struct {
	Margin   Micros `json:"margin"`
	MaxDepth Micros `json:"maxDepth"`
}

// Overstock is the greater depth of a guardrail for goods whose stock pressure is at least From.
type Overstock struct {
	From     Micros `json:"from"`
	MaxDepth Micros `json:"maxDepth"`
}

// Holdout keeps a share of profiles without any offer (id "universal"), for ever.
type Holdout struct {
	ID    string `json:"id"`
	Share Micros `json:"share"`
	Salt  string `json:"salt,omitempty"`
}

// Arm is one branch of an experiment.
type Arm struct {
	ID     string   `json:"id"`
	Weight int64    `json:"weight"`
	Offers []string `json:"offers,omitempty"` // empty: all of the campaign; a "control" arm gets none
	Values []Micros `json:"values,omitempty"` // levels this arm may get; empty: all
}

// Experiment splits units over arms.
type Experiment struct {
	ID           string `json:"id"`
	Campaign     string `json:"campaign"`
	Unit         string `json:"unit"` // profile | session | geo
	Arms         []Arm  `json:"arms"`
	Hypothesis   string `json:"hypothesis"`
	Metric       string `json:"metric"`
	MDE          Micros `json:"mde"`
	Power        Micros `json:"power"`
	Alpha        Micros `json:"alpha"`
	MinimumWeeks int    `json:"minimumWeeks"`
	LossBudget   int64  `json:"lossBudget"`
	Split        bool   `json:"split,omitempty"` // the campaign's budget and its offers' total caps are split over the arms by weight
}

// Segment names a condition, usable in expressions as segment("id").
type Segment struct {
	ID    string `json:"id"`
	Where string `json:"where"`
}

// Channel holds what a channel costs and needs.
type Channel struct {
	ID      string `json:"id"`
	Cost    int64  `json:"cost,omitempty"`    // minor units a message
	Consent string `json:"consent,omitempty"` // purpose it needs
}
