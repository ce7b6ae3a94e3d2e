package catalog

import (
	"math"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPressure(t *testing.T) {
	day := boon.Unit
	for _, c := range []struct {
		name  string
		stock *boon.Stock
		want  boon.Micros
	}{
		{"no inventory feed", nil, 0},
		{"none on hand", &boon.Stock{DailyDemand: day}, -day},
		{"none on hand, no demand", &boon.Stock{}, -day},
		{"no demand", &boon.Stock{OnHand: 1}, day},
		{"nobody knows the demand", &boon.Stock{OnHand: 1, DemandFrom: boon.DemandUnknown}, 0},
		{"none on hand of what nobody knows", &boon.Stock{DemandFrom: boon.DemandUnknown}, -day},
		{"half of the target", &boon.Stock{OnHand: 10, DailyDemand: day}, -day / 2},
		{"on target", &boon.Stock{OnHand: 20, DailyDemand: day}, 0},
		{"twice the target and more", &boon.Stock{OnHand: 90, DailyDemand: day}, day},
		{"its own target", &boon.Stock{OnHand: 15, DailyDemand: day, TargetDays: 10 * day}, day / 2},
		{"more than can be counted", &boon.Stock{OnHand: math.MaxInt64, DailyDemand: 1}, day},
	} {
		if got := CoverOf(c.stock, 20*day).Pressure; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := CoverOf(&boon.Stock{DemandFrom: boon.DemandUnknown}, 20*day).Days; got != 0 {
		t.Errorf("nothing on hand lasts for %v days", got)
	}
	if got := CoverOf(&boon.Stock{OnHand: 5, DailyDemand: day}, 0).Pressure; got != 0 {
		t.Errorf("without a target: %v", got)
	}
}

func TestCost(t *testing.T) {
	shop := boon.Shop{Margins: map[string]boon.Micros{"default": 300_000, "GROCERY": 250_000, "GROCERY/SOFT DRINKS": 220_000}}
	own := int64(7)
	for _, c := range []struct {
		product boon.Product
		want    int64
		known   bool
	}{
		{boon.Product{Cost: &own, Category: "GROCERY"}, 7, true},
		{boon.Product{Category: "GROCERY/SOFT DRINKS/COLA"}, 780, false},
		{boon.Product{Category: "GROCERY/SOFT"}, 750, false},
		{boon.Product{Category: "GROCERYX"}, 700, false},
		{boon.Product{}, 700, false},
	} {
		if cost, known := Cost(c.product, 1000, shop); cost != c.want || known != c.known {
			t.Errorf("%+v costs %d, %v; want %d, %v", c.product, cost, known, c.want, c.known)
		}
	}
}

func TestCodecRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := boon.Product{SKU: rapid.String().Draw(t, "sku"), Category: rapid.String().Draw(t, "category"), Currency: "USD", Price: rapid.Int64().Draw(t, "price")}
		if m := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "attributes"); len(m) > 0 {
			p.Attributes = m
		}
		if rapid.Bool().Draw(t, "costed") {
			cost := rapid.Int64().Draw(t, "cost")
			p.Cost = &cost
		}
		got, err := DecodeProduct(EncodeProduct(p))
		if diff := cmp.Diff(p, got); err != nil || diff != "" {
			t.Fatal(err, diff)
		}
		s := boon.Stock{OnHand: rapid.Int64().Draw(t, "hand"), DailyDemand: boon.Micros(rapid.Int64().Draw(t, "demand")), At: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "at"), 0).UTC()}
		if got, err := DecodeStock(EncodeStock(s)); err != nil || got != s {
			t.Fatal(got, err)
		}
		c := []boon.CompetitorPrice{{Source: rapid.String().Draw(t, "source"), Currency: "USD", Price: rapid.Int64().Draw(t, "asked"), Seen: s.At}}
		if got, err := DecodeCompetitors(EncodeCompetitors(c)); err != nil || !cmp.Equal(got, c) {
			t.Fatal(got, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	cost := int64(1)
	f.Add(EncodeProduct(boon.Product{SKU: "A", Cost: &cost, Attributes: map[string]string{"a": "b"}}))
	f.Add(EncodeStock(boon.Stock{OnHand: 3, At: time.Unix(1, 2)}))
	f.Add(EncodeCompetitors([]boon.CompetitorPrice{{Source: "a", Currency: "USD", Price: 1, Seen: time.Unix(1, 2)}}))
	f.Add(Sales{First: 1, Days: []Sold{{1, 2}, {3, 4}}}.Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := DecodeSales(data); err == nil {
			if again, err := DecodeSales(s.Encode()); err != nil || !cmp.Equal(s, again) {
				t.Fatal(err)
			}
		}
		if c, err := DecodeCompetitors(data); err == nil {
			if again, err := DecodeCompetitors(EncodeCompetitors(c)); err != nil || !cmp.Equal(c, again) {
				t.Fatal(err)
			}
		}
		if p, err := DecodeProduct(data); err == nil {
			if again, err := DecodeProduct(EncodeProduct(p)); err != nil || !cmp.Equal(p, again) {
				t.Fatal(err)
			}
		}
		if s, err := DecodeStock(data); err == nil {
			if again, err := DecodeStock(EncodeStock(s)); err != nil || s != again {
				t.Fatal(err)
			}
		}
	})
}
