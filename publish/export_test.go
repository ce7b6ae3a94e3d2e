package publish

import (
	"fmt"
	"testing"
	"time"

	"boon"

	"pgregory.net/rapid"
)

func TestExamplesSurviveExport(t *testing.T) {
	for _, name := range []string{"grocer", "boutique"} {
		sameAgain(t, loadExample(t, name).Bundle)
	}
}

var (
	drawID    = rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9_-]{0,8}`)
	drawText  = rapid.StringMatching(`[ -~äß€😀\n\t]{0,20}[!-~äß😀]`)
	drawShare = rapid.Map(rapid.Int64Range(0, 1_000_000), func(n int64) boon.Micros { return boon.Micros(n) })
	drawSpan  = rapid.Map(rapid.Int64Range(1, 300_000_000), func(n int64) time.Duration { return time.Duration(n) * time.Second })
	drawTime  = rapid.Map(rapid.Int64Range(1, 4_000_000_000), func(n int64) time.Time { return time.Unix(n, 0).UTC() })
	drawMoney = rapid.Int64Range(1, 1e12)
)

func drawOffer(t *rapid.T, id string) boon.Offer {
	o := boon.Offer{
		ID: id, Budget: "money", Placements: []string{"place"}, Eligibility: drawText.Draw(t, "eligibility"), Scope: boon.Scope{Kind: "category"},
		Duration: drawSpan.Draw(t, "duration"), Uses: rapid.Int64Range(1, 1000).Draw(t, "uses"), Pinned: rapid.Bool().Draw(t, "pinned"),
		Stacking: boon.Stacking{Group: drawID.Draw(t, "group"), Policy: rapid.SampledFrom([]string{"exclusive", "combine"}).Draw(t, "policy")},
		Message:  boon.Message{Title: drawText.Draw(t, "title"), Body: drawText.Draw(t, "body")},
		Codes:    boon.Codes{Mode: "auto"},
	}
	switch rapid.IntRange(0, 3).Draw(t, "codes") {
	case 0:
		o.Codes = boon.Codes{Mode: "pool", Imported: true}
	case 1:
		o.Codes = boon.Codes{Mode: "pool", Generate: boon.Generate{Count: rapid.Int64Range(1, 26_000_000).Draw(t, "count"), Length: 10, Prefix: "P-" + id + "-"}}
	}
	o.Scope.Categories = rapid.SliceOfNDistinct(drawText, 1, 4, rapid.ID).Draw(t, "categories")
	o.Starts = drawTime.Draw(t, "starts")
	o.Ends = o.Starts.Add(drawSpan.Draw(t, "lasts"))
	o.Reward = boon.Reward{Type: boon.RewardPercentage, MaxDiscount: drawMoney.Draw(t, "max"), VendorShare: drawShare.Draw(t, "vendor")}
	level := rapid.Map(rapid.Int64Range(1, 100_000_000), func(n int64) boon.Micros { return boon.Micros(n) })
	o.Reward.Levels = rapid.SliceOfNDistinct(level, 1, 5, rapid.ID).Draw(t, "levels")
	for range rapid.IntRange(0, 2).Draw(t, "frequencies") {
		o.Frequency = append(o.Frequency, drawFrequency(t, int64(len(o.Frequency)+1)))
	}
	return o
}

func drawFrequency(t *rapid.T, max int64) boon.Frequency {
	if rapid.Bool().Draw(t, "calendar") {
		return boon.Frequency{Max: max, Calendar: rapid.SampledFrom([]boon.Period{boon.PeriodDay, boon.PeriodWeek, boon.PeriodMonth}).Draw(t, "period")}
	}
	return boon.Frequency{Max: max, Per: drawSpan.Draw(t, "per")}
}

func drawFairness(t *rapid.T) boon.Fairness {
	f := boon.Fairness{
		ID: drawID.Draw(t, "fairness"), Groups: rapid.SliceOfNDistinct(drawText, 2, 4, rapid.ID).Draw(t, "groups"), Covers: boon.Covers{Kind: "shop"}, Ratio: 750_000, Alpha: 10_000,
		Outcome: rapid.SampledFrom([]boon.FairOutcome{boon.FairOffered, boon.FairValue}).Draw(t, "outcome"), Over: time.Duration(rapid.Int64Range(1, 366).Draw(t, "days")) * 24 * time.Hour,
		AtLeast: rapid.Int64Range(10, 1e9).Draw(t, "atLeast"), Action: "pause", Refuse: rapid.Bool().Draw(t, "refuse"),
	}
	if f.By.Context = "country"; rapid.Bool().Draw(t, "trait") {
		f.By = boon.Attribute{Trait: drawText.Draw(t, "name")}
	}
	return f
}

var triggersToExport = []boon.Trigger{
	{ID: "t-absent", When: boon.Pattern{Event: "A", Where: "x < y", Absent: &boon.Absence{Any: []boon.Step{{Event: "B"}, {Event: "C", Where: "true"}}, For: time.Hour}}},
	{ID: "t-any", When: boon.Pattern{Any: []boon.Step{{Event: "A", Where: "x"}, {Event: "B"}}, Count: 3, Within: 48 * time.Hour, By: "x", Apart: time.Minute}, Cooldown: time.Minute},
	{ID: "t-cycles", When: boon.Pattern{Event: "A", Absent: &boon.Absence{Event: "A", Where: "y", Cycles: 1_500_000}}},
	{ID: "t-ready", Use: boon.UseLapsing, With: boon.Parameters{Cycles: 2 * boon.Unit}, Placements: []string{"place"}},
	{ID: "t-ready-as-it-is", Use: boon.UseExitIntent},
	{ID: "t-sequence", When: boon.Pattern{Sequence: []boon.Step{{Event: "A"}, {Event: "B", Where: "x"}}, Within: time.Hour, By: "x"}},
}

func drawBundle(t *rapid.T) boon.Bundle {
	b := boon.Bundle{Shop: boon.Shop{
		ID: drawID.Draw(t, "shop"), Currency: rapid.SampledFrom([]boon.Currency{"USD", "JPY", "KWD"}).Draw(t, "currency"), Timezone: "Europe/Berlin", PricesInclude: "vat",
		Margins: rapid.MapOfN(drawText, drawShare, 1, 3).Draw(t, "margins"), Horizon: drawSpan.Draw(t, "horizon"), TargetDays: 2 * boon.Unit, CompetitorAge: drawSpan.Draw(t, "age"), Candidates: rapid.IntRange(1, 5000).Draw(t, "candidates"),
		Cost: boon.ShopCost{PaymentFee: drawShare.Draw(t, "fee"), Shipping: drawMoney.Draw(t, "shipping")}, Identity: boon.IdentityRules{MaxUsersPerIdentifier: 3},
	}}
	b.Budgets = []boon.Budget{{ID: "money", Currency: b.Shop.Currency, Amount: drawMoney.Draw(t, "amount"), Period: "day", Commitment: "worst_case"}}
	b.Placements = []boon.Placement{{ID: "place", Channel: "app", Capacity: 2}}
	for i := range rapid.IntRange(0, 3).Draw(t, "offers") {
		b.Offers = append(b.Offers, drawOffer(t, fmt.Sprintf("o%d", i)))
	}
	b.Triggers = rapid.SliceOfNDistinct(rapid.SampledFrom(triggersToExport), 1, 3, func(x boon.Trigger) string { return x.ID }).Draw(t, "triggers")
	depth := drawShare.Draw(t, "depth")
	b.Guardrails = []boon.Guardrail{{ID: drawID.Draw(t, "guardrail"), MaxDepth: &depth}}
	b.Fairness = []boon.Fairness{drawFairness(t)}
	b.Holdouts = []boon.Holdout{{ID: "universal", Share: drawShare.Draw(t, "share")}}
	return sorted(b)
}

// Whatever the words, Load of Export is what was exported.
func TestExportRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { sameAgain(t, drawBundle(t)) })
}

// A diff is empty exactly when the release id is the same, and says the opposite the other way round.
func TestDiffSeesEveryChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawBundle(t), drawBundle(t)
		x, _ := Encode(a)
		y, _ := Encode(b)
		there, back := Diff(a, b), Diff(b, a)
		if (len(there) == 0) != (ReleaseID(x) == ReleaseID(y)) || len(there) != len(back) {
			t.Fatalf("there %s\nback %s", Text(there), Text(back))
		}
		if same := Diff(a, a); len(same) > 0 {
			t.Fatalf("a bundle differs from itself: %s", Text(same))
		}
	})
}
