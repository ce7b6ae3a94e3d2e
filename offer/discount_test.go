package offer

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"testing"

	"boon"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite golden files")

type discountCase struct {
	Name   string      `json:"name"`
	Reward boon.Reward `json:"reward"`
	Scope  boon.Scope  `json:"scope"`
	Level  boon.Micros `json:"level"`
	Cart   boon.Order  `json:"cart"`
	Sold   bool        `json:"giftSoldOut,omitempty"`
	Want   *Applied    `json:"want,omitempty"`
	Refuse boon.Reason `json:"refuse,omitempty"`
	Cost   int64       `json:"cost,omitempty"`
	Worst  *int64      `json:"worst,omitempty"`
}

// The cases are the offer's arithmetic as a contract: each names a reward, a scope and a cart, and what comes off.
func TestDiscountCases(t *testing.T) {
	const path = "testdata/discount.json"
	var cases []discountCase
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		got := run(c)
		if *update {
			cases[i] = got
			continue
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.Name, diff)
		}
	}
	if *update {
		out, _ := json.MarshalIndent(cases, "", "  ")
		if err := os.WriteFile(path, append(out, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func run(c discountCase) discountCase {
	o := boon.Offer{Reward: c.Reward, Scope: c.Scope}
	gift := boon.Product{SKU: c.Reward.SKU}
	if c.Sold {
		gift.Stock = &boon.Stock{}
	}
	applied, err := Discount(o, c.Level, c.Cart, gift)
	c.Want, c.Refuse, c.Cost, c.Worst = nil, "", 0, nil
	if worst, bounded := WorstCase(&o, c.Level, 700, 500, c.Cart.Currency); bounded {
		c.Worst = &worst
	}
	var refusal *boon.Error
	if errors.As(err, &refusal) {
		c.Refuse = refusal.Reason
		return c
	}
	c.Want, c.Cost = &applied, Cost(&o, c.Level, applied, 700, c.Cart.Currency)
	return c
}

func genOrder(t *rapid.T) boon.Order {
	currency := rapid.SampledFrom([]boon.Currency{"USD", "JPY", "KWD"}).Draw(t, "currency")
	order := boon.Order{Currency: currency, Shipping: rapid.Int64Range(0, 2000).Draw(t, "shipping")}
	for i := range rapid.IntRange(0, 6).Draw(t, "lines") {
		order.Lines = append(order.Lines, boon.Line{
			ID:       string(rune('a' + i)),
			SKU:      rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "sku"),
			Category: rapid.SampledFrom([]string{"X", "X/Y", "XZ", ""}).Draw(t, "category"),
			Quantity: rapid.Int64Range(-1, 7).Draw(t, "quantity"),
			Price:    boon.Micros(rapid.Int64Range(-1, 300_000_000).Draw(t, "price")),
		})
	}
	return order
}

func genOffer(t *rapid.T) boon.Offer {
	var o boon.Offer
	o.Reward.Type = rapid.SampledFrom([]boon.RewardType{boon.RewardPercentage, boon.RewardFixed, boon.RewardFreeShipping, boon.RewardPoints, boon.RewardGift}).Draw(t, "type")
	o.Reward.MaxDiscount = rapid.SampledFrom([]int64{0, 1, 99, 2000}).Draw(t, "max")
	o.Reward.PointValue = boon.Micros(rapid.Int64Range(0, 50_000).Draw(t, "pointValue"))
	o.Reward.VendorShare = boon.Micros(rapid.Int64Range(0, int64(boon.Unit)).Draw(t, "vendor"))
	o.Scope.Kind = rapid.SampledFrom([]string{"all", "category", "sku", "bundle"}).Draw(t, "kind")
	o.Scope.Categories = []string{"X"}
	o.Scope.SKUs = []string{"A", "B"}
	o.Scope.Each = rapid.Int64Range(0, 2).Draw(t, "each")
	return o
}

// A discount never exceeds anything: not its line, not its scope, not its maximum, not its worst case; and it adds up.
func TestDiscountBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, cart := genOffer(t), genOrder(t)
		level := boon.Micros(rapid.Int64Range(0, 150_000_000).Draw(t, "level"))
		applied, err := Discount(o, level, cart, boon.Product{})
		if err != nil {
			if !errors.Is(err, boon.Refusal(boon.ReasonNotApplicable)) {
				t.Fatalf("unexpected refusal: %v", err)
			}
			return
		}
		checkLines(t, o, cart, applied)
		cost := Cost(&o, level, applied, 700, cart.Currency)
		if worst, bounded := WorstCase(&o, level, 700, cart.Shipping, cart.Currency); bounded && cost > worst {
			t.Fatalf("cost %d passes the worst case %d", cost, worst)
		}
	})
}

