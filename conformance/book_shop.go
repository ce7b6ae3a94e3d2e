package conformance

import (
	"crypto/sha256"
	"fmt"
	"time"

	"boon"
	"boon/redeem"
)

// Monday is when the histories of this suite begin.
var Monday = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

// BookRelease is the shop whose money the suite moves: every reward type, every kind of code, caps, periods and both ways to commit.
func BookRelease() *boon.Release {
	day := 24 * time.Hour
	percent := func(level int64, most int64) boon.Reward {
		return boon.Reward{Type: boon.RewardPercentage, Levels: []boon.Micros{boon.Micros(level) * boon.Unit}, MaxDiscount: most}
	}
	return &boon.Release{ID: "rel_1", At: Monday, Bundle: boon.Bundle{
		Shop: boon.Shop{ID: "boutique", Currency: "USD", Timezone: "America/New_York", Cost: boon.ShopCost{Shipping: 400}},
		Budgets: []boon.Budget{
			{ID: "welcome", Currency: "USD", Amount: 100_000, Period: boon.PeriodTotal, Commitment: "worst_case"},
			{ID: "daily", Currency: "USD", Amount: 5_000, Period: boon.PeriodDay, Commitment: "worst_case"},
			{ID: "loose", Currency: "USD", Amount: 2_000, Period: boon.PeriodTotal, Commitment: "expected"},
			{ID: "spring", Currency: "USD", Amount: 8_000, Period: boon.PeriodWeek, Commitment: "worst_case"},
			{ID: "maybe", Currency: "USD", Amount: 3_000, Period: boon.PeriodTotal, Commitment: "expected", Quantile: 950_000},
			{ID: "armed", Currency: "USD", Amount: 3_000, Period: boon.PeriodMonth, Commitment: "worst_case"},
		},
		Campaigns: []boon.Campaign{{ID: "spring", Caps: boon.Caps{PerDay: 12, PerIdentifier: 6}}, {ID: "armed"}},
		Experiments: []boon.Experiment{{ID: "depth", Campaign: "armed", Split: true,
			Arms: []boon.Arm{{ID: "control", Weight: 1}, {ID: "deep", Weight: 1}, {ID: "flat", Weight: 2}}}},
		Offers: []boon.Offer{
			{ID: "welcome", Budget: "welcome", Reward: percent(10, 1_000), Duration: 14 * day, Caps: boon.Caps{Total: 100, PerProfile: 1},
				Codes: boon.Codes{Mode: "public", Code: "WELCOME10"}, Stacking: boon.Stacking{Group: "order", Policy: "exclusive"}},
			{ID: "uneven", Budget: "welcome", Reward: percent(33, 777), Duration: 14 * day, Codes: boon.Codes{Mode: "public", Code: "UNEVEN"}},
			{ID: "five", Budget: "daily", Reward: boon.Reward{Type: boon.RewardFixed, Levels: []boon.Micros{5 * boon.Unit}}, Duration: 2 * day,
				Frequency: []boon.Frequency{{Max: 2, Per: 7 * day}}, Stacking: boon.Stacking{Policy: "combine"}},
			{ID: "thrice", Budget: "welcome", Reward: percent(20, 333), Duration: 30 * day, Uses: 3, Caps: boon.Caps{Total: 5}},
			{ID: "points", Budget: "welcome", Reward: boon.Reward{Type: boon.RewardPoints, Levels: []boon.Micros{200 * boon.Unit}, PointValue: boon.Unit / 100}, Duration: 9 * day},
			{ID: "shipping", Budget: "welcome", Reward: boon.Reward{Type: boon.RewardFreeShipping}, Duration: 9 * day},
			{ID: "loose", Budget: "loose", Reward: boon.Reward{Type: boon.RewardPercentage, Levels: []boon.Micros{50 * boon.Unit}}, Duration: day},
			{ID: "pool", Budget: "welcome", Reward: percent(5, 500), Duration: day, Codes: boon.Codes{Mode: "pool", Pool: []string{"POOLA", "POOLB"}}},
			springOffer("threshold", percent(10, 900), "", "THRESHOLD"), springOffer("shoes", percent(30, 600), "", "SHOES"),
			springOffer("lapsing", boon.Reward{Type: boon.RewardPoints, Levels: []boon.Micros{300 * boon.Unit}, PointValue: boon.Unit / 100,
				VendorShare: boon.Unit / 4, ValidFor: 5 * day}, "", "LAPSING"),
			springOffer("maybe", percent(25, 800), "maybe", "MAYBE"), armedOffer(percent(15, 400)),
			{ID: "hint", Reward: boon.Reward{Type: boon.RewardNudge, Nudge: "financing"}, Duration: day},
		},
	}}
}

