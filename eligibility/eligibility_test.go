package eligibility

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/internal/rule"

	"pgregory.net/rapid"
)

var fields = []rule.Field{{Name: "profile.orders_90d", Type: rule.TypeInt}, {Name: "profile.return_open", Type: rule.TypeBool},
	{Name: "cart.total", Type: rule.TypeDouble}, {Name: "product.pressure", Type: rule.TypeDouble}}

type row struct {
	orders   int64
	open     bool
	total    float64
	pressure rule.Value
	category string
}

func (r *row) Value(i int) rule.Value {
	return [...]rule.Value{rule.Int(r.orders), rule.Bool(r.open), rule.Double(r.total), r.pressure}[i]
}
func (r *row) Now() time.Time       { return noon }
func (r *row) Categories() []string { return []string{r.category} }

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func environment(t testing.TB) *rule.Env {
	env, err := rule.NewEnv(fields, []boon.Segment{{ID: "loyal", Where: "profile.orders_90d >= 2"}})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func index(t testing.TB, c boon.Campaign, offers ...boon.Offer) *Index {
	campaigns := make([]boon.Campaign, len(offers))
	for i := range campaigns {
		campaigns[i] = c
	}
	x, err := Compile(environment(t), offers, campaigns)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestCheckSaysWhyNot(t *testing.T) {
	shopper := &row{orders: 1, total: 50}
	for name, c := range map[string]struct {
		offer    boon.Offer
		campaign boon.Campaign
		reason   boon.Reason
		detail   string
	}{
		"everyone":             {},
		"fits":                 {offer: boon.Offer{Eligibility: "cart.total >= 40 && !profile.return_open"}},
		"first false part":     {offer: boon.Offer{Eligibility: "cart.total >= 40.0 && profile.orders_90d >= 2 && profile.return_open"}, reason: boon.ReasonNotEligible, detail: "profile.orders_90d >= 2 (is 1)"},
		"through a segment":    {offer: boon.Offer{Eligibility: `cart.total > 1.0 && segment("loyal")`}, reason: boon.ReasonNotEligible, detail: "profile.orders_90d >= 2 (is 1)"},
		"a flag":               {offer: boon.Offer{Eligibility: "profile.return_open"}, reason: boon.ReasonNotEligible, detail: "profile.return_open"},
		"not known":            {offer: boon.Offer{Eligibility: "product.pressure > 0.5"}, reason: boon.ReasonEvaluation, detail: "product.pressure is not known here"},
		"paused":               {offer: boon.Offer{Paused: true}, reason: boon.ReasonPaused, detail: "the offer is paused"},
		"campaign paused":      {campaign: boon.Campaign{ID: "c", Paused: true}, reason: boon.ReasonPaused, detail: "campaign c is paused"},
		"starts next second":   {offer: boon.Offer{Starts: noon.Add(time.Second)}, reason: boon.ReasonNotStarted, detail: "the offer starts at 2026-01-05T12:00:01Z"},
		"starts now":           {offer: boon.Offer{Starts: noon}},
		"ends now":             {offer: boon.Offer{Ends: noon}, reason: boon.ReasonEnded, detail: "the offer ended at 2026-01-05T12:00:00Z"},
		"ends next second":     {offer: boon.Offer{Ends: noon.Add(time.Second)}},
		"campaign not begun":   {campaign: boon.Campaign{ID: "c", Starts: noon.Add(time.Hour)}, reason: boon.ReasonNotStarted, detail: "campaign c starts at 2026-01-05T13:00:00Z"},
		"campaign over":        {campaign: boon.Campaign{ID: "c", Ends: noon}, reason: boon.ReasonEnded, detail: "campaign c ended at 2026-01-05T12:00:00Z"},
		"schedule comes first": {offer: boon.Offer{Ends: noon, Eligibility: "profile.return_open"}, reason: boon.ReasonEnded, detail: "the offer ended at 2026-01-05T12:00:00Z"},
	} {
		x := index(t, c.campaign, c.offer)
		reason, detail := x.Check(0, shopper, noon), ""
		if reason != "" {
			detail = x.Explain(0, shopper, noon)
		}
		if reason != c.reason || detail != c.detail {
			t.Errorf("%s: got %q %q, want %q %q", name, reason, detail, c.reason, c.detail)
		}
	}
}

func TestErrorsNameTheOffer(t *testing.T) {
	_, err := Compile(environment(t), []boon.Offer{{ID: "fine"}, {ID: "bad", Eligibility: "profile.orders > 1"}}, make([]boon.Campaign, 2))
	if err == nil || !strings.Contains(err.Error(), "offer bad") || !strings.Contains(err.Error(), "orders_90d") {
		t.Errorf("got %v", err)
	}
	_, err = CompileRails(environment(t), []boon.Guardrail{{ID: "g", Where: "1"}})
	if err == nil || !strings.Contains(err.Error(), "guardrail g") {
		t.Errorf("got %v", err)
	}
}

func share(m boon.Micros) *boon.Micros { return &m }

func TestGuardrails(t *testing.T) {
	grocery := &row{category: "GROCERY/TEA", pressure: rule.Double(-0.6)}
	day := boon.Unit
	few := boon.Cover{Known: true, OnHand: 5, Demand: 2 * day, Days: 5 * day / 2, Target: 20 * day, Pressure: -875_000}
	many := boon.Cover{Known: true, OnHand: 60, Demand: 2 * day, Days: 30 * day, Target: 20 * day, Pressure: 500_000}
	banded := boon.Guardrail{Bands: []boon.MarginBand{{Margin: 200_000, MaxDepth: 50_000}, {Margin: 400_000, MaxDepth: 150_000}},
		Overstock: &boon.Overstock{From: 500_000, MaxDepth: 300_000}}
	for name, c := range map[string]struct {
		rail   boon.Guardrail
		line   Line
		reward boon.RewardType
		reason boon.Reason
		detail string
	}{
		"at the depth":               {rail: boon.Guardrail{MaxDepth: share(150_000)}, line: Line{List: 1000, Amount: 1000, Discount: 150}},
		"one cent deeper":            {rail: boon.Guardrail{MaxDepth: share(150_000)}, line: Line{List: 1000, Amount: 1000, Discount: 151}, reason: boon.ReasonMaxDepth, detail: "would take A 15.1% below its list price, the most is 15%"},
		"what is off already counts": {rail: boon.Guardrail{MaxDepth: share(150_000)}, line: Line{List: 1000, Amount: 900, Discount: 51}, reason: boon.ReasonMaxDepth, detail: "would take A 15.1% below its list price, the most is 15%"},
		"what others take counts":    {rail: boon.Guardrail{MaxDepth: share(150_000)}, line: Line{List: 1000, Amount: 1000, Taken: 100, Discount: 51}, reason: boon.ReasonMaxDepth, detail: "would take A 15.1% below its list price, the most is 15%"},
		"untouched line":             {rail: boon.Guardrail{MaxDepth: share(150_000)}, line: Line{List: 1000, Amount: 100}},
		"at the floor":               {rail: boon.Guardrail{MinMargin: share(80_000)}, line: Line{List: 1100, Amount: 1100, Discount: 100, Cost: 920, CostKnown: true}},
		"under the floor":            {rail: boon.Guardrail{MinMargin: share(80_000)}, line: Line{List: 1100, Amount: 1100, Discount: 100, Cost: 921, CostKnown: true}, reason: boon.ReasonMarginFloor, detail: "would leave a margin of 7.9% on A, the least is 8%"},
		"under an estimated floor":   {rail: boon.Guardrail{MinMargin: share(80_000)}, line: Line{List: 1100, Amount: 1100, Discount: 100, Cost: 921}, reason: boon.ReasonMarginFloor, detail: "would leave a margin of 7.9% on A, the least is 8% (cost estimated by category)"},
		"a loss":                     {rail: boon.Guardrail{MinMargin: share(0)}, line: Line{List: 1100, Amount: 1100, Discount: 100, Cost: 1100, CostKnown: true}, reason: boon.ReasonMarginFloor, detail: "would leave a margin of -10.0% on A, the least is 0%"},
		"for nothing":                {rail: boon.Guardrail{MinMargin: share(0)}, line: Line{List: 100, Amount: 100, Discount: 100, Cost: 1, CostKnown: true}, reason: boon.ReasonMarginFloor, detail: "would leave a margin of less than 0% on A, the least is 0%"},
		"below zero":                 {line: Line{List: 100, Amount: 100, Taken: 1, Discount: 100}, reason: boon.ReasonMaxDepth, detail: "would take line A below zero"},
		"other category":             {rail: boon.Guardrail{Where: `cart.category("PET")`, MaxDepth: share(0)}, line: Line{List: 100, Amount: 100, Discount: 10}},
		"its category":               {rail: boon.Guardrail{Where: `cart.category("GROCERY")`, MaxDepth: share(0)}, line: Line{List: 100, Amount: 100, Discount: 10}, reason: boon.ReasonMaxDepth, detail: "would take A 10.0% below its list price, the most is 0%"},
		"scarce":                     {rail: boon.Guardrail{Where: "product.pressure < -0.5", Suppress: []boon.RewardType{"fixed"}}, line: Line{Amount: 100, Cover: few}, reward: "fixed", reason: boon.ReasonScarce, detail: "no fixed while A is scarce: product.pressure < -0.5 (5 on hand, 2 a day, 2.5 days of cover, 20 aimed at, pressure -0.88)"},
		"other reward":               {rail: boon.Guardrail{Where: "product.pressure < -0.5", Suppress: []boon.RewardType{"fixed"}}, line: Line{Amount: 100}, reward: "points"},
		"not scarce, suppressed":     {rail: boon.Guardrail{Where: "product.pressure < -0.5", Suppress: []boon.RewardType{"fixed"}}, line: Line{Amount: 100, Cover: many}, reward: "fixed", reason: boon.ReasonSuppressed, detail: "no fixed on A: product.pressure < -0.5"},
		"another category":           {rail: boon.Guardrail{Categories: []string{"PET", "GROC"}, MaxDepth: share(0)}, line: Line{List: 100, Amount: 100, Discount: 10}},
		"below its category":         {rail: boon.Guardrail{Categories: []string{"PET", "GROCERY"}, MaxDepth: share(0)}, line: Line{List: 100, Amount: 100, Discount: 10}, reason: boon.ReasonMaxDepth, detail: "would take A 10.0% below its list price, the most is 0%"},
		"too little margin":          {rail: banded, line: Line{List: 1000, Amount: 1000, Discount: 1, Cost: 801, CostKnown: true}, reason: boon.ReasonMaxDepth, detail: "would take A 0.1% below its list price, the most is 0% (at a margin of 19.9%; 30% from a stock pressure of 0.5 on, it is 0)"},
		"low band":                   {rail: banded, line: Line{List: 1000, Amount: 1000, Discount: 50, Cost: 800, CostKnown: true}},
		"above the low band":         {rail: banded, line: Line{List: 1000, Amount: 1000, Discount: 51, Cost: 601, CostKnown: true}, reason: boon.ReasonMaxDepth, detail: "would take A 5.1% below its list price, the most is 5% (at a margin of 39.9%; 30% from a stock pressure of 0.5 on, it is 0)"},
		"high band":                  {rail: banded, line: Line{List: 1000, Amount: 1000, Discount: 150, Cost: 600, CostKnown: true}},
		"a rounded category margin":  {rail: banded, line: Line{List: 1001, Amount: 1001, Discount: 150, Cost: 601, Margin: 400_000}},
		"above its category's band":  {rail: banded, line: Line{List: 1001, Amount: 1001, Discount: 151, Cost: 601, Margin: 400_000}, reason: boon.ReasonMaxDepth, detail: "would take A 15.1% below its list price, the most is 15% (at its category's margin of 40%; 30% from a stock pressure of 0.5 on, it is 0)"},
		"overstocked":                {rail: banded, line: Line{List: 1000, Amount: 1000, Discount: 300, Cost: 900, CostKnown: true, Cover: many}},
		"too deep for overstock":     {rail: banded, line: Line{List: 1000, Amount: 1000, Discount: 301, Cost: 100, CostKnown: true, Cover: many}, reason: boon.ReasonMaxDepth, detail: "would take A 30.1% below its list price, the most is 30% (at a margin of 90.0%; overstocked: 60 on hand, 2 a day, 30 days of cover, 20 aimed at, pressure 0.5)"},
		"suppressed":                 {rail: boon.Guardrail{Suppress: []boon.RewardType{"gift"}}, line: Line{}, reward: "gift", reason: boon.ReasonSuppressed, detail: "no gift at all"},
	} {
		c.rail.ID, c.line.SKU, c.line.Row = "g", "A", grocery
		rails, err := CompileRails(environment(t), []boon.Guardrail{c.rail})
		if err != nil {
			t.Fatal(err)
		}
		reason, by, detail := rails.Check(c.reward, []Line{c.line})
		if reason != c.reason || detail != c.detail || (reason != "" && by != "g" && name != "below zero") {
			t.Errorf("%s: got %q by %q: %q, want %q: %q", name, reason, by, detail, c.reason, c.detail)
		}
	}
}

func TestDoubtRefuses(t *testing.T) {
	rails, err := CompileRails(environment(t), []boon.Guardrail{{ID: "g", Where: "product.pressure < -0.5", MaxDepth: share(0)}})
	if err != nil {
		t.Fatal(err)
	}
	if reason, _, _ := rails.Check("fixed", []Line{{Row: &row{}, List: 9, Amount: 9, Discount: 1}}); reason != boon.ReasonEvaluation {
		t.Errorf("a guardrail without its figure let a discount pass: %q", reason)
	}
}

func TestProductLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var n [4]int64
		for i := range n {
			n[i] = rapid.Int64().Draw(t, "n")
		}
		left := new(big.Int).Mul(big.NewInt(n[0]), big.NewInt(n[1]))
		right := new(big.Int).Mul(big.NewInt(n[2]), big.NewInt(n[3]))
		if productLess(n[0], n[1], n[2], n[3]) != (left.Cmp(right) < 0) {
			t.Fatalf("%v", n)
		}
	})
}

