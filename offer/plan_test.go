package offer

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"boon"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// genStack draws a cart, groups and at most so many uses.
func genStack(t *rapid.T, most int) Stack {
	var b boon.Bundle
	for _, id := range []string{"a", "b", "c"} {
		if !rapid.Bool().Draw(t, "document") {
			continue
		}
		g := boon.StackingGroup{ID: id, Mode: rapid.SampledFrom([]boon.StackMode{"all", "first", "highest", "lowest", "best"}).Draw(t, "mode"),
			Per: "order", Price: rapid.SampledFrom([]string{"remaining", "original"}).Draw(t, "price"),
			Minimum: rapid.SampledFrom([]string{"after", "before"}).Draw(t, "minimum"), Priority: rapid.Int64Range(0, 2).Draw(t, "priority")}
		if single(g) {
			g.Per = rapid.SampledFrom([]string{"order", "line"}).Draw(t, "per")
		}
		if g.Mode == boon.StackBest {
			g.BestFor = rapid.SampledFrom([]string{"", "customer", "margin"}).Draw(t, "best for")
		}
		if rapid.IntRange(0, 4).Draw(t, "excludes") == 0 {
			g.Excludes = []string{rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "whom")}
		}
		b.StackingGroups = append(b.StackingGroups, g)
	}
	s := Stack{Cart: genOrder(t), Groups: b.StackingGroup, VAT: rapid.Bool().Draw(t, "vat")}
	for i := range rapid.IntRange(0, most).Draw(t, "uses") {
		s.Uses = append(s.Uses, genUse(t, fmt.Sprint("u", i)))
	}
	return s
}

func genUse(t *rapid.T, id string) Use {
	o := &boon.Offer{ID: id, Minimum: rapid.SampledFrom([]int64{0, 0, 500, 2_000}).Draw(t, "minimum"),
		Stacking: boon.Stacking{Group: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "group"), Priority: rapid.Int64Range(0, 2).Draw(t, "priority"),
			Policy: rapid.SampledFrom([]string{"exclusive", "combine", "combine"}).Draw(t, "policy")},
		Scope: rapid.SampledFrom([]boon.Scope{{}, {}, {Kind: "sku", SKUs: []string{"A", "B"}}, {Kind: "bundle", SKUs: []string{"A", "B"}}}).Draw(t, "scope")}
	o.Reward.Type = rapid.SampledFrom([]boon.RewardType{boon.RewardPercentage, boon.RewardPercentage, boon.RewardFixed, boon.RewardFreeShipping, boon.RewardPoints, boon.RewardGift}).Draw(t, "reward")
	o.Reward.MaxDiscount = rapid.SampledFrom([]int64{0, 0, 300}).Draw(t, "most")
	o.Reward.VendorShare = rapid.SampledFrom([]boon.Micros{0, 0, 500_000}).Draw(t, "vendor")
	o.Reward.PointValue = 10_000
	return Use{ID: id, Offer: o, Level: boon.Micros(rapid.Int64Range(1, 100).Draw(t, "level")) * boon.Unit, Gift: boon.Product{SKU: "G", Price: 700}}
}

func asText(p Plan) string {
	out, _ := json.Marshal(p)
	return string(out)
}

// The order in which uses are given is nothing to the plan.
func TestPlanIsOfNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genStack(t, 8)
		want := asText(s.Plan())
		again := s
		again.Uses = slices.Clone(s.Uses)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 1)).Shuffle(len(again.Uses), func(i, j int) {
			again.Uses[i], again.Uses[j] = again.Uses[j], again.Uses[i]
		})
		if diff := cmp.Diff(want, asText(again.Plan())); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Whatever is stacked: parts add up to their total, no line and no shipping is discounted by more than it comes to, nobody applies beside what