// WalkRelease is that shop under ceilings of every kind.
func WalkRelease() *boon.Release {
	r := BookRelease()
	r.Bundle.Budgets = append(r.Bundle.Budgets, []boon.Budget{
		{ID: "weekly", Currency: "USD", Amount: 5_000, Period: boon.PeriodWeek, Covers: &boon.Covers{Kind: "campaign", IDs: []string{"spring"}}},
		{ID: "footwear", Currency: "USD", Amount: 700, Period: boon.PeriodDay, Covers: &boon.Covers{Kind: "category", IDs: []string{"SHOES"}}},
		{ID: "open", Currency: "USD", Amount: 2_500, Period: boon.PeriodDay, Measure: "liability", Covers: &boon.Covers{Kind: "shop"}},
	}...)
	return r
}

// springOffer is an offer of the campaign that has every limit and every way back.
func springOffer(id string, r boon.Reward, budget, code string) boon.Offer {
	o := boon.Offer{ID: id, Campaign: "spring", Budget: "spring", Reward: r, Duration: 6 * 24 * time.Hour, Codes: boon.Codes{Mode: "public", Code: code},
		Caps: boon.Caps{Total: 12, PerWeek: 9, PerIdentifier: 2}, OnReturn: "reinstate"}
	if budget != "" {
		o.Budget = budget
	}
	switch id {
	case "threshold":
		o.Minimum, o.Clawback = 4_000, true
	case "shoes":
		o.Scope = boon.Scope{Kind: "category", Categories: []string{"SHOES"}}
		o.Reward.VendorShare = boon.Unit / 2
	case "lapsing":
		o.Uses = 2
	}
	return o
}

// armedOffer is one whose budget and cap are split over the arms of an experiment.
func armedOffer(r boon.Reward) boon.Offer {
	return boon.Offer{ID: "armed", Campaign: "armed", Budget: "armed", Reward: r, Duration: 48 * time.Hour, Caps: boon.Caps{Total: 10},
		Codes: boon.Codes{Mode: "public", Code: "ARMED"}}
}

// BookCaps are the total caps of BookRelease, as Verify takes them.
func BookCaps() map[string]int64 {
	caps := map[string]int64{}
	for _, o := range BookRelease().Bundle.Offers {
		caps[o.ID] = o.Caps.Total
	}
	return caps
}

// NewDesk is a desk of that shop.
func NewDesk() *redeem.Desk {
	return &redeem.Desk{Terms: redeem.NewReleases(BookRelease()), Key: []byte("codes")}
}

// Shopper is the n-th customer's identifier.
func Shopper(n int) boon.Identifier {
	digest := sha256.Sum256(fmt.Appendf(nil, "shopper %d", n))
	id := boon.Identifier{Namespace: boon.NamespaceUser}
	copy(id.Hash[:], digest[:])
	return id
}

// Basket is an order of one or two lines that come to the given minor units.
func Basket(id string, minor int64) boon.Order {
	cents := boon.Unit / 100
	o := boon.Order{ID: id, Currency: "USD", Shipping: 490, Lines: []boon.Line{
		{ID: "l1", SKU: "A1", Category: "TOPS", Quantity: 1, Price: boon.Micros(minor-minor/3) * cents},
	}}
	if third := minor / 3; third > 0 {
		o.Lines = append(o.Lines, boon.Line{ID: "l2", SKU: "B2", Category: "SHOES", Quantity: 1, Price: boon.Micros(third) * cents})
	}
	return o
}
