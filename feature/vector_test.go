package feature

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/internal/rule"

	"pgregory.net/rapid"
)

func TestFeaturesDocument(t *testing.T) {
	const file = "../docs/features.md"
	want := Document()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s is not what the definitions say (%v): run go generate ./feature", file, err)
	}
}

func TestDefinitionsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	taken := map[string]bool{}
	for _, d := range Definitions() {
		place := fmt.Sprint(d.Type, d.Slot)
		if seen[d.Name] || taken[place] {
			t.Errorf("%s or its place %s is there twice", d.Name, place)
		}
		seen[d.Name], taken[place] = true, true
		if found, ok := Lookup(d.Name); !ok || found.Slot != d.Slot || found.Type != d.Type {
			t.Errorf("%s is not found by its name", d.Name)
		}
	}
	if _, ok := Lookup("profile.nonsense"); ok {
		t.Error("found what is not defined")
	}
}

// The record's vector is the vector: every type, any text, any float.
func TestVectorGoesThroughJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := folded(manyEvents.Draw(t, "events")...)
		in := shopAndInput()
		in.Context.Store = rapid.String().Draw(t, "store")
		in.Context.Locale = string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		in.Product.Attributes = rapid.MapOf(rapid.StringOf(rapid.SampledFrom([]rune{'a', '"', '\\', '\n', 0x2028, 0xFFFD})), rapid.String()).Draw(t, "attributes")
		in.Product.Attributes["bad\xff"], in.Product.Attributes["bad\xfe"] = "1", "2"
		in.Cover.Pressure = boon.Micros(rapid.Int64Range(-1e6, 1e6).Draw(t, "pressure"))
		in.Competitor = boon.CompetitorPrice{Source: rapid.String().Draw(t, "rival"), Price: rapid.Int64Range(0, 9999).Draw(t, "asked")}
		in.Now = noon.Add(time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "now")))
		v := Compute(&s, Cuts{}, in)
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var again Vector
		if err := json.Unmarshal(data, &again); err != nil {
			t.Fatal(err)
		}
		for i := range v.Doubles {
			if math.Float64bits(v.Doubles[i]) != math.Float64bits(again.Doubles[i]) {
				t.Fatalf("%v came back as %v", v.Doubles[i], again.Doubles[i])
			}
		}
		if !reflect.DeepEqual(v, again) {
			t.Fatalf("got %+v, want %+v", again, v)
		}
		if !bytes.Equal(again.Append(nil), v.Append(nil)) {
			t.Fatal("equal vectors, other bytes")
		}
	})
}

func TestVectorRefusesUnknownFeatures(t *testing.T) {
	var v Vector
	for _, bad := range []string{`{"profile.nonsense":1}`, `{"profile.orders":"x"}`, `[]`, `{`} {
		if err := json.Unmarshal([]byte(bad), &v); err == nil {
			t.Errorf("%s reads as a vector", bad)
		}
	}
}

// Features are finite whatever is folded: shares of nothing, windows in the future, ratios of zero.
func TestDoublesAreFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := folded(manyEvents.Draw(t, "events")...)
		in := &Input{Now: noon.AddDate(0, 0, rapid.IntRange(-1200, 1200).Draw(t, "days")), Shop: &boon.Shop{Currency: "USD"}, Cart: *anyOrder.Draw(t, "cart")}
		v := Compute(&s, Cuts{}, in)
		for _, d := range Definitions() {
			if d.Type == Double && (math.IsNaN(v.Doubles[d.Slot]) || math.IsInf(v.Doubles[d.Slot], 0)) {
				t.Fatalf("%s is %v", d.Name, v.Doubles[d.Slot])
			}
		}
	})
}

func TestLocalTime(t *testing.T) {
	for _, c := range []struct {
		request, shop string
		hour          int64
	}{
		{"Asia/Tokyo", "Europe/Berlin", 21}, {"", "Europe/Berlin", 13}, {"No/Where", "Europe/Berlin", 13}, {"", "", 12}, {"Local", "", 12},
	} {
		in := &Input{Now: noon, Shop: &boon.Shop{Timezone: c.shop}, Context: boon.Context{Timezone: c.request}}
		check(t, Compute(&State{}, Cuts{}, in), map[string]any{"context.hour": c.hour})
	}
}

// typical is a shopper with 50 orders, 40 categories and a year of visits.
func typical() State {
	var s State
	for i := range 50 {
		Fold(&s, order(ago(7*i), fmt.Sprint(i), 5000), "USD")
		for j := range 3 {
			view := track(boon.ProductViewed, ago(7*i+j))
			view.Category = fmt.Sprintf("DEPARTMENT/CATEGORY %d", (3*i+j)%40)
			view.Context = boon.Context{Channel: "web", Device: "mobile", Country: "US", Timezone: "America/New_York"}
			Fold(&s, view, "USD")
		}
	}
	return s
}