// A larger discount is never allowed where a smaller one was refused.
func TestGuardrailsAreMonotone(t *testing.T) {
	env := environment(t)
	rapid.Check(t, func(t *rapid.T) {
		m := func(name string) *boon.Micros {
			return share(boon.Micros(rapid.Int64Range(0, 1_000_000).Draw(t, name)))
		}
		rails, err := CompileRails(env, []boon.Guardrail{{ID: "g", MaxDepth: m("depth"), MinMargin: m("margin")}})
		if err != nil {
			t.Fatal(err)
		}
		amount := rapid.Int64Range(1, 10_000).Draw(t, "amount")
		l := Line{List: amount + rapid.Int64Range(0, 100).Draw(t, "list"), Amount: amount, Cost: rapid.Int64Range(0, amount).Draw(t, "cost")}
		l.Discount = rapid.Int64Range(1, amount).Draw(t, "small")
		small, _, _ := rails.Check("fixed", []Line{l})
		l.Discount += rapid.Int64Range(0, amount).Draw(t, "more")
		large, _, _ := rails.Check("fixed", []Line{l})
		if small != "" && large == "" {
			t.Fatalf("%+v passes though less was refused", l)
		}
	})
}

// More stock and more margin never lower the depth that is allowed.
func TestMoreStockNeverAllowsLess(t *testing.T) {
	env := environment(t)
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, least, most int64) int64 { return rapid.Int64Range(least, most).Draw(t, name) }
		m := func(name string, least int64) boon.Micros { return boon.Micros(draw(name, least, 1_000_000)) }
		low, high := boon.MarginBand{Margin: m("from", 0), MaxDepth: m("low", 0)}, boon.MarginBand{}
		high.Margin, high.MaxDepth = m("to", int64(low.Margin)), m("high", int64(low.MaxDepth))
		rails, err := CompileRails(env, []boon.Guardrail{{ID: "g", Bands: []boon.MarginBand{low, high}, Overstock: &boon.Overstock{From: m("overstocked", 1), MaxDepth: m("over", 0)}}})
		if err != nil {
			t.Fatal(err)
		}
		l := Line{List: draw("list", 1, 10_000), CostKnown: true}
		l.Amount, l.Cost, l.Discount = l.List, draw("cost", 0, l.List), draw("discount", 1, l.List)
		l.Cover.Pressure = boon.Micros(draw("pressure", -1_000_000, 1_000_000))
		before, _, _ := rails.Check("fixed", []Line{l})
		l.Cover.Pressure += boon.Micros(draw("more", 0, 1_000_000))
		l.Cost -= draw("cheaper", 0, l.Cost)
		if after, _, detail := rails.Check("fixed", []Line{l}); before == "" && after != "" {
			t.Fatalf("%+v: %s", l, detail)
		}
	})
}