// excludes it, every refusal is given, and a refused use takes nothing.
func TestPlanStaysWithinTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genStack(t, 14)
		p := s.Plan()
		left := newOrder(s.Cart).came
		var carried []*boon.Offer
		for _, v := range p.Verdicts {
			o := s.Uses[slices.IndexFunc(s.Uses, func(u Use) bool { return u.ID == v.ID })].Offer
			if v.Refusal != nil {
				if v.Applied.Total != 0 || len(v.Applied.Lines) > 0 {
					t.Fatalf("%s is refused and takes %+v", v.ID, v.Applied)
				}
				continue
			}
			for _, other := range carried {
				if why := s.Groups.Excludes(other, o); why != "" {
					t.Fatalf("%s applies beside %s: %s", o.ID, other.ID, why)
				}
			}
			carried = append(carried, o)
			subtract(t, &left, s.Cart, v.Applied)
		}
		if len(p.Verdicts) != len(s.Uses) {
			t.Fatalf("%d verdicts on %d uses", len(p.Verdicts), len(s.Uses))
		}
	})
}

func subtract(t *rapid.T, left *rest, cart boon.Order, a Applied) {
	sum := a.FreeShipping
	left.shipping -= a.FreeShipping
	at := 0
	for _, d := range a.Lines {
		for cart.Lines[at].ID != d.ID || cart.Lines[at].SKU != d.SKU {
			at++
		}
		left.lines[at] -= d.Minor
		sum += d.Minor
		if left.lines[at] < 0 || d.Minor <= 0 {
			t.Fatalf("line %d is left with %d after %+v", at, left.lines[at], d)
		}
		at++
	}
	if sum != a.Total || left.shipping < 0 {
		t.Fatalf("parts come to %d of %d, shipping is left with %d", sum, a.Total, left.shipping)
	}
}

// One use alone is what the offer gives by itself, in every group.
func TestOneUseIsItsDiscount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genStack(t, 1)
		if len(s.Uses) == 0 {
			return
		}
		u, v := s.Uses[0], s.Plan().Verdicts[0]
		want, err := Discount(*u.Offer, u.Level, s.Cart, u.Gift)
		if diff := cmp.Diff(want, v.Applied); diff != "" {
			t.Fatal(diff)
		}
		if fmt.Sprint(err) != fmt.Sprint(v.Refusal) {
			t.Fatalf("refused with %v alone, with %v in a plan", err, v.Refusal)
		}
	})
}

// The best combination is the best of all allowed combinations, each tried by itself without the search.
func TestBestIsTheBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genStack(t, 6)
		price := rapid.SampledFrom([]string{"remaining", "original"}).Draw(t, "one price")
		want := rapid.SampledFrom([]string{"customer", "margin"}).Draw(t, "one best")
		late := map[string]int64{"a": 1, "b": 1, "c": 1} // as the order is among all of them, so that it is among some
		for _, u := range s.Uses {
			if takesGoods(u.Offer) {
				late[u.Offer.Stacking.Group] = 0
			}
		}
		group := func(mode boon.StackMode) Groups {
			return func(id string) boon.StackingGroup {
				g := boon.StackingGroup{ID: id, Mode: mode, BestFor: want, Per: "order", Price: price, Minimum: "after", Priority: late[id]}
				if id == "c" {
					g.Excludes = []string{"b"}
				}
				return g
			}
		}
		s.Groups = group(boon.StackBest)
		got, plan := tally(s, s.Plan())
		all := map[string]outcome{}
		for set := range uint64(1) << len(s.Uses) {
			tried := s
			tried.Groups, tried.Uses = group(boon.StackAll), nil
			for i, u := range s.Uses {
				if set&(1<<i) != 0 {
					tried.Uses = append(tried.Uses, u)
				}
			}
			p := tried.Plan()
			if !slices.ContainsFunc(p.Verdicts, func(v Verdict) bool { return v.Refusal != nil }) {
				so, _ := tally(tried, p)
				so.set = set
				all[fmt.Sprint(set)] = so
			}
		}
		for _, so := range all {
			if want == "customer" && (so.worth > got.worth || so.worth == got.worth && so.cost < got.cost) {
				t.Fatalf("%b is worth %d and costs %d, the plan %d and %d: %s", so.set, so.worth, so.cost, got.worth, got.cost, plan)
			}
			if want == "margin" && largest(all, so.set, len(s.Uses)) && so.cost < got.cost {
				t.Fatalf("%b costs %d, the plan %d: %s", so.set, so.cost, got.cost, plan)
			}
		}
	})
}