func TestHotPathsAllocateLittle(t *testing.T) {
	s := typical()
	view := track(boon.ProductViewed, noon)
	view.Category = "DEPARTMENT/CATEGORY 3"
	buf := make([]byte, 0, 1<<14)
	in := shopAndInput()
	for name, c := range map[string]struct {
		most float64
		run  func()
	}{
		"fold":    {0, func() { Fold(&s, view, "USD") }},
		"encode":  {0, func() { s.Append(buf) }},
		"compute": {24, func() { Compute(&s, Cuts{}, in) }},
	} {
		if got := testing.AllocsPerRun(100, c.run); got > c.most {
			t.Errorf("%s: %.0f allocations, want at most %.0f", name, got, c.most)
		}
	}
}

// A vector keeps nothing of the reading that it came from, in which the next one is worked out.
func TestVectorsShareNoReading(t *testing.T) {
	s, in := typical(), shopAndInput()
	v := Compute(&s, Cuts{}, in)
	before := string(v.Append(nil))
	Compute(&State{}, Cuts{}, &Input{Now: noon, Shop: in.Shop})
	if after := string(v.Append(nil)); after != before {
		t.Errorf("the vector turned from\n%s\nto\n%s", before, after)
	}
	if again := Compute(&s, Cuts{}, in); string(again.Append(nil)) != before {
		t.Errorf("computed again it is\n%s\nnot\n%s", again.Append(nil), before)
	}
}

func BenchmarkFold(b *testing.B) {
	s := typical()
	view := track(boon.ProductViewed, noon)
	view.Category = "DEPARTMENT/CATEGORY 3"
	view.Context = boon.Context{Channel: "web", Device: "mobile", Country: "US", Timezone: "America/New_York"}
	bought := order(noon, "1", 5000)
	b.Run("view", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Fold(&s, view, "USD")
		}
	})
	b.Run("order", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Fold(&s, bought, "USD")
		}
	})
}

func BenchmarkState(b *testing.B) {
	s, o := typical(), folded(story()...)
	data := s.Encode()
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.Encode()
		}
		b.ReportMetric(float64(len(data)), "bytes")
	})
	b.Run("append", func(b *testing.B) {
		buf := make([]byte, 0, 1<<14)
		b.ReportAllocs()
		for b.Loop() {
			s.Append(buf)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("merge", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Merge(s, o)
		}
	})
}

func BenchmarkCompute(b *testing.B) {
	s, in := typical(), shopAndInput()
	v := Compute(&s, Cuts{}, in)
	data, _ := json.Marshal(v)
	b.Run("compute", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Compute(&s, Cuts{}, in)
		}
	})
	b.Run("json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v.Append(nil)
		}
		b.ReportMetric(float64(len(data)), "bytes")
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var v Vector
			if err := v.UnmarshalJSON(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A line's own vector leaves that of the request as it is.
func TestAnotherProductChangesNoOtherVector(t *testing.T) {
	v := Compute(&State{}, Cuts{}, shopAndInput())
	before := string(v.Append(nil))
	in := shopAndInput()
	in.Product, in.Category, in.Cover = &boon.Product{SKU: "other", Price: 1}, "", boon.Cover{Known: true, OnHand: 7}
	line := v.WithProduct(in)
	if after := string(v.Append(nil)); after != before {
		t.Errorf("the request's vector turned from\n%s\nto\n%s", before, after)
	}
	check(t, line, map[string]any{"product.sku": "other", "product.on_hand": int64(7), "product.demand": 0.0})
}

// A feature that there may be none of has no value for a rule, and none in a record.
func TestWhatIsAbsentHasNoValue(t *testing.T) {
	gap := slices.IndexFunc(Fields(), func(f rule.Field) bool { return f.Name == "product.price_gap" })
	for _, c := range []struct {
		asked, price int64
		json         string
		want         any
	}{
		{0, 1999, `"product.competitor_known":false,"product.competitor":null,"product.competitor_price":null,"product.price_gap":null`, nil},
		{1799, 0, `"product.competitor_known":false,"product.competitor":null,"product.competitor_price":null,"product.price_gap":null`, nil},
		{1500, 2000, `"product.competitor_known":true,"product.competitor":"Rival","product.competitor_price":15,"product.price_gap":0.25`, 0.25},
		{2500, 2000, `"product.competitor_known":true,"product.competitor":"Rival","product.competitor_price":25,"product.price_gap":-0.25`, -0.25},
	} {
		in := &Input{Now: noon, Shop: &boon.Shop{Currency: "USD"}, Product: &boon.Product{SKU: "a", Price: c.price}, Competitor: boon.CompetitorPrice{Source: "Rival", Price: c.asked}}
		v := Compute(&State{}, Cuts{}, &Input{Now: noon, Shop: in.Shop})
		v = v.WithProduct(in)
		if got := string(v.Append(nil)); !strings.Contains(got, c.json) {
			t.Errorf("%d beside %d: want %s in %s", c.asked, c.price, c.json, got)
		}
		if got := NewRow(&v, noon, nil).Value(gap).Native(); got != c.want {
			t.Errorf("%d beside %d: the gap is %v, want %v", c.asked, c.price, got, c.want)
		}
		var again Vector
		if err := json.Unmarshal(v.Append(nil), &again); err != nil || !bytes.Equal(again.Append(nil), v.Append(nil)) {
			t.Errorf("%d beside %d: came back as %s (%v)", c.asked, c.price, again.Append(nil), err)
		}
	}
}