func checkLines(t *rapid.T, o boon.Offer, cart boon.Order, applied Applied) {
	amounts := map[string]int64{}
	for _, l := range cart.Lines {
		amounts[l.ID] = l.Amount(cart.Currency)
		if !Matches(&o.Scope, l.SKU, l.Category) {
			amounts[l.ID] = 0
		}
	}
	sum := applied.FreeShipping
	for _, l := range applied.Lines {
		if l.Minor <= 0 || l.Minor > amounts[l.ID] {
			t.Fatalf("line %s: %d off an amount of %d", l.ID, l.Minor, amounts[l.ID])
		}
		sum += l.Minor
	}
	if sum != applied.Total {
		t.Fatalf("parts add up to %d, total is %d", sum, applied.Total)
	}
	if o.Reward.MaxDiscount > 0 && applied.Total > o.Reward.MaxDiscount {
		t.Fatalf("total %d passes the maximum %d", applied.Total, o.Reward.MaxDiscount)
	}
}

// A higher level never takes off less.
func TestDiscountMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, cart := genOffer(t), genOrder(t)
		low := boon.Micros(rapid.Int64Range(0, 100_000_000).Draw(t, "low"))
		high := low + boon.Micros(rapid.Int64Range(0, 50_000_000).Draw(t, "more"))
		a, _ := Discount(o, low, cart, boon.Product{})
		b, _ := Discount(o, high, cart, boon.Product{})
		if a.Total > b.Total || a.Points > b.Points {
			t.Fatalf("level %s takes off %d, level %s only %d", low, a.Total, high, b.Total)
		}
	})
}

func TestHugeAmountsAreInvalid(t *testing.T) {
	cart := boon.Order{Currency: "USD", Lines: []boon.Line{{SKU: "A", Quantity: 1 << 40, Price: 1 << 60}}}
	_, err := Discount(boon.Offer{Reward: boon.Reward{Type: boon.RewardPercentage}}, boon.Unit, cart, boon.Product{})
	if !errors.Is(err, boon.Refusal(boon.ReasonInvalidRequest)) {
		t.Fatalf("got %v", err)
	}
}

func BenchmarkDiscount(b *testing.B) {
	b.ReportAllocs()
	o := boon.Offer{Reward: boon.Reward{Type: boon.RewardPercentage, MaxDiscount: 2000}, Scope: boon.Scope{Kind: "category", Categories: []string{"GROCERY"}}}
	cart := boon.Order{Currency: "USD"}
	for i := range 10 {
		cart.Lines = append(cart.Lines, boon.Line{ID: string(rune('a' + i)), SKU: "S", Category: "GROCERY/X", Quantity: int64(i), Price: 3_330_000})
	}
	for b.Loop() {
		if _, err := Discount(o, 10*boon.Unit, cart, boon.Product{}); err != nil {
			b.Fatal(err)
		}
	}
}

// The order in which a cart lists its lines is nothing to what a set takes off it.
func TestTheOrderOfLinesIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, cart := boon.Offer{Reward: boon.Reward{Type: boon.RewardPercentage}, Scope: boon.Scope{Kind: "bundle", SKUs: []string{"A", "B"}}}, genOrder(t)
		for i := range cart.Lines {
			cart.Lines[i].Price -= cart.Lines[i].Price % boon.Unit // amounts that need no rounding
		}
		level := boon.Micros(rapid.Int64Range(10_000_000, 100_000_000).Draw(t, "level"))
		turned := cart
		turned.Lines = slices.Clone(cart.Lines)
		slices.Reverse(turned.Lines)
		one, err := Discount(o, level, cart, boon.Product{})
		other, otherErr := Discount(o, level, turned, boon.Product{})
		if one.Total != other.Total || (err == nil) != (otherErr == nil) {
			t.Fatalf("%+v %v; with its lines turned round %+v %v", one, err, other, otherErr)
		}
	})
}