// largest says that no use can be added to a combination.
func largest(all map[string]outcome, set uint64, n int) bool {
	for i := range n {
		if _, ok := all[fmt.Sprint(set|1<<i)]; ok && set&(1<<i) == 0 {
			return false
		}
	}
	return true
}

// tally adds up a plan from its answer.
func tally(s Stack, p Plan) (so outcome, told string) {
	for _, v := range p.Verdicts {
		if v.Refusal != nil {
			continue
		}
		u := s.Uses[slices.IndexFunc(s.Uses, func(u Use) bool { return u.ID == v.ID })]
		cost, _ := Charge(*u.Offer, u.Level, v.Applied, GiftCost(&u.Gift), s.Cart, s.VAT)
		so.cost += cost
		switch u.Offer.Reward.Type {
		case boon.RewardPoints:
			so.worth += u.Offer.Reward.PointValue.Times(v.Applied.Points, s.Cart.Currency)
		case boon.RewardGift:
			so.worth += u.Gift.Price
		default:
			so.worth += v.Applied.Total
		}
	}
	return so, asText(p)
}

// More uses than are searched whole: the plan says so, is as good as the best twelve alone, and still keeps every rule.
func TestManyUsesAreNotSearchedWhole(t *testing.T) {
	for _, n := range []int{12, 13, 40, 70} {
		s := benchStack(n, boon.StackBest)
		p := s.Plan()
		if p.Exact != (n <= searched) {
			t.Errorf("%d uses: exact %v", n, p.Exact)
		}
		few := s
		few.Uses = s.Uses[n-12:] // worth most alone, see benchStack
		got, told := tally(s, p)
		if want, _ := tally(few, few.Plan()); got.worth < want.worth {
			t.Errorf("%d uses are worth %d, twelve of them %d: %s", n, got.worth, want.worth, told)
		}
	}
}

// benchStack is n offers on five lines; a third of them combines.
func benchStack(n int, mode boon.StackMode) Stack {
	b := boon.Bundle{StackingGroups: []boon.StackingGroup{{ID: "g", Mode: mode, Per: "order", Price: "remaining", Minimum: "after"}}}
	s := Stack{Groups: b.StackingGroup, Cart: boon.Order{Currency: "USD", Shipping: 490}}
	for i := range 5 {
		s.Cart.Lines = append(s.Cart.Lines, boon.Line{ID: fmt.Sprint("l", i), SKU: string(rune('A' + i)), Quantity: int64(i + 1), Price: boon.Micros(10+i) * boon.Unit})
	}
	for i := range n {
		o := &boon.Offer{ID: fmt.Sprintf("o%02d", i), Stacking: boon.Stacking{Group: "g", Policy: "combine"}, Minimum: int64(i * 300),
			Reward: boon.Reward{Type: boon.RewardPercentage}}
		if i%3 == 2 {
			o.Stacking.Policy = "exclusive"
		}
		s.Uses = append(s.Uses, Use{ID: o.ID, Offer: o, Level: boon.Micros(i+2) * boon.Unit})
	}
	return s
}

func BenchmarkPlan(b *testing.B) {
	for _, mode := range []boon.StackMode{boon.StackAll, boon.StackBest} {
		for _, n := range []int{3, 12} {
			b.Run(fmt.Sprint(mode, " ", n), func(b *testing.B) {
				s := benchStack(n, mode)
				b.ReportAllocs()
				for b.Loop() {
					s.Plan()
				}
			})
		}
	}
}
